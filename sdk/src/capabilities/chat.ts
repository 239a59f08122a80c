import { defineCapability } from '@valfri/core';
import { z } from 'zod';
import { MESSAGE_TEXT_LIMIT } from '../chat/limits.ts';
import { attachments, emoji, kind, member, mentions, message, messageId, role, room, roomView } from './chat-views.ts';
import { archived, deleted, direct, noMember, noMessage, noOwner } from './chat-refusals.ts';
import { chatRecords } from './chat-records.ts';
import { person, someText, text, time } from './fields.ts';

const limit = z.int().min(1).max(100).default(50).describe('How many at most');
const messageText = someText(MESSAGE_TEXT_LIMIT).describe(
  'Markdown (CommonMark without HTML); a person is mentioned as <@id>',
);
const nothing = z.object({});
const oneMessage = z.object({ message });
const oneRoom = z.object({ room: roomView });

/** A page begins at one message. */
function onlyOneAnchor(input: Partial<Record<string, unknown>>, context: z.RefinementCtx): void {
  const given = ['before', 'after', 'around'].filter((name) => input[name] !== undefined);
  const [first, second] = given;
  if (second) context.addIssue({ code: 'custom', path: [second], message: `cannot be given together with ${first}` });
}

/** Written conversations: rooms of people, and their messages in one order. */
export const chat = defineCapability({
  id: 'chat',
  major: 0,
  minor: 1,
  swap: 'stateful',
  summary: 'Written conversations: rooms of people, and their messages in one order.',

  features: {
    edit: z.object({}).describe('Authors can change what they wrote'),
    delete: z.object({}).describe('Authors and owners can delete a message; a trace of it stays'),
    replies: z.object({}).describe('A message can answer another'),
    threads: z.object({}).describe('Messages can stand aside from the room, under the one that began it'),
    reactions: z.object({}).describe('An emoji on a message'),
    typing: z.object({}).describe('Who is writing right now'),
    search: z.object({}).describe('Full text'),
    readMarkers: z.object({}).describe('The product wants to know how far people have read'),
  },

  audience: { operation: 'listTopics', join: 'member.joined', leave: 'member.left' },

  operations: {
    listTopics: {
      summary: 'Ids of the rooms whose events the person receives.',
      effect: 'read',
      gather: 'topics',
      input: nothing,
      output: z.object({ topics: z.array(room) }),
    },
    listRooms: {
      summary: 'The rooms that the person is a member of, at most 2,000, the last active first.',
      effect: 'read',
      gather: 'rooms',
      input: nothing,
      output: z.object({ rooms: z.array(roomView) }),
    },
    browseRooms: {
      summary: 'Channels that the person could join, by name.',
      effect: 'read',
      guests: false,
      input: z.object({
        query: text(100).default('').describe('Part of the name'),
        after: z
          .object({ name: text(100), id: room })
          .optional()
          .describe('The last one of the page before'),
        limit,
      }),
      output: z.object({ rooms: z.array(roomView) }),
    },
    getRoom: {
      summary: 'One room: a member sees any, others see channels.',
      effect: 'read',
      resource: 'room',
      refusals: [
        {
          ...noMember,
          when: 'There is no such room, or it is no channel of the organisation and the person is no member of it',
        },
      ],
      input: z.object({ room }),
      output: oneRoom,
    },
    createRoom: {
      summary:
        'Makes a room with the person as owner. The same id again changes nothing. A direct room takes the id that directRoomId() gives for the two.',
      effect: 'write',
      guests: false,
      people: ['people'],
      refusals: [
        { ...noMember, when: 'There is a room with this id, and the person is no member of it' },
        { code: 'INVALID', field: 'name', when: 'A channel without a name' },
        { code: 'INVALID', field: 'people', when: 'A direct room for more than two' },
        { code: 'INVALID', field: 'id', when: 'A direct room under another id than directRoomId() gives' },
      ],
      input: z.object({
        id: room,
        kind,
        name: text(100).default(''),
        topic: text(500).default(''),
        people: z
          .array(person)
          .max(200, 'are too many at once: at most 200')
          .default([])
          .describe('Members besides the one who makes it'),
      }),
      output: oneRoom,
    },
    updateRoom: {
      summary:
        'Changes what is given. Owners only. In an archived room nothing is written, edited or put on a message, and nobody is added; deleting and leaving go on.',
      effect: 'write',
      resource: 'room',
      refusals: [noMember, noOwner, { code: 'INVALID', field: 'name', when: 'A channel is to lose its name' }],
      input: z.object({
        room,
        name: someText(100).optional(),
        topic: text(500).optional(),
        archived: z.boolean().optional(),
      }),
      output: oneRoom,
    },
    joinRoom: {
      summary: 'Makes the person a member of a channel.',
      effect: 'write',
      resource: 'room',
      guests: false,
      refusals: [{ ...noMember, when: 'There is no such channel in the organisation' }, archived],
      input: z.object({ room }),
      output: oneRoom,
    },
    addMembers: {
      summary: 'Adds people to a group or channel. Any member may.',
      effect: 'write',
      resource: 'room',
      guests: false,
      people: ['people'],
      refusals: [noMember, archived, direct],
      input: z.object({ room, people: z.array(person).min(1).max(200, 'are too many at once: at most 200') }),
      output: nothing,
    },
    removeMember: {
      summary: 'Takes a person out: oneself, or, as an owner, another.',
      effect: 'write',
      resource: 'room',
      refusals: [noMember, { ...noOwner, when: 'Another is to be taken out, and the person is no owner' }, direct],
      input: z.object({ room, person }),
      output: nothing,
    },
    setRole: {
      summary: "Changes a member's role. Owners only.",
      effect: 'write',
      resource: 'room',
      refusals: [noMember, noOwner, { code: 'NOT_FOUND', field: 'person', when: 'They are no member' }],
      input: z.object({ room, person, role }),
      output: nothing,
    },
    listMembers: {
      summary: 'Members by id.',
      effect: 'read',
      resource: 'room',
      refusals: [noMember],
      input: z.object({
        room,
        after: person.optional().describe('The last one of the page before'),
        limit: z.int().min(1).max(500).default(200).describe('How many at most'),
      }),
      output: z.object({ members: z.array(member) }),
    },
    sendMessage: {
      summary: 'Writes a message. The same id again changes nothing and answers with what stands.',
      effect: 'write',
      resource: 'room',
      people: ['mentions'],
      fieldFeatures: { replyTo: 'replies', thread: 'threads' },
      refusals: [
        noMember,
        { code: 'CONFLICT', field: 'id', when: 'A message of another person, or of another room, has this id' },
        archived,
        { code: 'INVALID', field: 'text', when: 'Neither text nor attachment' },
        noMessage('replyTo'),
        noMessage('thread'),
        { code: 'INVALID', field: 'thread', when: 'What it names stands in a thread itself' },
      ],
      input: z.object({
        id: messageId,
        room,
        text: text(MESSAGE_TEXT_LIMIT).describe('Markdown (CommonMark without HTML); a person is mentioned as <@id>'),
        mentions: mentions.default([]),
        attachments: attachments.default([]),
        replyTo: messageId.optional(),
        thread: messageId.optional(),
      }),
      output: oneMessage,
    },
    history: {
      summary:
        'A page of a room, or of one thread, oldest first: the newest; or those before, after or around a message. The room leaves out what stands in threads.',
      effect: 'read',
      resource: 'room',
      fieldFeatures: { thread: 'threads' },
      refusals: [
        noMember,
        { ...noMessage('before'), when: 'There is no such message in this room; or after, or around' },
      ],
      input: z
        .object({
          room,
          thread: messageId.optional().describe('The message that began it'),
          before: messageId.optional().describe('At most one of before, after and around'),
          after: messageId.optional(),
          around: messageId.optional(),
          limit,
        })
        .superRefine(onlyOneAnchor),
      output: z.object({ messages: z.array(message), hasBefore: z.boolean(), hasAfter: z.boolean() }),
    },
    getMessages: {
      summary: 'Messages of a room by id; those that are not there are left out.',
      effect: 'read',
      resource: 'room',
      refusals: [noMember],
      input: z.object({ room, ids: z.array(messageId).min(1).max(50) }),
      output: z.object({ messages: z.array(message) }),
    },
    editMessage: {
      summary: 'Changes the text of one’s own message, not in an archived room.',
      effect: 'write',
      feature: 'edit',
      resource: 'room',
      people: ['mentions'],
      refusals: [
        noMember,
        archived,
        noMessage('message'),
        deleted,
        { code: 'DENIED', when: 'The person is not its author' },
      ],
      input: z.object({ room, message: messageId, text: messageText, mentions: mentions.default([]) }),
      output: oneMessage,
    },
    deleteMessage: {
      summary: 'Deletes a message: its author, or an owner of the room. In an archived room too.',
      effect: 'write',
      feature: 'delete',
      resource: 'room',
      refusals: [
        noMember,
        noMessage('message'),
        {
          code: 'DENIED',
          when: 'The person is neither its author nor an owner; what is deleted already stays so, for everybody',
        },
      ],
      input: z.object({ room, message: messageId }),
      output: oneMessage,
    },
    react: {
      summary: 'Puts an emoji on a message, or takes it off, not in an archived room.',
      effect: 'write',
      feature: 'reactions',
      resource: 'room',
      refusals: [noMember, archived, noMessage('message'), deleted],
      input: z.object({ room, message: messageId, emoji, on: z.boolean() }),
      output: nothing,
    },
    setTyping: {
      summary: 'Says that the person is writing, or stopped. Forgotten after ten seconds.',
      effect: 'read',
      feature: 'typing',
      resource: 'room',
      refusals: [noMember],
      input: z.object({ room, on: z.boolean() }),
      output: nothing,
    },
    searchMessages: {
      summary: "Messages in the person's rooms that hold the words, newest first.",
      effect: 'read',
      feature: 'search',
      gather: 'messages',
      input: z.object({
        query: someText(200),
        room: room.optional(),
        author: person.optional(),
        before: z.object({ sentAt: time, id: messageId }).optional().describe('The last one of the page before'),
        limit,
      }),
      output: z.object({ messages: z.array(message) }),
    },
    setReadMarker: {
      summary:
        'Tells the product how far the person has read; the host keeps that itself, so a product that has no use for it answers and does nothing. Members only. Nothing is announced, and a message that is not there changes nothing.',
      effect: 'write',
      feature: 'readMarkers',
      resource: 'room',
      refusals: [noMember],
      input: z.object({ room, message: messageId }),
      output: nothing,
    },
  },

  events: {
    'message.posted': { summary: 'A message was written.', topic: 'room', payload: z.object({ room, message }) },
    'message.changed': {
      summary: 'A message was edited or deleted; this is how it reads now.',
      topic: 'room',
      payload: z.object({
        room,
        message: messageId,
        text: text(MESSAGE_TEXT_LIMIT),
        mentions,
        editedAt: time.optional(),
        deletedAt: time.optional(),
      }),
    },
    'reaction.changed': {
      summary: 'An emoji was put on a message, or taken off.',
      topic: 'room',
      payload: z.object({ room, message: messageId, person, emoji, on: z.boolean() }),
    },
    'room.changed': {
      summary: 'A room was renamed, archived or opened again.',
      topic: 'room',
      payload: z.object({ room, name: text(100), topic: text(500), archivedAt: time.optional() }),
    },
    'member.joined': { summary: 'A person became a member.', topic: 'room', payload: z.object({ room, person, role }) },
    'member.changed': { summary: "A member's role changed.", topic: 'room', payload: z.object({ room, person, role }) },
    'member.left': { summary: 'A person is no longer a member.', topic: 'room', payload: z.object({ room, person }) },
    typing: {
      summary: 'Somebody writes, or stopped.',
      topic: 'room',
      ephemeral: true,
      payload: z.object({ room, person, on: z.boolean() }),
    },
  },

  records: chatRecords,
});

import { idSchema } from '@valfri/core';
import { z } from 'zod';
import { MESSAGE_TEXT_LIMIT } from '../chat/limits.ts';
import { attachment, person, someText, text, time } from './fields.ts';

/** Id of a room. */
export const room = idSchema.describe('Host id of a room');
/** Id of a message. */
export const messageId = idSchema.describe('Host id of a message');
/** What a member may do. */
export const role = z.enum(['owner', 'member']).describe('An owner renames, archives, and decides about members');
/** What is put on a message. */
export const emoji = someText(64).describe('One emoji, or a short name');
/** Who a room is for. */
export const kind = z
  .enum(['direct', 'group', 'channel'])
  .describe('direct: two people; group: by invitation; channel: open to everyone in the organisation');
/** Place of a message in its room. */
export const seq = z
  .int()
  .min(1)
  .describe('Place in the room: grows by one with each message, and stays through every move');
/** People whom a message names. */
export const mentions = z.array(person).max(50, 'names too many people: at most 50');
/** What a message links to. */
export const attachments = z.array(attachment).max(20, 'are too many: at most 20');

/** A room as the one who asks sees it. */
export const roomView = z.object({
  id: room,
  kind,
  name: text(100).describe('Empty where the people in it are its name'),
  topic: text(500),
  organisation: idSchema,
  createdAt: time,
  archivedAt: time.optional(),
  lastSeq: z.int().min(0).describe('Place of the newest message; 0 where there is none'),
  lastAt: time.describe('When something was last written, or it was made'),
  people: z.array(person).max(9).describe('Up to nine of its members, those first who joined first'),
  memberCount: z.int().min(0),
  role: role.optional().describe("The asking person's role; absent where they are no member"),
});

/** A message with what hangs on it. */
export const message = z.object({
  id: messageId,
  room,
  seq,
  author: person,
  sentAt: time,
  text: text(MESSAGE_TEXT_LIMIT).describe('Empty where it was deleted'),
  mentions,
  attachments,
  replyTo: messageId.optional(),
  thread: messageId.optional().describe('The message that began the thread it stands in'),
  editedAt: time.optional(),
  deletedAt: time.optional(),
  reactions: z.array(z.object({ emoji, people: z.array(person) })),
  replies: z
    .object({ count: z.int().min(1), lastAt: time })
    .optional()
    .describe('The thread it began'),
});

/** A member of a room. */
export const member = z.object({ person, role, joinedAt: time });

/** A room as the one who asks sees it. */
export type Room = z.output<typeof roomView>;
/** A message with what hangs on it. */
export type Message = z.output<typeof message>;
/** A member of a room. */
export type Member = z.output<typeof member>;

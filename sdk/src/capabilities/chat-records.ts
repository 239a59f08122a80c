import { idSchema, type RecordDefinition } from '@valfri/core';
import { z } from 'zod';
import { emoji, kind, member, message, messageId, room, seq } from './chat-views.ts';
import { person, text, time } from './fields.ts';

/** What a swap, an export and a backup of chat carry. */
export const chatRecords = {
  room: {
    summary: 'A room.',
    key: ['id'],
    value: z.object({
      id: room,
      kind,
      name: text(100),
      topic: text(500),
      organisation: idSchema,
      createdAt: time,
      archivedAt: time.optional(),
    }),
  },
  member: { summary: 'A membership.', key: ['room', 'person'], value: z.object({ room, ...member.shape }) },
  message: {
    summary: 'A message as it reads now.',
    key: ['id'],
    value: message.pick({
      id: true,
      room: true,
      seq: true,
      author: true,
      sentAt: true,
      text: true,
      mentions: true,
      attachments: true,
    }),
  },
  tombstone: {
    summary: 'That a message was deleted.',
    key: ['id'],
    feature: 'delete',
    value: z.object({ id: messageId, room, seq, author: person, sentAt: time, deletedAt: time }),
  },
  reply: {
    summary: 'That a message answers another.',
    key: ['message'],
    feature: 'replies',
    value: z.object({ message: messageId, replyTo: messageId }),
  },
  thread: {
    summary: 'That a message stands in a thread.',
    key: ['message'],
    feature: 'threads',
    value: z.object({ message: messageId, root: messageId }),
  },
  edit: {
    summary: 'That a message was changed.',
    key: ['message'],
    feature: 'edit',
    value: z.object({ message: messageId, editedAt: time }),
  },
  reaction: {
    summary: 'An emoji on a message.',
    key: ['message', 'person', 'emoji'],
    feature: 'reactions',
    value: z.object({ message: messageId, person, emoji, at: time }),
  },
  marker: {
    summary: 'How far a person has read.',
    key: ['room', 'person'],
    feature: 'readMarkers',
    host: true,
    value: z.object({ room, person, seq: z.int().min(0), at: time }),
  },
} as const satisfies Readonly<Record<string, RecordDefinition>>;

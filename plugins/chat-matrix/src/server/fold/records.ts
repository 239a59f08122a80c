import type { PortableRecord } from '@valfri/sdk';
import type { MemberRow, MessageRow } from '@valfri/sdk/server';
import type { KnownReaction, KnownRoom } from './known.ts';

type Kind = 'reply' | 'thread' | 'edit';

export function roomRecord({ archivedAt, ...room }: KnownRoom): PortableRecord {
  return { type: 'room', key: room.id, value: { ...room, ...(archivedAt === null ? {} : { archivedAt }) } };
}

export function memberRecord({ room, person, role, joinedAt, gone }: MemberRow): PortableRecord {
  return { type: 'member', key: `${room}/${person}`, value: gone ? null : { room, person, role, joinedAt } };
}

/** The message itself, without what hangs on it. */
export function messageRecord(row: MessageRow): PortableRecord {
  const { id, room, seq, author, sentAt, text, mentions, attachments } = row;
  return { type: 'message', key: id, value: { id, room, seq, author, sentAt, text, mentions, attachments } };
}

export function tombstoneRecord({ id, room, seq, author, sentAt }: MessageRow, deletedAt: number): PortableRecord {
  return { type: 'tombstone', key: id, value: { id, room, seq, author, sentAt, deletedAt } };
}

/** What hangs on a message; `null` where it has none, `undefined` to leave it as it is. */
export function hangingRecords(
  id: string,
  given: { readonly [K in Kind]?: string | number | null | undefined },
): PortableRecord[] {
  const field = { reply: 'replyTo', thread: 'root', edit: 'editedAt' } as const;
  return (Object.keys(field) as Kind[]).flatMap((type) => {
    const value = given[type];
    if (value === undefined) return [];
    return [{ type, key: id, value: value === null ? null : { message: id, [field[type]]: value } }];
  });
}

export function reactionRecord({ message, person, emoji }: KnownReaction, at: number | null): PortableRecord {
  const key = `${message}/${person}/${emoji}`;
  return { type: 'reaction', key, value: at === null ? null : { message, person, emoji, at } };
}

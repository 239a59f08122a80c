import type { PortableRecord } from '@valfri/core';
import {
  CHAT_TABLES,
  type ChatRows,
  type ChatTable,
  type MemberRow,
  type MessageRow,
  type ReactionRow,
  type RoomRow,
} from './rows.ts';
import type { WorkingSet } from './working-set.ts';

/** The records that a row stands for; `value` is `null` for those that it says are gone. */
export const recordsOf: { readonly [T in ChatTable]: (row: ChatRows[T]) => PortableRecord[] } = {
  rooms: (row) => [{ type: 'room', key: row.id, value: roomValue(row) }],
  members: (row) => [{ type: 'member', key: `${row.room}/${row.person}`, value: row.gone ? null : memberValue(row) }],
  messages: messageRecords,
  reactions: (row) => [
    { type: 'reaction', key: `${row.message}/${row.person}/${row.emoji}`, value: row.gone ? null : reactionValue(row) },
  ],
};

/** The living records of one kind in a set. */
export function livingOf(set: WorkingSet, type: string): PortableRecord[] {
  const records = CHAT_TABLES.flatMap((table) => [...set.all(table)].flatMap((row) => recordsOf[table](row as never)));
  return records.filter((record) => record.type === type && record.value !== null);
}

function roomValue({ id, kind, name, topic, organisation, createdAt, archivedAt }: RoomRow): Record<string, unknown> {
  return { id, kind, name, topic, organisation, createdAt, ...(archivedAt === null ? {} : { archivedAt }) };
}

function memberValue({ room, person, role, joinedAt }: MemberRow): Record<string, unknown> {
  return { room, person, role, joinedAt };
}

function reactionValue({ message, person, emoji, at }: ReactionRow): Record<string, unknown> {
  return { message, person, emoji, at };
}

function messageRecords(row: MessageRow): PortableRecord[] {
  const { id } = row;
  const records = row.deletedAt === null ? livingRecords(row) : deletedRecords(row, row.deletedAt);
  if (row.thread !== null) records.push({ type: 'thread', key: id, value: { message: id, root: row.thread } });
  return records;
}

function livingRecords({ id, replyTo, editedAt, ...row }: MessageRow): PortableRecord[] {
  const { room, seq, author, sentAt, text, mentions, attachments } = row;
  const value = { id, room, seq, author, sentAt, text, mentions, attachments };
  const records: PortableRecord[] = [{ type: 'message', key: id, value }];
  if (replyTo !== null) records.push({ type: 'reply', key: id, value: { message: id, replyTo } });
  if (editedAt !== null) records.push({ type: 'edit', key: id, value: { message: id, editedAt } });
  return records;
}

function deletedRecords({ id, room, seq, author, sentAt }: MessageRow, deletedAt: number): PortableRecord[] {
  return [
    { type: 'tombstone', key: id, value: { id, room, seq, author, sentAt, deletedAt } },
    { type: 'message', key: id, value: null },
    { type: 'reply', key: id, value: null },
    { type: 'edit', key: id, value: null },
  ];
}

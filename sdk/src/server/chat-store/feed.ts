import type { ChangePage } from '@valfri/core';
import type { Kysely } from 'kysely';
import { recordsOf } from '../../chat/records.ts';
import { CHAT_TABLES, type ChatRows, type ChatTable } from '../../chat/rows.ts';
import { type FeedPart, StampedFeed } from '../stamped-feed.ts';
import { columnsOf } from './load.ts';
import type { ChatTables } from './tables.ts';

const keys: { readonly [T in ChatTable]: string } = {
  rooms: `id::text COLLATE "C"`,
  members: `(room || '/' || person) COLLATE "C"`,
  messages: `(lpad(seq::text, 12, '0') || id) COLLATE "C"`,
  reactions: `(message || '/' || person || '/' || emoji) COLLATE "C"`,
};

function partOf<T extends ChatTable>(table: T): FeedPart<ChatRows[T]> {
  return {
    table,
    columns: columnsOf(table),
    key: keys[table],
    records: (rows) => rows.flatMap((row) => recordsOf[table](row)),
  };
}

const feed = new StampedFeed(CHAT_TABLES.map(partOf) as readonly FeedPart<never>[]);

/** Reads the records committed after a cursor. @throws INVALID where the cursor is none of this store's. */
export function readChanges(db: Kysely<ChatTables>, after: string | undefined, limit: number): Promise<ChangePage> {
  return feed.changes(db, after, limit);
}

/** A cursor after everything that is committed now. */
export function readHead(db: Kysely<ChatTables>): Promise<string> {
  return feed.head(db);
}

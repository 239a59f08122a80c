import type { Announcement, PortableRecord } from '@valfri/core';
import { chat } from '../../capabilities/chat.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { recordsOf } from '../../chat/records.ts';
import { CHAT_TABLES, type ChatRows, type ChatTable } from '../../chat/rows.ts';
import type { WorkingSet } from '../../chat/working-set.ts';
import { hashOf } from '../digest-of.ts';
import { emitted } from '../emit.ts';
import type { LoadedSet } from './load.ts';
import type { ChatTables } from './tables.ts';

/** Ids by which another product knows rows, by table and key. */
export type Natives = { readonly [T in 'rooms' | 'messages' | 'reactions']?: ReadonlyMap<string, string> };

/**
 * Saves what changed in a set, keeps the digests up to date, and announces: one statement, which does nothing where
 * the store has changed since the set was loaded. It needs no transaction around it, so writing takes two questions.
 * @returns whether it was saved; where not, load anew.
 */
export async function saveSet(
  db: Kysely<ChatTables>,
  { set, revision }: LoadedSet,
  announcements: readonly Announcement<typeof chat>[],
  natives: Natives = {},
): Promise<boolean> {
  const digests = new Map<string, { count: number; sum: bigint }>();
  const parts: RawBuilder<unknown>[] = [];
  for (const table of CHAT_TABLES) {
    const rows = changedRows(set, table, digests);
    if (rows.length > 0)
      parts.push(
        sql`${sql.ref(`save_${table}`)} AS (${upserts[table](JSON.stringify(withNatives(table, rows, natives)))})`,
      );
  }
  if (digests.size > 0) parts.push(sql`save_digests AS (${upsertDigests(digests)})`);
  if (parts.length === 0 && announcements.length === 0) return true;
  // Whoever saved in between holds this row until it is done; it is then looked at again and has another number.
  const stands = sql`stands AS (UPDATE revision SET number = number + 1 WHERE number = ${revision} RETURNING 1)`;
  const last = announcements.length > 0 ? emitted(chat, announcements) : sql`SELECT 1`;
  const { rows } = await sql`WITH ${sql.join([stands, ...parts])} ${last} ${IF_IT_STANDS}`.execute(db);
  return rows.length > 0;
}

const IF_IT_STANDS = sql`WHERE EXISTS (SELECT FROM stands)`;

type Digests = Map<string, { count: number; sum: bigint }>;

/** The rows of a table that are to be saved; what their records change in the digests is added up. */
function changedRows<T extends ChatTable>(set: WorkingSet, table: T, digests: Digests): ChatRows[T][] {
  const rows: ChatRows[T][] = [];
  for (const { before, after } of set.changes(table)) {
    const was = before ? livingHashes(recordsOf[table](before)) : NONE;
    const is = livingHashes(recordsOf[table](after));
    const same = before !== undefined && sameHashes(was, is);
    if (same && !countersChanged(table, before, after)) continue;
    rows.push(after);
    if (!same) addDifference(digests, was, is);
  }
  return rows;
}

/** A room's place counter follows from its messages and is no part of its record. */
function countersChanged(table: ChatTable, before: unknown, after: unknown): boolean {
  if (table !== 'rooms') return false;
  const [a, b] = [before as ChatRows['rooms'], after as ChatRows['rooms']];
  return a.lastSeq !== b.lastSeq || a.lastAt !== b.lastAt;
}

type Hashes = ReadonlyMap<string, bigint>;
const NONE: Hashes = new Map();

function livingHashes(records: readonly PortableRecord[]): Hashes {
  const hashes = new Map<string, bigint>();
  for (const record of records) if (record.value !== null) hashes.set(record.type, hashOf(record));
  return hashes;
}

function sameHashes(a: Hashes, b: Hashes): boolean {
  if (a.size !== b.size) return false;
  for (const [type, hash] of a) if (b.get(type) !== hash) return false;
  return true;
}

function addDifference(digests: Digests, was: Hashes, is: Hashes): void {
  for (const [type, hash] of was) addTo(digests, type, -1, -hash);
  for (const [type, hash] of is) addTo(digests, type, 1, hash);
}

function addTo(digests: Digests, type: string, count: number, sum: bigint): void {
  const known = digests.get(type) ?? { count: 0, sum: 0n };
  digests.set(type, { count: known.count + count, sum: known.sum + sum });
}

function withNatives<T extends ChatTable>(table: T, rows: readonly ChatRows[T][], natives: Natives): unknown[] {
  const known = table === 'members' ? undefined : natives[table as keyof Natives];
  if (!known) return rows as unknown[];
  const key = (row: ChatRows[T]) =>
    table === 'reactions' ? reactionKey(row as ChatRows['reactions']) : (row as ChatRows['messages']).id;
  return rows.map((row) => ({ ...row, native: known.get(key(row)) }));
}

function reactionKey({ message, person, emoji }: ChatRows['reactions']): string {
  return `${message}/${person}/${emoji}`;
}

function upsertDigests(digests: Digests): RawBuilder<unknown> {
  const rows = [...digests].map(([type, { count, sum }]) => ({ type, count, sum: sum.toString() }));
  return sql`
    INSERT INTO digests AS d (type, count, sum)
    SELECT type, count, sum FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(type text, count bigint, sum numeric)
    ${IF_IT_STANDS}
    ON CONFLICT (type) DO UPDATE SET count = d.count + excluded.count, sum = d.sum + excluded.sum`;
}

const upserts: { readonly [T in ChatTable]: (json: string) => RawBuilder<unknown> } = {
  rooms: (json) => sql`
    INSERT INTO rooms AS t (id, kind, name, topic, organisation, created_at, archived_at, last_seq, last_at, native)
    SELECT id, kind, name, topic, organisation, "createdAt", "archivedAt", "lastSeq", "lastAt", native
    FROM jsonb_to_recordset(${json}::jsonb) AS r(id uuid, kind text, name text, topic text, organisation uuid,
      "createdAt" bigint, "archivedAt" bigint, "lastSeq" bigint, "lastAt" bigint, native text)
    ${IF_IT_STANDS}
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, topic = excluded.topic,
      organisation = excluded.organisation, created_at = excluded.created_at, archived_at = excluded.archived_at,
      last_seq = excluded.last_seq, last_at = excluded.last_at, native = coalesce(excluded.native, t.native),
      changed = CASE WHEN (t.kind, t.name, t.topic, t.organisation, t.created_at, t.archived_at) IS DISTINCT FROM
        (excluded.kind, excluded.name, excluded.topic, excluded.organisation, excluded.created_at, excluded.archived_at)
        THEN pg_current_xact_id() ELSE t.changed END`,
  members: (json) => sql`
    INSERT INTO members (room, person, role, joined_at, gone)
    SELECT room, person, role, "joinedAt", gone
    FROM jsonb_to_recordset(${json}::jsonb) AS r(room uuid, person uuid, role text, "joinedAt" bigint, gone boolean)
    ${IF_IT_STANDS}
    ON CONFLICT (room, person) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at,
      gone = excluded.gone, changed = pg_current_xact_id()`,
  messages: (json) => sql`
    INSERT INTO messages AS t (id, room, seq, author, sent_at, text, mentions, attachments, reply_to, thread, edited_at,
      deleted_at, native)
    SELECT id, room, seq, author, "sentAt", text, mentions, attachments, "replyTo", thread, "editedAt", "deletedAt", native
    FROM jsonb_to_recordset(${json}::jsonb) AS r(id uuid, room uuid, seq bigint, author uuid, "sentAt" bigint, text text,
      mentions uuid[], attachments jsonb, "replyTo" uuid, thread uuid, "editedAt" bigint, "deletedAt" bigint, native text)
    ${IF_IT_STANDS}
    ON CONFLICT (id) DO UPDATE SET room = excluded.room, seq = excluded.seq, author = excluded.author,
      sent_at = excluded.sent_at, text = excluded.text, mentions = excluded.mentions, attachments = excluded.attachments,
      reply_to = excluded.reply_to, thread = excluded.thread, edited_at = excluded.edited_at,
      deleted_at = excluded.deleted_at, native = coalesce(excluded.native, t.native), changed = pg_current_xact_id()`,
  reactions: (json) => sql`
    INSERT INTO reactions AS t (message, room, person, emoji, at, gone, native)
    SELECT message, room, person, emoji, at, gone, native
    FROM jsonb_to_recordset(${json}::jsonb) AS r(message uuid, room uuid, person uuid, emoji text, at bigint,
      gone boolean, native text)
    ${IF_IT_STANDS}
    ON CONFLICT (message, person, emoji) DO UPDATE SET at = excluded.at, gone = excluded.gone,
      native = coalesce(excluded.native, t.native), changed = pg_current_xact_id()`,
};

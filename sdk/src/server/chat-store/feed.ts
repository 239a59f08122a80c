import { CapabilityError, type ChangePage, type PortableRecord } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { recordsOf } from '../../chat/records.ts';
import { readHorizon } from '../../postgres/horizon.ts';
import { CHAT_TABLES, type ChatRows, type ChatTable } from '../../chat/rows.ts';
import { columnsOf } from './load.ts';
import type { ChatTables } from './tables.ts';

/**
 * A round hands out every row with a stamp from `from` up to, not including, `until`, in passes: what was made, parents
 * first, then what changed since it was made. A row that is changed while its round runs is still handed out by the
 * pass of its making, so nothing comes before what it belongs to.
 */
const cursorSchema = z.object({
  from: z.string().regex(/^\d+$/),
  until: z.string().regex(/^\d+$/),
  pass: z.int().min(0).max(7),
  after: z.tuple([z.string().regex(/^\d+$/), z.string()]).optional(),
});
type Cursor = z.output<typeof cursorSchema>;

const LAST_PASS = CHAT_TABLES.length * 2 - 1;

const keys: { readonly [T in ChatTable]: string } = {
  rooms: `id::text COLLATE "C"`,
  members: `(room || '/' || person) COLLATE "C"`,
  messages: `(lpad(seq::text, 12, '0') || id) COLLATE "C"`,
  reactions: `(message || '/' || person || '/' || emoji) COLLATE "C"`,
};

/** Reads the records committed after a cursor. @throws INVALID where the cursor is none of this store's. */
export async function readChanges(
  db: Kysely<ChatTables>,
  after: string | undefined,
  limit: number,
): Promise<ChangePage> {
  const cursor = after === undefined ? undefined : parse(after);
  const horizon = await readHorizon(db);
  return db.transaction().execute(async (trx) => {
    // A page is read in the order of an index, however many rows follow: sorting all of them first, which looks cheaper
    // to the planner, makes a feed of many pages quadratic.
    await sql`SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`.execute(
      trx,
    );
    return readFrom(trx, cursor ?? { from: '0', until: horizon, pass: 0 }, horizon, limit);
  });
}

async function readFrom(db: Kysely<ChatTables>, start: Cursor, horizon: string, limit: number): Promise<ChangePage> {
  let cursor = start;
  const records: PortableRecord[] = [];
  if (isRoundStart(cursor)) cursor = { ...cursor, until: horizon };
  for (let room = limit; ;) {
    const rows = await readPass(db, cursor, room);
    for (const row of rows) records.push(...recordsOf[CHAT_TABLES[cursor.pass % 4]!](row as never));
    room -= rows.length;
    const last = rows.at(-1);
    if (room === 0 && last)
      return { records, next: format({ ...cursor, after: [last.stamp, last.key] }), caughtUp: false };
    if (cursor.pass === LAST_PASS) break;
    cursor = { from: cursor.from, until: cursor.until, pass: cursor.pass + 1 };
  }
  const next: Cursor = { from: cursor.until, until: cursor.until, pass: 0 };
  return { records, next: format(next), caughtUp: !(await anythingSince(db, cursor.until)) };
}

/** A cursor after everything that is committed now. */
export async function readHead(db: Kysely<ChatTables>): Promise<string> {
  const horizon = await readHorizon(db);
  return format({ from: horizon, until: horizon, pass: 0 });
}

function isRoundStart({ pass, after }: Cursor): boolean {
  return pass === 0 && after === undefined;
}

type StampedRow = ChatRows[ChatTable] & { readonly stamp: string; readonly key: string };

async function readPass(db: Kysely<ChatTables>, cursor: Cursor, limit: number): Promise<readonly StampedRow[]> {
  const table = CHAT_TABLES[cursor.pass % 4]!;
  const changedPass = cursor.pass >= 4;
  const stamp = sql.ref(changedPass ? 'changed' : 'made');
  const key = sql.raw(keys[table]);
  const [afterStamp, afterKey] = cursor.after ?? [cursor.from, ''];
  const { rows } = await sql<StampedRow>`
    SELECT ${columnsOf(table)}, ${stamp}::text AS stamp, ${key} AS key FROM ${sql.table(table)}
    WHERE ${stamp} >= ${afterStamp}::xid8 AND ${stamp} < ${cursor.until}::xid8
      AND (${stamp}, ${key}) > (${afterStamp}::xid8, ${afterKey})
      ${changedPass ? sql`AND changed <> made` : sql``}
    ORDER BY ${stamp}, ${key} LIMIT ${limit}`.execute(db);
  return rows;
}

/** In the order of the indexes: asked for any row at all, the planner reads whole tables in search of one. */
async function anythingSince(db: Kysely<ChatTables>, stamp: string): Promise<boolean> {
  const first = (table: ChatTable, column: 'made' | 'changed') => sql`(
    SELECT 1 AS one FROM ${sql.table(table)} WHERE ${sql.ref(column)} >= ${stamp}::xid8
      ${column === 'changed' ? sql`AND changed <> made` : sql``} ORDER BY ${sql.ref(column)} LIMIT 1)`;
  const some = CHAT_TABLES.flatMap((table) => [first(table, 'made'), first(table, 'changed')]);
  const { rows } = await sql`SELECT FROM (${sql.join(some, sql` UNION ALL `)}) s LIMIT 1`.execute(db);
  return rows.length > 0;
}

function format(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function parse(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new CapabilityError('INVALID', 'The cursor is none that this provider made. Begin without one.', {
      field: 'after',
      cause,
    });
  }
}

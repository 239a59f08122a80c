import { CapabilityError, type ChangePage, type PortableRecord } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { readHorizon } from '../postgres/horizon.ts';

/** Rows of one table, and the records that they are handed out as. */
export interface FeedPart<Row> {
  /** A table whose rows have the columns `made` and `changed`, each with an index. */
  readonly table: string;
  readonly columns: RawBuilder<unknown>;
  /** What tells its rows apart, as text under the collation "C". */
  readonly key: string;
  /** The records of some rows. Asked in the transaction of the page. */
  records(rows: readonly Row[], db: Kysely<never>): readonly PortableRecord[] | Promise<readonly PortableRecord[]>;
}

const stamp = z.string().regex(/^\d+$/);
const cursorSchema = z.object({
  from: stamp,
  until: stamp,
  pass: z.int().min(0).max(63),
  after: z.tuple([stamp, z.string()]).optional(),
});
type Cursor = z.output<typeof cursorSchema>;
type StampedRow = { readonly stamp: string; readonly key: string };

/**
 * The changes of stamped tables, in commit order. A round hands out every row with a stamp from `from` up to, not
 * including, `until`, in passes: what was made, part by part, then what changed since it was made. A row that is changed
 * while its round runs is still handed out by the pass of its making, so nothing comes before what it belongs to.
 */
export class StampedFeed {
  readonly #parts: readonly FeedPart<unknown>[];

  /** @param parts those first to which others belong. */
  constructor(parts: readonly FeedPart<never>[]) {
    this.#parts = parts as readonly FeedPart<unknown>[];
  }

  /** Reads the records committed after a cursor. @throws INVALID where the cursor is none of this feed's. */
  async changes<T>(db: Kysely<T>, after: string | undefined, limit: number): Promise<ChangePage> {
    const cursor = after === undefined ? undefined : this.#parse(after);
    const horizon = await readHorizon(db);
    return db.transaction().execute(async (trx) => {
      // A page is read in the order of an index, however many rows follow: sorting all of them first, which looks cheaper
      // to the planner, makes a feed of many pages quadratic.
      await sql`SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`.execute(
        trx,
      );
      const start = cursor ?? { from: '0', until: horizon, pass: 0 };
      return this.#readFrom(trx as unknown as Kysely<never>, start, horizon, limit);
    });
  }

  /** A cursor after everything that is committed now. */
  async head<T>(db: Kysely<T>): Promise<string> {
    const horizon = await readHorizon(db);
    return format({ from: horizon, until: horizon, pass: 0 });
  }

  async #readFrom(db: Kysely<never>, start: Cursor, horizon: string, limit: number): Promise<ChangePage> {
    let cursor = start;
    const records: PortableRecord[] = [];
    if (isRoundStart(cursor)) cursor = { ...cursor, until: horizon };
    for (let room = limit; ;) {
      const rows = await this.#readPass(db, cursor, room);
      records.push(...(await this.#partOf(cursor).records(rows, db)));
      room -= rows.length;
      const last = rows.at(-1);
      if (room === 0 && last)
        return { records, next: format({ ...cursor, after: [last.stamp, last.key] }), caughtUp: false };
      if (cursor.pass === this.#parts.length * 2 - 1) break;
      cursor = { from: cursor.from, until: cursor.until, pass: cursor.pass + 1 };
    }
    const next: Cursor = { from: cursor.until, until: cursor.until, pass: 0 };
    return { records, next: format(next), caughtUp: !(await this.#anythingSince(db, cursor.until)) };
  }

  #partOf({ pass }: Cursor): FeedPart<unknown> {
    return this.#parts[pass % this.#parts.length]!;
  }

  async #readPass(db: Kysely<never>, cursor: Cursor, limit: number): Promise<readonly StampedRow[]> {
    const part = this.#partOf(cursor);
    const changedPass = cursor.pass >= this.#parts.length;
    const column = sql.ref(changedPass ? 'changed' : 'made');
    const key = sql.raw(part.key);
    const [afterStamp, afterKey] = cursor.after ?? [cursor.from, ''];
    const { rows } = await sql<StampedRow>`
      SELECT ${part.columns}, ${column}::text AS stamp, ${key} AS key FROM ${sql.table(part.table)}
      WHERE ${column} >= ${afterStamp}::xid8 AND ${column} < ${cursor.until}::xid8
        AND (${column}, ${key}) > (${afterStamp}::xid8, ${afterKey})
        ${changedPass ? sql`AND changed <> made` : sql``}
      ORDER BY ${column}, ${key} LIMIT ${limit}`.execute(db);
    return rows;
  }

  /** In the order of the indexes: asked for any row at all, the planner reads whole tables in search of one. */
  async #anythingSince(db: Kysely<never>, since: string): Promise<boolean> {
    const first = (table: string, column: 'made' | 'changed') => sql`(
      SELECT 1 AS one FROM ${sql.table(table)} WHERE ${sql.ref(column)} >= ${since}::xid8
        ${column === 'changed' ? sql`AND changed <> made` : sql``} ORDER BY ${sql.ref(column)} LIMIT 1)`;
    const tables = [...new Set(this.#parts.map(({ table }) => table))];
    const some = tables.flatMap((table) => [first(table, 'made'), first(table, 'changed')]);
    const { rows } = await sql`SELECT FROM (${sql.join(some, sql` UNION ALL `)}) s LIMIT 1`.execute(db);
    return rows.length > 0;
  }

  #parse(text: string): Cursor {
    try {
      const cursor = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      if (cursor.pass < this.#parts.length * 2) return cursor;
      throw new RangeError(`there is no pass ${cursor.pass}`);
    } catch (cause) {
      throw new CapabilityError('INVALID', 'The cursor is none that this provider made. Begin without one.', {
        field: 'after',
        cause,
      });
    }
  }
}

function isRoundStart({ pass, after }: Cursor): boolean {
  return pass === 0 && after === undefined;
}

function format(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

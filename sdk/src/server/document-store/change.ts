import type { Announcement } from '@valfri/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import { documents } from '../../capabilities/documents.ts';
import { hashOf } from '../digest-of.ts';
import { emitted } from '../emit.ts';
import { livingRecords, type WholeNode } from './records.ts';
import type { DocumentTables } from './tables.ts';
import { readWhole } from './whole.ts';

/** What one change works with. */
export class Change {
  readonly trx: Transaction<DocumentTables>;
  readonly announcements: Announcement<typeof documents>[] = [];
  readonly #digests = new Map<string, { count: number; sum: bigint }>();

  constructor(trx: Transaction<DocumentTables>) {
    this.trx = trx;
  }

  /** Does something to some nodes and what belongs to them, and keeps the digests true. */
  async to(ids: readonly string[], work: () => Promise<void>): Promise<void> {
    await this.lock(ids);
    for (const whole of await readWhole(this.trx, ids)) this.#count(whole, -1);
    await work();
    for (const whole of await readWhole(this.trx, ids)) this.#count(whole, 1);
  }

  /** Nobody else changes these until the transaction ends. */
  async lock(ids: readonly string[]): Promise<void> {
    await sql`SELECT FROM nodes WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(this.trx);
  }

  #count(whole: WholeNode, sign: 1 | -1): void {
    for (const record of livingRecords(whole)) {
      const known = this.#digests.get(record.type) ?? { count: 0, sum: 0n };
      const hash = hashOf(record);
      this.#digests.set(record.type, {
        count: known.count + sign,
        sum: sign === 1 ? known.sum + hash : known.sum - hash,
      });
    }
  }

  announce(...announcements: readonly Announcement<typeof documents>[]): void {
    this.announcements.push(...announcements);
  }

  /** Writes what was counted and announced; the last of a transaction, for whoever comes next waits for it. */
  async finish(): Promise<void> {
    const rows = [...this.#digests].map(([type, { count, sum }]) => ({ type, count, sum: sum.toString() }));
    await sql`
      INSERT INTO digests AS d (type, count, sum)
      SELECT type, count, sum FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(type text, count bigint, sum numeric)
      ORDER BY type
      ON CONFLICT (type) DO UPDATE SET count = d.count + excluded.count, sum = d.sum + excluded.sum`.execute(this.trx);
    if (this.announcements.length > 0) await emitted(documents, this.announcements).execute(this.trx);
  }
}

/** Whether the shape of the tree is changed, which nobody may be at work in meanwhile. */
export type Shape = 'same' | 'other';

/** Runs one change in a transaction. */
export async function changing<T>(
  db: Kysely<DocumentTables>,
  shape: Shape,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (trx) => {
    // A lock of the table stands in one queue; of the row, those who share it would overtake for ever who waits for all of it.
    await sql`LOCK TABLE tree IN ${shape === 'other' ? sql`EXCLUSIVE` : sql`ROW SHARE`} MODE`.execute(trx);
    const change = new Change(trx);
    const result = await work(change);
    await change.finish();
    return result;
  });
}

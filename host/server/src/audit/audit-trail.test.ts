import { newId } from '@valfri/core';
import { createTestDatabase, Random, type TestDatabase } from '@valfri/sdk/testing';
import { type Kysely, sql } from 'kysely';
import { createHash } from 'node:crypto';
import { canonicalText } from '@valfri/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateHost } from '../database/database.ts';
import type { HostTables } from '../database/tables.ts';
import { fileHeadStore } from './audit-head.ts';
import { AuditTrail } from './audit-trail.ts';

const ENTRIES = 40;
const random = new Random();

let database: TestDatabase;
let db: Kysely<HostTables>;
let folder: string;
let trail: AuditTrail;

beforeAll(async () => {
  console.log(`seed ${random.seed}`);
  database = await createTestDatabase();
  db = database.db as unknown as Kysely<HostTables>;
  await migrateHost(db);
  folder = mkdtempSync(join(tmpdir(), 'valfri-audit-'));
  trail = new AuditTrail(db, fileHeadStore(folder));
  await Promise.all(
    Array.from({ length: ENTRIES }, (_, i) =>
      trail.add({ actor: newId(), action: 'person.changed', target: newId(), details: { i, name: 'Åsa' } }),
    ),
  );
  await sql`CREATE TABLE whole AS TABLE valfri.audit`.execute(db);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('many at once make one chain, without a gap', async () => {
  expect(await trail.verify()).toEqual({ entries: ENTRIES });
});

test.each(['UPDATE valfri.audit SET actor = actor', 'DELETE FROM valfri.audit', 'TRUNCATE valfri.audit'])(
  'even its owner cannot %s',
  async (statement) => {
    await expect(sql.raw(statement).execute(db)).rejects.toThrow('the audit trail is only ever added to');
  },
);

/** Does something to the table as a superuser who has switched the triggers off, then makes it whole again. */
async function tampered(work: (trx: Kysely<HostTables>) => Promise<unknown>) {
  const past = async (doing: (trx: Kysely<HostTables>) => Promise<unknown>) =>
    db.transaction().execute(async (trx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(trx);
      await doing(trx);
    });
  await past(work);
  const report = await trail.verify();
  // A restart does not make it good; but what was added at the very end looks as if the host had died while it added.
  if (report.broken !== ENTRIES + 1) {
    const later = new AuditTrail(db, fileHeadStore(folder));
    await later.noteHead();
    expect(await later.verify()).toEqual(report);
  }
  await past(async (trx) => {
    await sql`TRUNCATE valfri.audit`.execute(trx);
    await sql`INSERT INTO valfri.audit SELECT * FROM whole`.execute(trx);
  });
  return report;
}

/** Writes the chain anew from a place on, as whoever knows how it is made could. */
async function rewrite(trx: Kysely<HostTables>, from: number): Promise<void> {
  const rows = await trx
    .selectFrom('valfri.audit')
    .selectAll()
    .where('place', '>=', from - 1)
    .orderBy('place')
    .execute();
  let previous = from === 1 ? Buffer.alloc(32) : rows.shift()!.hash;
  for (const { place, at, actor, action, target, details } of rows) {
    const text = canonicalText({ type: 'audit', key: String(place), value: { at, actor, action, target, details } });
    const hash = createHash('sha256').update(previous).update(text).digest();
    await trx.updateTable('valfri.audit').set({ previous, hash }).where('place', '=', place).execute();
    previous = hash;
  }
}

const some = () => 1 + random.below(ENTRIES - 2);
const kinds: Record<string, (trx: Kysely<HostTables>) => Promise<unknown>> = {
  'edits a column': (trx) => {
    const columns = [
      "actor = 'x'",
      "action = 'x'",
      "target = 'x'",
      'at = at + 1',
      `details = '{"i":-1}'`,
      "hash = 'x'",
      "previous = 'x'",
    ];
    return sql`UPDATE valfri.audit SET ${sql.raw(random.of(columns))} WHERE place = ${some()}`.execute(trx);
  },
  'takes one out': (trx) => sql`DELETE FROM valfri.audit WHERE place = ${some()}`.execute(trx),
  'takes one out and closes the gap': async (trx) => {
    const place = some();
    await sql`DELETE FROM valfri.audit WHERE place = ${place}`.execute(trx);
    await sql`UPDATE valfri.audit SET place = -place WHERE place > ${place}`.execute(trx);
    await sql`UPDATE valfri.audit SET place = -place - 1 WHERE place < 0`.execute(trx);
    await rewrite(trx, place);
  },
  'swaps two': async (trx) => {
    const place = some();
    await sql`UPDATE valfri.audit SET place = -place WHERE place IN (${place}, ${place + 1})`.execute(trx);
    await sql`UPDATE valfri.audit SET place = ${2 * place + 1} + place WHERE place < 0`.execute(trx);
  },
  'cuts the end off': (trx) => sql`DELETE FROM valfri.audit WHERE place > ${some()}`.execute(trx),
  'cuts the last one off': (trx) => sql`DELETE FROM valfri.audit WHERE place = ${ENTRIES}`.execute(trx),
  'empties it': (trx) => sql`TRUNCATE valfri.audit`.execute(trx),
  'edits one and writes the chain anew': async (trx) => {
    const place = some();
    await sql`UPDATE valfri.audit SET actor = 'x' WHERE place = ${place}`.execute(trx);
    await rewrite(trx, place);
  },
  'puts one in at the end': async (trx) => {
    await sql`INSERT INTO valfri.audit SELECT place + 1, at, 'x', action, target, details, previous, hash FROM valfri.audit
      WHERE place = ${ENTRIES}`.execute(trx);
    await rewrite(trx, ENTRIES + 1);
  },
};

describe('whoever', () => {
  test.each(Object.entries(kinds))('%s is found out, every time', async (_, work) => {
    for (let i = 0; i < 12; i++) {
      const { broken } = await tampered(work);
      expect(broken).toBeGreaterThan(0);
    }
    expect(await trail.verify()).toEqual({ entries: ENTRIES });
  });

  test('has no other place to look at than the database does not see that the end is missing: the control', async () => {
    const blind = new AuditTrail(db);
    await db.transaction().execute(async (trx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(trx);
      await sql`DELETE FROM valfri.audit WHERE place > 5`.execute(trx);
    });
    expect(await blind.verify()).toEqual({ entries: 5 });
    expect(await trail.verify()).toEqual({ entries: 5, broken: 6 });
  });
});

import { type Digest, formatDigest, type PortableRecord } from '@valfri/core';
import type { Kysely } from 'kysely';
import { livingOf } from '../../chat/records.ts';
import type { ChatTable } from '../../chat/rows.ts';
import { digestOf } from '../digest-of.ts';
import { readChanges } from './feed.ts';
import { loadSet } from './load.ts';
import type { ChatTables } from './tables.ts';

const tableOf: Readonly<Record<string, ChatTable>> = {
  room: 'rooms',
  member: 'members',
  reaction: 'reactions',
};

/** The digest of one kind as it is kept with each write. */
export async function readDigest(db: Kysely<ChatTables>, type: string): Promise<Digest> {
  const row = await db.selectFrom('digests').select(['count', 'sum']).where('type', '=', type).executeTakeFirst();
  return formatDigest(Number(row?.count ?? 0), BigInt(row?.sum ?? 0));
}

/** The digest of one kind, taken from the stored rows. */
export async function recomputeDigest(db: Kysely<ChatTables>, type: string): Promise<Digest> {
  const latest = new Map<string, PortableRecord>();
  for (let after: string | undefined, done = false; !done;) {
    const page = await readChanges(db, after, 5_000);
    // Whoever recomputes has stopped writing, so each row comes once in the pass of its making, and again where it
    // was changed since: only the last one counts.
    for (const record of page.records) if (record.type === type) latest.set(record.key, record);
    after = page.next;
    done = page.caughtUp;
  }
  return digestOf([...latest.values()].filter(({ value }) => value !== null));
}

/** The present values of some records; those that are gone are left out. */
export async function readRecords(
  db: Kysely<ChatTables>,
  type: string,
  keys: readonly string[],
): Promise<readonly PortableRecord[]> {
  const table = tableOf[type] ?? 'messages';
  const wanted = { rooms: [], members: [], messages: [], reactions: [], places: [], [table]: keys };
  const { set } = await loadSet(db, wanted);
  const asked = new Set(keys);
  return livingOf(set, type).filter(({ key }) => asked.has(key));
}

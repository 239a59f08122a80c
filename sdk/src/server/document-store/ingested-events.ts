import type { PortableRecord } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { readChain } from './chain.ts';
import type { Change } from './change.ts';
import type { DocumentTables, NodeRow } from './tables.ts';
import { announce } from './announce.ts';

/** Announces nodes that were taken in as when they had been written here. */
export async function announceIngested(change: Change, records: readonly PortableRecord[], now: number): Promise<void> {
  const ids = [
    ...new Set(records.filter(({ type }) => !['version', 'grant', 'lock'].includes(type)).map(({ key }) => key)),
  ];
  for (const node of await rowsOf(change.trx, ids)) {
    const asker = { person: node.created_by, organisation: node.organisation, groups: [], now };
    const chain = await readChain(change.trx, node.id, asker);
    if (chain) announce(change, chain, node.deleted_at === null ? 'written' : 'gone', node.created_by);
  }
}

async function rowsOf(db: Kysely<DocumentTables>, ids: readonly string[]): Promise<readonly NodeRow[]> {
  const { rows } = await sql<NodeRow>`SELECT * FROM nodes WHERE id = ANY(${ids}::uuid[])`.execute(db);
  return rows;
}

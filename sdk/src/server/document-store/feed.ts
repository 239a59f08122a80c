import type { PortableRecord } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { type FeedPart, StampedFeed } from '../stamped-feed.ts';
import { grantRecord, lockRecord, nodeRecords, trashedRecord, versionRecord } from './records.ts';
import type { DocumentTables, GrantRow, LockRow, NodeRow, VersionRow } from './tables.ts';
import { readWhole } from './whole.ts';

type Db = Kysely<DocumentTables>;
const all = sql`*`;
const nodeKey = `id::text COLLATE "C"`;

async function nodesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, NodeRow>> {
  const { rows } = await sql<NodeRow>`SELECT * FROM nodes WHERE id = ANY(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

async function recordsOfNodes(db: Db, rows: readonly NodeRow[], place: 0 | 1): Promise<readonly PortableRecord[]> {
  const ids = rows.flatMap(({ version }) => version ?? []);
  const { rows: versions } = await sql<VersionRow>`SELECT * FROM versions WHERE id = ANY(${ids}::uuid[])`.execute(db);
  const byId = new Map(versions.map((version) => [version.id, version]));
  return rows.map((row) => nodeRecords(row, byId.get(row.version!))[place]!);
}

const nodes: FeedPart<NodeRow> = {
  table: 'nodes',
  columns: all,
  key: nodeKey,
  records: (rows, db) => recordsOfNodes(db as unknown as Db, rows, 0),
};
const places: FeedPart<NodeRow> = { ...nodes, records: (rows, db) => recordsOfNodes(db as unknown as Db, rows, 1) };
const versions: FeedPart<VersionRow> = {
  table: 'versions',
  columns: all,
  key: nodeKey,
  records: async (rows, db) => {
    const byId = await nodesOf(
      db as unknown as Db,
      rows.map(({ file }) => file),
    );
    return rows.map((row) => versionRecord(row, byId.get(row.file)));
  },
};
const grants: FeedPart<GrantRow> = {
  table: 'grants',
  columns: all,
  key: `(node || '/' || "to" || '/' || whom) COLLATE "C"`,
  records: async (rows, db) => {
    const byId = await nodesOf(
      db as unknown as Db,
      rows.map(({ node }) => node),
    );
    return rows.map((row) => grantRecord(row, byId.get(row.node)));
  },
};
const locks: FeedPart<LockRow> = {
  table: 'locks',
  columns: all,
  key: `(node || '/' || token) COLLATE "C"`,
  records: async (rows, db) => {
    const byId = await nodesOf(
      db as unknown as Db,
      rows.map(({ node }) => node),
    );
    return rows.map((row) => lockRecord(row, byId.get(row.node)));
  },
};
const trash: FeedPart<NodeRow> = {
  ...nodes,
  records: async (rows, db) => {
    const whole = await readWhole(
      db as unknown as Db,
      rows.map(({ id }) => id),
    );
    return whole.map(trashedRecord);
  },
};

/** Every node before any place: whatever was moved into what meanwhile, a place belongs to nodes that are known. */
export const documentFeed: StampedFeed = new StampedFeed([nodes, places, versions, grants, trash, locks]);

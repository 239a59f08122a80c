import { type Kysely, sql } from 'kysely';
import type { WholeNode } from './records.ts';
import type { DocumentTables, GrantRow, LockRow, NodeRow, VersionRow } from './tables.ts';

/** Nodes with what belongs to them; those that are not there are left out. */
export async function readWhole(db: Kysely<DocumentTables>, ids: readonly string[]): Promise<readonly WholeNode[]> {
  if (ids.length === 0) return [];
  const { rows: nodes } = await sql<NodeRow>`SELECT * FROM nodes WHERE id = ANY(${ids}::uuid[])`.execute(db);
  const { rows: versions } = await sql<VersionRow>`
    SELECT * FROM versions WHERE file = ANY(${ids}::uuid[]) ORDER BY file, saved_at, id`.execute(db);
  const { rows: grants } = await sql<GrantRow>`
    SELECT * FROM grants WHERE node = ANY(${ids}::uuid[]) ORDER BY node, "to", whom`.execute(db);
  const { rows: locks } = await sql<LockRow>`
    SELECT * FROM locks WHERE node = ANY(${ids}::uuid[]) AND NOT gone`.execute(db);
  const byFile = groupedBy(versions, 'file');
  const [given, locked] = [groupedBy(grants, 'node'), groupedBy(locks, 'node')];
  return nodes.map((node) => ({
    node,
    versions: byFile.get(node.id) ?? [],
    grants: given.get(node.id) ?? [],
    locks: locked.get(node.id) ?? [],
  }));
}

function groupedBy<K extends string, T extends { readonly [P in K]: string }>(
  rows: readonly T[],
  column: K,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row[column]);
    if (group) group.push(row);
    else groups.set(row[column], [row]);
  }
  return groups;
}

/** Ids of a node and of all that is in it, which is in the tree, or went to the trash with it. */
export async function readUnder(
  db: Kysely<DocumentTables>,
  id: string,
  deletedWith: string | null,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE down AS (
      SELECT id, 0 AS depth FROM nodes WHERE id = ${id}
      UNION ALL SELECT n.id, down.depth + 1 FROM down JOIN nodes n ON n.parent = down.id
      WHERE NOT n.gone AND n.deleted_with IS NOT DISTINCT FROM ${deletedWith}::uuid AND down.depth < 100)
    SELECT id FROM down`.execute(db);
  return rows.map((row) => row.id);
}

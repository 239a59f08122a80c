import { CapabilityError, type InputOf } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { documents } from '../../capabilities/documents.ts';
import type { DocumentNode, Grant, Trashed, Version } from '../../capabilities/documents-views.ts';
import { mayAs, ROLES } from '../../documents/roles.ts';
import { type Asker, type Chain, givenTo, ownerOf, readChain, requireChain } from './chain.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { versionOf } from './records.ts';
import type { DocumentTables, GrantRow, NodeRow, VersionRow } from './tables.ts';
import { inheritedFrom, type ListedRow, listedColumns, nodeView } from './views.ts';

type Db = Kysely<DocumentTables>;
type Operations = (typeof documents)['operations'];

/** The nodes from which on something is the asker's to see. */
const topsOf = (asker: Asker) => sql`
  SELECT id FROM nodes WHERE owner = ${asker.person} AND parent IS NULL
  UNION SELECT g.node FROM grants g WHERE ${givenTo(asker)}`;

const LIVE = sql`n.deleted_at IS NULL AND NOT n.gone AND n.placed`;

/** Ids of the nodes under which the person hears of changes. */
export async function listTopics(db: Db, asker: Asker): Promise<{ topics: string[] }> {
  const { rows } = await sql<{ id: string }>`
    SELECT n.id FROM nodes n WHERE n.id IN (${topsOf(asker)}) AND ${LIVE} AND n.organisation = ${asker.organisation}`.execute(
    db,
  );
  return { topics: rows.map(({ id }) => id) };
}

/** What is the asker's to see outside their home folder, by name. */
export async function listShared(db: Db, asker: Asker): Promise<{ nodes: DocumentNode[] }> {
  const { rows } = await sql<ListedRow>`
    SELECT ${listedColumns(asker)} FROM nodes n LEFT JOIN versions v ON v.id = n.version
    WHERE n.id IN (${topsOf(asker)}) AND ${LIVE} AND n.name <> '' AND n.organisation = ${asker.organisation}
    ORDER BY n.name COLLATE names, n.id LIMIT 2000`.execute(db);
  const nodes: DocumentNode[] = [];
  for (const { id } of rows) {
    const chain = await readChain(db, id, asker);
    // What is in a folder that they see as well is found there.
    if (chain?.[0].role && chain[1]?.role === undefined) nodes.push(await viewOf(db, chain, asker));
  }
  return { nodes };
}

/** A node of a chain as the one who asks sees it. */
export async function viewOf(db: Db, chain: Chain, asker: Asker): Promise<DocumentNode> {
  const { rows } = await sql<ListedRow>`
    SELECT ${listedColumns(asker)} FROM nodes n LEFT JOIN versions v ON v.id = n.version WHERE n.id = ${chain[0].id}`.execute(
    db,
  );
  const { rank, owner } = inheritedFrom(chain);
  return nodeView(rows[0]!, { rank, owner, parentSeen: chain[1]?.role !== undefined });
}

/** Which kind a node is; `undefined` where there is none. */
export async function kindOf(db: Db, id: string): Promise<NodeRow['kind'] | undefined> {
  const { rows } = await sql<NodeRow>`SELECT kind FROM nodes WHERE id = ${id}`.execute(db);
  return rows[0]?.kind;
}

/** One node, as it is now, for somebody who may see it. */
export async function seen(db: Db, id: string, asker: Asker): Promise<{ node: DocumentNode }> {
  const chain = await requireChain(db, id, asker, { field: 'node' });
  return { node: await viewOf(db, chain, asker) };
}

/** One node, and what is above it. */
export async function get(
  db: Db,
  { node: id }: InputOf<Operations['get']>,
  asker: Asker,
): Promise<{ node: DocumentNode; above: { id: string; name: string }[] }> {
  const chain = await requireChain(db, id, asker, { field: 'node' });
  const above = chain.slice(1).filter(({ role }) => role !== undefined);
  return {
    node: await viewOf(db, chain, asker),
    above: above.toReversed().map(({ id: each, name }) => ({ id: each, name })),
  };
}

/** What has a name in a folder. */
export async function find(
  db: Db,
  { folder, name }: InputOf<Operations['find']>,
  asker: Asker,
): Promise<{ node: DocumentNode }> {
  const chain = await requireChain(db, folder, asker, { field: 'folder', kind: 'folder' });
  const { rows } = await sql<ListedRow>`
    SELECT ${listedColumns(asker)} FROM nodes n LEFT JOIN versions v ON v.id = n.version
    WHERE n.parent = ${folder} AND n.slot = ${name}`.execute(db);
  if (rows[0]) return { node: nodeView(rows[0], inheritedFrom(chain)) };
  throw new CapabilityError('NOT_FOUND', `name: nothing there is called ${name}.`, { field: 'name' });
}

/** A version of a file, and what the file is called. */
export async function contentOf(
  db: Db,
  { file, version }: InputOf<Operations['readFile']>,
  asker: Asker,
): Promise<{ name: string; row: VersionRow }> {
  const [node] = await requireChain(db, file, asker, { field: 'file', kind: 'file' });
  const { rows } = await sql<VersionRow>`
    SELECT * FROM versions WHERE id = ${version ?? node.version} AND file = ${file} AND NOT gone`.execute(db);
  if (rows[0]) return { name: node.name, row: rows[0] };
  throw new CapabilityError('NOT_FOUND', 'version: the file has none such.', { field: 'version' });
}

const versionPlace = z.tuple([z.int(), z.uuid()]);

/** What a file holds and held, the newest first. */
export async function listVersions(
  db: Db,
  { file, after, limit }: InputOf<Operations['listVersions']>,
  asker: Asker,
): Promise<{ versions: Version[]; next?: string }> {
  await requireChain(db, file, asker, { field: 'file', kind: 'file' });
  const place = after === undefined ? undefined : readCursor(after, versionPlace);
  const { rows } = await sql<VersionRow>`
    SELECT * FROM versions WHERE file = ${file} AND NOT gone
      ${place ? sql`AND (saved_at, id) < (${place[0]}::bigint, ${place[1]}::uuid)` : sql``}
    ORDER BY saved_at DESC, id DESC LIMIT ${limit + 1}`.execute(db);
  const { page, ...more } = paged(rows, limit, (row) => [row.saved_at, row.id]);
  return { versions: page.map(versionOf), ...more };
}

/** What was deleted and the asker may restore, the last first. */
export async function listTrash(
  db: Db,
  { after, limit }: InputOf<Operations['listTrash']>,
  asker: Asker,
): Promise<{ items: Trashed[]; next?: string }> {
  const place = after === undefined ? undefined : readCursor(after, versionPlace);
  const { rows } = await sql<NodeRow & { size: number }>`
    WITH RECURSIVE mine AS (
      SELECT n.id, 0 AS depth FROM nodes n WHERE n.owner = ${asker.person} AND n.parent IS NULL
      UNION SELECT g.node, 0 FROM grants g WHERE ${givenTo(asker)} AND g.role >= ${ROLES.indexOf('editor') + 1}
      UNION SELECT n.id, mine.depth + 1 FROM mine JOIN nodes n ON n.parent = mine.id WHERE NOT n.gone AND mine.depth < 100)
    SELECT n.*, (SELECT coalesce(sum(v.size), 0) FROM nodes d JOIN versions v ON v.file = d.id AND NOT v.gone
      WHERE d.deleted_with = n.id AND NOT d.gone) AS size
    FROM nodes n WHERE n.deleted_with = n.id AND NOT n.gone AND n.organisation = ${asker.organisation}
      AND n.id IN (SELECT id FROM mine)
      ${place ? sql`AND (n.deleted_at, n.id) < (${place[0]}::bigint, ${place[1]}::uuid)` : sql``}
    ORDER BY n.deleted_at DESC, n.id DESC LIMIT ${limit + 1}`.execute(db);
  const { page, ...more } = paged(rows, limit, (row) => [row.deleted_at!, row.id]);
  return { items: page.map(trashedView), ...more };
}

function trashedView(row: NodeRow & { size: number }): Trashed {
  const { id, kind, name } = row;
  return { id, kind, name, deletedAt: row.deleted_at!, deletedBy: row.deleted_by!, size: Number(row.size) };
}

/** What was given on a node and above it. */
export async function listGrants(
  db: Db,
  { node }: InputOf<Operations['listGrants']>,
  asker: Asker,
): Promise<{ owner: string; grants: Grant[] }> {
  const chain = await requireChain(db, node, asker, { field: 'node' });
  const { rows } = await sql<GrantRow>`
    SELECT * FROM grants WHERE node = ANY(${chain.map(({ id }) => id)}::uuid[]) AND NOT gone
    ORDER BY given_at, whom`.execute(db);
  return { owner: ownerOf(chain), grants: rows.map(grantView) };
}

function grantView(row: GrantRow): Grant {
  const role = ROLES[row.role - 1] as Grant['role'];
  return { node: row.node, [row.to]: row.whom, role, givenAt: row.given_at, givenBy: row.given_by };
}

/** What the asker may see and whose name holds all the words, the last changed first. */
export async function search(
  db: Db,
  { query, under, limit }: InputOf<Operations['search']>,
  asker: Asker,
): Promise<{ nodes: DocumentNode[] }> {
  const start = under
    ? sql`SELECT ${(await requireChain(db, under, asker, { field: 'under' }))[0].id}::uuid`
    : topsOf(asker);
  const words = query.normalize('NFC').split(/\s+/).filter(Boolean);
  const named = words.map((word) => sql`n.name ILIKE ${`%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`}`);
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE mine AS (
      SELECT id, 0 AS depth FROM (${start}) s(id)
      UNION SELECT n.id, mine.depth + 1 FROM mine JOIN nodes n ON n.parent = mine.id WHERE ${LIVE} AND mine.depth < 100)
    SELECT n.id FROM nodes n LEFT JOIN versions v ON v.id = n.version
    WHERE n.id IN (SELECT id FROM mine) AND ${LIVE} AND n.organisation = ${asker.organisation} AND ${sql.join(named, sql` AND `)}
    ORDER BY coalesce(v.saved_at, n.created_at) DESC, n.id LIMIT ${limit}`.execute(db);
  const nodes: DocumentNode[] = [];
  for (const { id } of rows) {
    const chain = await readChain(db, id, asker);
    if (chain && mayAs(chain[0].role, 'viewer')) nodes.push(await viewOf(db, chain, asker));
  }
  return { nodes };
}

/** A page of rows, of which one more than wanted was read. */
function paged<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => readonly (string | number)[],
): { readonly page: readonly Row[]; readonly next?: string } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, ...(last && rows.length > limit ? { next: writeCursor(place(last)) } : {}) };
}

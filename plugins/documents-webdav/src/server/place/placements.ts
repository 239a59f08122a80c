import { type Kysely, sql } from 'kysely';
import type { Path } from '../dav/path.ts';
import type { PlacementRow, WebdavTables } from '../tables.ts';

/** Something whose place or content on the server is not what the mirror says. */
export interface Due {
  readonly node: string;
  readonly kind: 'folder' | 'file';
  readonly parent: string | null;
  /** In the mirror; empty for a home folder. */
  readonly name: string;
  readonly owner: string | null;
  readonly version: string | null;
  readonly sha256: string | null;
  readonly size: number | null;
  /** Where it lies now. */
  readonly at: PlacementRow | null;
}

const LIVE = sql`n.placed AND NOT n.gone AND n.deleted_at IS NULL`;

/** Where everything lies on the server. */
export class Placements {
  readonly #db: Kysely<WebdavTables>;

  constructor(db: Kysely<WebdavTables>) {
    this.#db = db;
  }

  /** What the server has to be told of, folders from the top, then files; of some nodes, or of all. */
  async due(ids?: readonly string[]): Promise<readonly Due[]> {
    const some = ids ? sql`AND n.id = ANY(${ids}::uuid[])` : sql``;
    const { rows } = await sql<Due>`
      SELECT n.id AS node, n.kind, n.parent, n.name, n.owner, n.version, v.sha256, v.size,
        CASE WHEN p.node IS NULL THEN NULL ELSE to_jsonb(p) END AS at
      FROM nodes n LEFT JOIN placements p ON p.node = n.id LEFT JOIN versions v ON v.id = n.version
      WHERE ${LIVE} ${some} AND (p.node IS NULL OR p.parent IS DISTINCT FROM n.parent OR p.name <> n.name
        OR p.version IS DISTINCT FROM n.version)`.execute(this.#db);
    return rows.length > 1 ? this.#ordered(rows) : rows;
  }

  async #ordered(rows: readonly Due[]): Promise<readonly Due[]> {
    const folders = rows.filter(({ kind }) => kind === 'folder');
    const { rows: depths } = await sql<{ id: string; depth: number }>`
      WITH RECURSIVE up AS (
        SELECT id, parent, 0 AS depth FROM nodes WHERE id = ANY(${folders.map(({ node }) => node)}::uuid[])
        UNION ALL SELECT up.id, n.parent, up.depth + 1 FROM up JOIN nodes n ON n.id = up.parent WHERE up.depth < 100)
      SELECT id, max(depth) AS depth FROM up GROUP BY id`.execute(this.#db);
    const depthOf = new Map(depths.map(({ id, depth }) => [id, Number(depth)]));
    const sorted = folders.toSorted((a, b) => depthOf.get(a.node)! - depthOf.get(b.node)!);
    return [...sorted, ...rows.filter(({ kind }) => kind === 'file')];
  }

  /** What lies on the server and is in the tree no more; those within another such are left out. */
  async leftOver(ids?: readonly string[]): Promise<readonly PlacementRow[]> {
    const some = ids ? sql`AND p.node = ANY(${ids}::uuid[])` : sql``;
    const { rows } = await sql<PlacementRow>`
      SELECT p.* FROM placements p JOIN nodes n ON n.id = p.node WHERE (n.gone OR n.deleted_at IS NOT NULL) ${some}
        AND NOT EXISTS (SELECT FROM nodes u WHERE u.id = p.parent AND (u.gone OR u.deleted_at IS NOT NULL)
          AND EXISTS (SELECT FROM placements q WHERE q.node = u.id))`.execute(this.#db);
    return rows;
  }

  /** Nodes with all that is above them. */
  async withAbove(ids: readonly string[]): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      WITH RECURSIVE up AS (
        SELECT id, parent, 0 AS depth FROM nodes WHERE id = ANY(${ids}::uuid[])
        UNION SELECT n.id, n.parent, up.depth + 1 FROM up JOIN nodes n ON n.id = up.parent WHERE up.depth < 100)
      SELECT DISTINCT id FROM up`.execute(this.#db);
    return rows.map(({ id }) => id);
  }

  /** Nodes with all that is in them. */
  async withBelow(ids: readonly string[]): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      WITH RECURSIVE down AS (
        SELECT id, 0 AS depth FROM nodes WHERE id = ANY(${ids}::uuid[])
        UNION SELECT n.id, down.depth + 1 FROM down JOIN nodes n ON n.parent = down.id WHERE down.depth < 100)
      SELECT DISTINCT id FROM down`.execute(this.#db);
    return rows.map(({ id }) => id);
  }

  async of(node: string): Promise<PlacementRow | undefined> {
    return this.#db.selectFrom('placements').selectAll().where('node', '=', node).executeTakeFirst();
  }

  async in(folder: string | null): Promise<readonly PlacementRow[]> {
    const { rows } = await sql<PlacementRow>`
      SELECT * FROM placements WHERE parent IS NOT DISTINCT FROM ${folder}::uuid`.execute(this.#db);
    return rows;
  }

  async at(parent: string | null, segment: string): Promise<PlacementRow | undefined> {
    const { rows } = await sql<PlacementRow>`
      SELECT * FROM placements WHERE parent IS NOT DISTINCT FROM ${parent}::uuid AND segment = ${segment}`.execute(
      this.#db,
    );
    return rows[0];
  }

  /** What may be the same as something that was found elsewhere. */
  async like(kind: 'folder' | 'file', { fileId, etag, size }: Alike): Promise<readonly PlacementRow[]> {
    const same = fileId
      ? sql`file_id = ${fileId}`
      : sql`kind = 'file' AND etag = ${etag ?? null} AND size = ${size ?? null}`;
    const { rows } = await sql<PlacementRow>`
      SELECT * FROM placements WHERE kind = ${kind} AND ${same} LIMIT 20`.execute(this.#db);
    return rows;
  }

  /** Where a node lies; `undefined` where it, or a folder above it, lies nowhere. */
  async pathOf(node: string | null): Promise<Path | undefined> {
    if (node === null) return [];
    const { rows } = await sql<{ parent: string | null; segment: string }>`
      WITH RECURSIVE up AS (
        SELECT parent, segment, 0 AS depth FROM placements WHERE node = ${node}
        UNION ALL SELECT p.parent, p.segment, up.depth + 1 FROM up JOIN placements p ON p.node = up.parent
        WHERE up.depth < 100)
      SELECT parent, segment FROM up ORDER BY depth DESC`.execute(this.#db);
    return rows[0]?.parent === null ? rows.map(({ segment }) => segment) : undefined;
  }

  /** Says where something is going to lie, before it does. False where something else has the place. */
  async claim(row: PlacementRow): Promise<boolean> {
    const { rows } = await sql`
      INSERT INTO placements (node, parent, name, segment, kind, version, etag, size, file_id)
      VALUES (${row.node}, ${row.parent}, ${row.name}, ${row.segment}, ${row.kind}, ${row.version}, ${row.etag},
        ${row.size}, ${row.file_id})
      ON CONFLICT DO NOTHING RETURNING node`.execute(this.#db);
    return rows.length > 0;
  }

  async update(node: string, change: Partial<PlacementRow>): Promise<void> {
    await this.#db.updateTable('placements').set(change).where('node', '=', node).execute();
  }

  /** Forgets where something, and all that is in it, lies. */
  async forget(node: string): Promise<void> {
    await sql`
      WITH RECURSIVE down AS (
        SELECT node, 0 AS depth FROM placements WHERE node = ${node}
        UNION ALL SELECT p.node, down.depth + 1 FROM down JOIN placements p ON p.parent = down.node WHERE down.depth < 100)
      DELETE FROM placements WHERE node IN (SELECT node FROM down)`.execute(this.#db);
  }

  /** What a crash left half: a place of something that did not come to be. */
  async repair(): Promise<void> {
    await sql`DELETE FROM placements p WHERE NOT EXISTS (SELECT FROM nodes n WHERE n.id = p.node)`.execute(this.#db);
  }
}

/** What tells whether two are the same. */
export interface Alike {
  readonly fileId?: string | undefined;
  readonly etag?: string | undefined;
  readonly size?: number | undefined;
}

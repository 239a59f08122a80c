import { type Kysely, sql } from 'kysely';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';

/** What became of what an instance should hold. */
export interface StoredBytes {
  /** Versions that there are. */
  readonly versions: number;
  /** Hashes of those whose bytes are not there. */
  readonly lost: readonly string[];
  /** Hashes of those whose bytes are others. */
  readonly changed: readonly string[];
}

/** Reads from the disk every byte that an instance says it holds: what any version held, by its hash. */
export async function storedBytes(
  db: Kysely<never>,
  instance: string,
  pathOf: (sha256: string) => string,
): Promise<StoredBytes> {
  const table = sql.id(`plugin_${instance.replaceAll('-', '_')}`, 'versions');
  const { rows } = await sql<{ sha256: string }>`SELECT sha256 FROM ${table} WHERE NOT gone`.execute(db);
  const [lost, changed]: [string[], string[]] = [[], []];
  for (const sha256 of new Set(rows.map((row) => row.sha256))) {
    if (!existsSync(pathOf(sha256))) lost.push(sha256);
    else if ((await hashOf(pathOf(sha256))) !== sha256) changed.push(sha256);
  }
  return { versions: rows.length, lost, changed };
}

/** The SHA-256 of a file. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Files on the WebDAV server that do not hold, in their places, what the mirror says; and how many were compared. */
export async function placedBytes(
  db: Kysely<never>,
  instance: string,
  root: string,
): Promise<{ readonly files: number; readonly wrong: readonly string[] }> {
  const schema = `plugin_${instance.replaceAll('-', '_')}`;
  const { rows } = await sql<{ path: string; sha256: string }>`
    WITH RECURSIVE down AS (
      SELECT node, segment AS path, version, 0 AS depth FROM ${sql.id(schema, 'placements')} WHERE parent IS NULL
      UNION ALL SELECT p.node, down.path || '/' || p.segment, p.version, down.depth + 1
      FROM down JOIN ${sql.id(schema, 'placements')} p ON p.parent = down.node)
    SELECT down.path, v.sha256 FROM ${sql.id(schema, 'nodes')} n JOIN ${sql.id(schema, 'versions')} v ON v.id = n.version
    LEFT JOIN down ON down.node = n.id WHERE NOT n.gone AND n.deleted_at IS NULL AND n.placed`.execute(db);
  const wrong: string[] = [];
  for (const { path, sha256 } of rows) {
    const at = join(root, path ?? '?');
    if (!existsSync(at) || (await hashOf(at)) !== sha256) wrong.push(path ?? sha256);
  }
  return { files: rows.length, wrong };
}

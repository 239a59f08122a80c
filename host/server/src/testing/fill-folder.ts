import { type Kysely, sql } from 'kysely';
import { schemaOf } from '@valfri/sdk/postgres';

/** What a folder is filled with. */
export interface Filling {
  readonly folder: string;
  readonly person: string;
  readonly count: number;
  /** How many of them are folders; they come first. Default: none. */
  readonly folders?: number;
}

/** Puts very many empty files into a folder of a stored documents provider, past all that usually happens on the way. */
export async function fillFolder(
  db: Kysely<never>,
  instance: string,
  { folder, person, count, folders = 0 }: Filling,
): Promise<void> {
  const [nodes, versions] = ['nodes', 'versions'].map((name) => sql.table(`${schemaOf(instance)}.${name}`));
  await sql`
    WITH made AS (
      INSERT INTO ${nodes} (id, kind, parent, name, organisation, created_at, created_by, version, placed)
      SELECT gen_random_uuid(), CASE WHEN i < ${folders}::int THEN 'folder' ELSE 'file' END, ${folder}, 'Ärende ' || i || CASE WHEN i < ${folders}::int THEN '' ELSE '.txt' END,
        (SELECT organisation FROM ${nodes} WHERE id = ${folder}), 1700000000000 + i, ${person},
        CASE WHEN i < ${folders}::int THEN NULL ELSE gen_random_uuid() END, true
      FROM generate_series(0, ${count - 1}::int) i RETURNING id, version)
    INSERT INTO ${versions} (id, file, size, sha256, media_type, modified_at, saved_at, saved_by)
    SELECT version, id, 0, encode(sha256(''), 'hex'), 'text/plain', 1700000000000 + hashtext(id::text) % 1000000, 1700000000000, ${person}
    FROM made WHERE version IS NOT NULL`.execute(db);
  await sql`ANALYZE ${nodes}`.execute(db);
  await sql`ANALYZE ${versions}`.execute(db);
}

import { createDocumentTables } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';

/** The mirror, and where its files and their contents lie on the server. */
export async function up(db: Kysely<never>): Promise<void> {
  await createDocumentTables(db);
  await sql`
    CREATE TABLE placements (
      node uuid PRIMARY KEY, parent uuid, name text NOT NULL, segment text NOT NULL, kind text NOT NULL, version uuid,
      etag text, size bigint, file_id text, CONSTRAINT places UNIQUE NULLS NOT DISTINCT (parent, segment))`.execute(db);
  await sql`CREATE INDEX placements_by_tag ON placements (etag) WHERE kind = 'file'`.execute(db);
  await sql`CREATE INDEX placements_by_file_id ON placements (file_id) WHERE file_id IS NOT NULL`.execute(db);
  await sql`
    CREATE TABLE contents (sha256 text PRIMARY KEY, size bigint NOT NULL, unwanted boolean NOT NULL DEFAULT false)`.execute(
    db,
  );
  await sql`CREATE TABLE webdav_state (one boolean PRIMARY KEY DEFAULT true CHECK (one), frozen boolean NOT NULL)`.execute(
    db,
  );
  await sql`INSERT INTO webdav_state (frozen) VALUES (false)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** What is being written, until it is in the file. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE files (
      file uuid PRIMARY KEY, kind text NOT NULL, epoch uuid NOT NULL, version uuid NOT NULL, meta jsonb NOT NULL,
      base bytea NOT NULL, state bytea NOT NULL, saving uuid, saving_upto bigint,
      touched timestamptz NOT NULL DEFAULT now())`.execute(db);
  await sql`
    CREATE TABLE changes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, file uuid NOT NULL REFERENCES files ON DELETE CASCADE,
      change bytea NOT NULL)`.execute(db);
  await sql`CREATE INDEX changes_file ON changes (file, id)`.execute(db);
  await sql`
    CREATE TABLE sessions (
      session uuid PRIMARY KEY, file uuid NOT NULL, action text NOT NULL, opened timestamptz NOT NULL DEFAULT now())`.execute(
    db,
  );
  await sql`CREATE INDEX sessions_file ON sessions (file)`.execute(db);
}

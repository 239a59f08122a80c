import { type Kysely, sql } from 'kysely';

/** Which files are with the document server, under which key, and who has them open. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE documents (key text PRIMARY KEY, file uuid NOT NULL, version uuid NOT NULL, opened_at bigint NOT NULL,
      closed_at bigint, saves int NOT NULL DEFAULT 0)`.execute(db);
  await sql`CREATE UNIQUE INDEX documents_living ON documents (file) WHERE closed_at IS NULL`.execute(db);
  await sql`
    CREATE TABLE sessions (session uuid PRIMARY KEY, key text NOT NULL REFERENCES documents ON DELETE CASCADE,
      pseudonym text NOT NULL, person uuid NOT NULL, writes boolean NOT NULL, token text NOT NULL,
      opened_at bigint NOT NULL, closed_at bigint)`.execute(db);
  await sql`CREATE UNIQUE INDEX sessions_token ON sessions (token)`.execute(db);
  await sql`CREATE INDEX sessions_key ON sessions (key)`.execute(db);
  await sql`
    CREATE TABLE reads (token text PRIMARY KEY, session uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
      expires_at bigint NOT NULL)`.execute(db);
}

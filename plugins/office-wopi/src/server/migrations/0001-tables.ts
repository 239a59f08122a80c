import { type Kysely, sql } from 'kysely';

/** What an instance knows of sessions, and of the WOPI client. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE tokens (hash text PRIMARY KEY, session uuid NOT NULL, file uuid NOT NULL, person uuid NOT NULL,
      action text NOT NULL, expires_at timestamptz NOT NULL)`.execute(db);
  await sql`CREATE INDEX tokens_file ON tokens (file)`.execute(db);
  await sql`
    CREATE TABLE pages (session uuid PRIMARY KEY, origin text NOT NULL, at timestamptz NOT NULL DEFAULT now())`.execute(
    db,
  );
  await sql`CREATE TABLE locks (file uuid PRIMARY KEY, hash text NOT NULL)`.execute(db);
  await sql`CREATE TABLE beside (session uuid NOT NULL, file uuid NOT NULL, PRIMARY KEY (session, file))`.execute(db);
  await sql`CREATE TABLE user_info (person uuid PRIMARY KEY, info text NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE discovery (id int PRIMARY KEY CHECK (id = 1), xml text NOT NULL, read_at timestamptz NOT NULL)`.execute(
    db,
  );
}

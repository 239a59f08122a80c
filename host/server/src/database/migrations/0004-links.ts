import { type Kysely, sql } from 'kysely';

/** Links to files and folders, and visits of those who came by one. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.links (
      id uuid PRIMARY KEY, organisation uuid NOT NULL REFERENCES valfri.organisations, node uuid NOT NULL,
      role text NOT NULL CHECK (role IN ('viewer', 'editor')), token bytea NOT NULL UNIQUE, password text,
      expires_at bigint, created_by uuid NOT NULL, created_at bigint NOT NULL, revoked_at bigint)`.execute(db);
  await sql`
    CREATE TABLE valfri.link_visits (
      token bytea PRIMARY KEY, link uuid NOT NULL REFERENCES valfri.links ON DELETE CASCADE, expires_at bigint NOT NULL)`.execute(
    db,
  );
}

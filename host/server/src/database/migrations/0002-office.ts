import { type Kysely, sql } from 'kysely';

/** Who has which file open in which editor, and which editor is for what. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.office_sessions (
      id uuid PRIMARY KEY, instance text NOT NULL, page text, person uuid NOT NULL, file uuid NOT NULL,
      action text NOT NULL CHECK (action IN ('view', 'comment', 'review', 'edit')), sign_in text NOT NULL,
      opened_at bigint NOT NULL, seen_at bigint NOT NULL, closed_at bigint, silent boolean NOT NULL DEFAULT false,
      revoked_at bigint)`.execute(db);
  await sql`
    CREATE INDEX office_sessions_by_file ON valfri.office_sessions (file, opened_at)`.execute(db);
  await sql`
    CREATE INDEX office_sessions_open ON valfri.office_sessions (seen_at)
    WHERE closed_at IS NULL AND revoked_at IS NULL`.execute(db);
  await sql`
    CREATE TABLE valfri.office_locks (
      file uuid PRIMARY KEY, token text NOT NULL, person uuid NOT NULL, expires_at bigint NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE valfri.opener_rules (
      id uuid PRIMARY KEY, place int NOT NULL, extension text NOT NULL, action text,
      group_id uuid REFERENCES valfri.groups ON DELETE CASCADE,
      instance text NOT NULL REFERENCES valfri.instances ON DELETE CASCADE)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** What was saved beside a file that somebody has open, and the session by which it is reached. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.office_beside (
      id uuid PRIMARY KEY, session uuid NOT NULL REFERENCES valfri.office_sessions ON DELETE CASCADE,
      file uuid NOT NULL, UNIQUE (session, file))`.execute(db);
}

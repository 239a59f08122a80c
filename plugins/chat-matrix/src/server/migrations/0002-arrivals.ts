import { type Kysely, sql } from 'kysely';

/** In which order the events came. Those that are in already are numbered as they lie. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`ALTER TABLE matrix_events ADD COLUMN arrived bigint GENERATED ALWAYS AS IDENTITY`.execute(db);
}

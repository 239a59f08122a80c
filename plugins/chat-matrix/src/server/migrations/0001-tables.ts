import { createChatTables } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';

/** The mirror of what the homeserver holds, and what is needed to keep it true. */
export async function up(db: Kysely<never>): Promise<void> {
  await createChatTables(db);
  await sql`CREATE TABLE matrix_events (id text PRIMARY KEY)`.execute(db);
  await sql`CREATE TABLE matrix_transactions (id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`.execute(db);
  await sql`CREATE TABLE matrix_rooms (id text PRIMARY KEY, owners text[] NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE matrix_strangers (room text NOT NULL, account text NOT NULL, person uuid NOT NULL,
      PRIMARY KEY (room, account))`.execute(db);
  await sql`CREATE INDEX matrix_strangers_person ON matrix_strangers (person)`.execute(db);
  await sql`CREATE TABLE matrix_state (id int PRIMARY KEY CHECK (id = 1), frozen boolean NOT NULL)`.execute(db);
  await sql`INSERT INTO matrix_state (id, frozen) VALUES (1, false)`.execute(db);
}

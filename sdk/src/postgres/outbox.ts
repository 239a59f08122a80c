import { type Kysely, sql } from 'kysely';

/**
 * Makes the host's schema with the outbox and the function through which plugins put events into it. A plugin cannot
 * write there by itself, and whose event it is follows from the role that is signed in, which it cannot change.
 */
export async function createOutbox(db: Kysely<never>): Promise<void> {
  await sql`CREATE SCHEMA IF NOT EXISTS valfri`.execute(db);
  await sql`
    CREATE TABLE IF NOT EXISTS valfri.outbox (
      made xid8 NOT NULL DEFAULT pg_current_xact_id(),
      id bigint GENERATED ALWAYS AS IDENTITY,
      origin text NOT NULL,
      topic uuid NOT NULL,
      type text NOT NULL,
      data jsonb NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (made, id))`.execute(db);
  await sql`CREATE INDEX IF NOT EXISTS outbox_by_time ON valfri.outbox USING brin (at)`.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION valfri.emit(events jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
      INSERT INTO valfri.outbox (origin, topic, type, data)
      SELECT session_user, (event->>'topic')::uuid, event->>'type', event->'data'
      FROM jsonb_array_elements(events) AS event
    $$`.execute(db);
  await sql`REVOKE ALL ON FUNCTION valfri.emit FROM PUBLIC`.execute(db);
}

import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { HostTables } from '../database/tables.ts';

/** Kysely on one connection, and so within the transaction that it is in. */
export function kyselyOf(client: pg.Client): Kysely<HostTables> {
  const connection = { query: client.query.bind(client), release: () => undefined };
  const pool = { connect: async () => connection, end: async () => undefined };
  return new Kysely<HostTables>({ dialect: new PostgresDialect({ pool: pool as never }) });
}

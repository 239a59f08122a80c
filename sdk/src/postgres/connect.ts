import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { PreparingClient } from './preparing-client.ts';

const INT8 = 20;
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** How to connect. */
export interface ConnectOptions {
  readonly url: string;
  /** Name that the server shows for the connection. */
  readonly name: string;
  /** Connections at most. Default: 10. */
  readonly most?: number;
  /** Called where a connection is lost; the next use makes a new one. Default: nothing. */
  readonly onError?: (error: Error) => void;
}

/** A pool of connections. Eight-byte integers come as numbers: ours are times and counts, well below 2^53. */
export function connect<Tables>({ url, name, most = 10, onError = () => undefined }: ConnectOptions): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: most,
    types,
    Client: PreparingClient,
  });
  pool.on('error', onError);
  // One that is lost while it is in use fails its query, and would end the process as well if nobody listened.
  pool.on('connect', (client) => void client.on('error', onError));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

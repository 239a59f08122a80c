import pg from 'pg';
import { ConfigError } from '../config/config.ts';

const LOCK = 0x76616c66; // "valf"
/** How long one that just died may take to let go, in milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 200;

/** What the lock tells of. */
export interface LockListener {
  readonly onError: (error: Error) => void;
  readonly onTaken?: () => void;
}

/**
 * Holds a lock on a database for as long as a connection lives, and takes it again where that is lost.
 * @throws ConfigError where another host holds it.
 */
export async function lockDatabase(url: string, listener: LockListener): Promise<() => Promise<void>> {
  let client: pg.Client | undefined;
  let released = false;
  const hold = async (): Promise<void> => {
    client = await acquire(url, listener.onError);
    client.once('end', () => void (released || again()));
  };
  const again = async (): Promise<void> => {
    while (!released) {
      try {
        return await hold();
      } catch (error) {
        if (error instanceof ConfigError) return listener.onTaken?.();
        await pause();
      }
    }
  };
  await hold();
  return async () => {
    released = true;
    await client?.end();
  };
}

async function acquire(url: string, onError: (error: Error) => void): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'valfri lock', keepAlive: true });
  client.on('error', onError);
  await client.connect();
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]!.locked) return client;
    if (Date.now() > deadline) break;
    await pause();
  }
  await client.end();
  throw new ConfigError(
    'Another host works with this database. Stop it first, or give this one a database of its own (DATABASE_URL, --data).',
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}

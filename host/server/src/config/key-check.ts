import type { Kysely } from 'kysely';
import { join } from 'node:path';
import { keepState, keptState } from '../database/host-state.ts';
import type { HostTables } from '../database/tables.ts';
import { ConfigError } from './config.ts';
import type { Keys } from './keys.ts';

const NAME = 'key.check';

/**
 * Sees that a database is used with the key that it was used with before: with another one every secret in it is lost.
 * @throws ConfigError
 */
export async function requireSameKey(db: Kysely<HostTables>, keys: Keys, data: string, accept: boolean): Promise<void> {
  const check = keys.derive('key check').slice(0, 22);
  const known = await keptState(db, NAME);
  if (known === check) return;
  if (known !== undefined && !accept)
    throw new ConfigError(
      `The key in ${join(data, 'key')} is not the one that this database was used with. Put that one back; or, where ` +
        'it is lost, start once with --accept-new-key: everybody signs in again, and secret settings are entered again.',
    );
  await keepState(db, NAME, check);
}

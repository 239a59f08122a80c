import type { Kysely } from 'kysely';
import { join } from 'node:path';
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
  const row = await db.selectFrom('valfri.host_state').select('value').where('key', '=', NAME).executeTakeFirst();
  if (row?.value === check) return;
  if (row && !accept)
    throw new ConfigError(
      `The key in ${join(data, 'key')} is not the one that this database was used with. Put that one back; or, where ` +
        'it is lost, start once with --accept-new-key: everybody signs in again, and secret settings are entered again.',
    );
  const value = JSON.stringify(check);
  await db
    .insertInto('valfri.host_state')
    .values({ key: NAME, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

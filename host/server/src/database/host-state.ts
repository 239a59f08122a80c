import type { Kysely } from 'kysely';
import type { HostTables } from './tables.ts';

/** What the host has kept under a key; `undefined` where it has kept nothing. */
export async function keptState(db: Kysely<HostTables>, key: string): Promise<unknown> {
  const row = await db.selectFrom('valfri.host_state').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** Keeps a value under a key, in place of what was there. */
export async function keepState(db: Kysely<HostTables>, key: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value);
  await db
    .insertInto('valfri.host_state')
    .values({ key, value: json })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: json }))
    .execute();
}

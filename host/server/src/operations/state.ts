import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** The last backup that was finished. */
export interface BackupRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tables: number;
  readonly rows: number;
}

/** The key in `valfri.host_state` under which a backup leaves word of itself. */
export const BACKUP_KEY = 'backup';

/** The last backup, where there has been one. */
export async function lastBackup(db: Kysely<HostTables>): Promise<BackupRecord | undefined> {
  const row = await db.selectFrom('valfri.host_state').select('value').where('key', '=', BACKUP_KEY).executeTakeFirst();
  return row?.value as BackupRecord | undefined;
}

const INTRODUCED_KEY = 'introduced';

/** Ids of the instances that the composition has brought in so far: one that an operator removed since stays away. */
export async function introducedInstances(db: Kysely<HostTables>): Promise<readonly string[]> {
  const row = await db
    .selectFrom('valfri.host_state')
    .select('value')
    .where('key', '=', INTRODUCED_KEY)
    .executeTakeFirst();
  return (row?.value as readonly string[] | undefined) ?? [];
}

/** Notes which instances the composition has brought in. */
export async function noteIntroduced(db: Kysely<HostTables>, ids: readonly string[]): Promise<void> {
  const value = JSON.stringify(ids);
  await db
    .insertInto('valfri.host_state')
    .values({ key: INTRODUCED_KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** How long the database takes to answer, in milliseconds. */
export async function roundTrip(db: Kysely<HostTables>): Promise<number> {
  const began = performance.now();
  await sql`SELECT 1`.execute(db);
  return Math.round((performance.now() - began) * 10) / 10;
}

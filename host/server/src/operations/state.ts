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

/** How long the database takes to answer, in milliseconds. */
export async function roundTrip(db: Kysely<HostTables>): Promise<number> {
  const began = performance.now();
  await sql`SELECT 1`.execute(db);
  return Math.round((performance.now() - began) * 10) / 10;
}

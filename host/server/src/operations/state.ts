import { type Kysely, sql } from 'kysely';
import { keepState, keptState } from '../database/host-state.ts';
import type { HostTables } from '../database/tables.ts';

/** The last backup that was finished. */
export interface BackupRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tables: number;
  readonly rows: number;
}

const BACKUP_KEY = 'backup';

/** The last backup, where there has been one. */
export async function lastBackup(db: Kysely<HostTables>): Promise<BackupRecord | undefined> {
  return (await keptState(db, BACKUP_KEY)) as BackupRecord | undefined;
}

/** Leaves word of a backup in the host, so that its operators see how old the last one is. */
export async function noteBackup(db: Kysely<HostTables>, record: BackupRecord): Promise<void> {
  await keepState(db, BACKUP_KEY, record);
}

const INTRODUCED_KEY = 'introduced';

/** Ids of the instances that the composition has brought in so far: one that an operator removed since stays away. */
export async function introducedInstances(db: Kysely<HostTables>): Promise<readonly string[]> {
  return ((await keptState(db, INTRODUCED_KEY)) as readonly string[] | undefined) ?? [];
}

/** Notes which instances the composition has brought in. */
export async function noteIntroduced(db: Kysely<HostTables>, ids: readonly string[]): Promise<void> {
  await keepState(db, INTRODUCED_KEY, ids);
}

/** How long the database takes to answer, in milliseconds. */
export async function roundTrip(db: Kysely<HostTables>): Promise<number> {
  const began = performance.now();
  await sql`SELECT 1`.execute(db);
  return Math.round((performance.now() - began) * 10) / 10;
}

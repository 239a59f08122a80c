import { connect, startEmbeddedPostgres } from '@valfri/sdk/postgres';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { join } from 'node:path';
import { ConfigError } from '../config/config.ts';
import { lockData } from './data-lock.ts';
import { lockDatabase } from './database-lock.ts';
import * as host from './migrations/0001-host.ts';
import * as office from './migrations/0002-office.ts';
import * as officeBeside from './migrations/0003-office-beside.ts';
import * as links from './migrations/0004-links.ts';
import * as webdav from './migrations/0005-webdav.ts';
import type { HostTables } from './tables.ts';

/** The host's own migrations, by name. */
export const hostMigrations: HostMigrations = {
  '0001-host': host,
  '0002-office': office,
  '0003-office-beside': officeBeside,
  '0004-links': links,
  '0005-webdav': webdav,
};

/** Migrations by name, in the order of their names. */
export type HostMigrations = Readonly<Record<string, Migration>>;

/** To which migration to bring the host's tables. */
export interface MigrateOptions {
  /** Default: the newest. */
  readonly upTo?: string;
  /** Default: {@link hostMigrations}. */
  readonly migrations?: HostMigrations;
}

/** The database that a host works with. */
export interface Database {
  readonly url: string;
  readonly db: Kysely<HostTables>;
  /** `embedded`, or the server's own word for what it is. */
  readonly kind: string;
  close(): Promise<void>;
}

/** Which database to open. */
export interface DatabaseOptions extends MigrateOptions {
  /** A server of the operator's; without it an embedded one is started. */
  readonly url?: string | undefined;
  /** Folder under which an embedded one keeps its data. */
  readonly directory: string;
  readonly onError: (error: Error) => void;
  /** Called where another host has taken the database while the way to it was lost. Default: nothing. */
  readonly onTaken?: () => void;
}

/** Opens the database, alone: a second host on the same one is refused. Brings the host's tables up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // What has begun ends, the last first: when it is closed, and where it cannot be opened.
  await using begun = new AsyncDisposableStack();
  const embedded = options.url ? undefined : await startOwnPostgres(options.directory);
  if (embedded) begun.defer(() => embedded.stop());
  const url = options.url ?? embedded!.url;
  begun.defer(await lockDatabase(url, options).catch((error: unknown) => Promise.reject(cannotBeUsed(url, error))));
  const db = connect<HostTables>({ url, name: 'valfri host', most: 16, onError: options.onError });
  begun.defer(() => db.destroy());
  await endLeftovers(db);
  await migrateHost(db, options);
  if (embedded) await sql`REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC`.execute(db);
  const kind = embedded ? 'embedded' : await versionOf(db);
  const all = begun.move();
  return { url, db, kind, close: () => all.disposeAsync() };
}

/** What an operator can do where there is no way to the database; its address without what is secret in it. */
function cannotBeUsed(url: string, error: unknown): unknown {
  if (error instanceof ConfigError) return error;
  const { message, code } = error as { message?: string; code?: string };
  return new ConfigError(
    `The database at ${new URL(url).host} cannot be used (${message || code}). Start it, or correct DATABASE_URL (--database-url).`,
    { cause: error },
  );
}

/** Starts the embedded server of a data folder, for this process alone. @throws ConfigError where another has it. */
export async function startOwnPostgres(directory: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const lock = lockData(directory);
  const release = () => lock[Symbol.dispose]();
  try {
    const { url, stop } = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
    lock.noteDatabase(url);
    return { url, stop: () => stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Brings the host's tables to a migration. */
export async function migrateHost(
  db: Kysely<HostTables>,
  { upTo, migrations = hostMigrations }: MigrateOptions = {},
): Promise<void> {
  await sql`CREATE SCHEMA IF NOT EXISTS valfri`.execute(db);
  const provider = { getMigrations: async () => migrations };
  const migrator = new Migrator({ db, provider, migrationTableSchema: 'valfri' });
  const { error } = upTo === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(upTo);
  const newer = /previously executed migration (\S+) is missing/.exec(
    String((error as Error | undefined)?.message),
  )?.[1];
  if (newer)
    throw new ConfigError(
      `This database was used with a newer host, which made the change ${newer}. Start that version again, or restore a backup from before it.`,
    );
  if (error) throw error;
}

/**
 * Ends sessions that a host which died has left behind: what they still had under way must not be committed after we
 * have looked. One that makes a backup only reads, and goes on.
 */
async function endLeftovers(db: Kysely<HostTables>): Promise<void> {
  const leftovers = sql`datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'valfri %'
    AND application_name NOT IN ('valfri lock', 'valfri backup') AND backend_start < now() - interval '1 second' AND pg_has_role(usesysid, 'USAGE')`;
  await sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE ${leftovers}`.execute(db);
}

async function versionOf(db: Kysely<HostTables>): Promise<string> {
  const { rows } = await sql<{ version: string }>`SELECT current_setting('server_version') AS version`
    .execute(db)
    .catch(() => ({ rows: [] }));
  return `PostgreSQL ${rows[0]?.version ?? ''}`.trim();
}

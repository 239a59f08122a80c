import { openPluginSchema, schemaOf } from '@valfri/sdk/postgres';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { fileHeadStore } from '../audit/audit-head.ts';
import { CliError } from '../cli/client.ts';
import { type Database, type HostMigrations, hostMigrations, migrateHost, openDatabase } from '../database/database.ts';
import { beginAnew } from '../live/outbox.ts';
import type { Workspace } from '../workspace.ts';
import {
  type BackupManifest,
  type BackupOptions,
  type BackupReport,
  copyTarget,
  quoted,
  readManifest,
  reportOf,
} from './backup-format.ts';
import { requireNoFiles, restoreFiles, verifyBackupFiles } from './backup-files.ts';
import { kyselyOf } from './one-connection.ts';
import { prepareAccounts } from './prepare-accounts.ts';

/** What to restore, and into what. */
export interface RestoreOptions extends BackupOptions {
  readonly workspace: Workspace;
  /** The host's migrations. Default: those that there are. */
  readonly migrations?: HostMigrations;
}

/**
 * Fills an empty database from a backup: the tables are made as they were then, filled, and brought up to date. All of
 * it, or nothing. Nobody stays signed in, and links that were under way are void: some may have been ended since.
 */
export async function restore(options: RestoreOptions): Promise<BackupReport> {
  const { folder, workspace, data, migrations = hostMigrations } = options;
  const databaseUrl = options.databaseUrl ?? (process.env['DATABASE_URL'] || undefined);
  const manifest = readManifest(folder);
  await verifyFiles(folder, manifest);
  await verifyBackupFiles(folder, manifest.files);
  requirePlugins(manifest, workspace);
  if (!(manifest.hostMigration in migrations))
    throw new CliError(
      `The backup was made by a newer host (${manifest.version}). Restore it with that, or a newer one.`,
    );
  const then = { migrations, upTo: manifest.hostMigration };
  const database = await openDatabase({ url: databaseUrl, directory: data, onError: () => undefined, ...then });
  try {
    await requireEmpty(database);
    await requireNoFiles(data);
    await prepareAccounts(database);
    await prepareInstances(database, manifest, workspace);
    await restoreFiles({ folder, data, files: manifest.files }, () => fill(database.url, manifest, options));
    await migrateHost(database.db, { migrations });
    await keepAuditHead(database, data);
  } finally {
    await database.close();
  }
  return reportOf(manifest);
}

function requirePlugins({ instances }: BackupManifest, { plugins }: Workspace): void {
  const missing = instances.find(({ plugin }) => !plugins.some(({ manifest }) => manifest.id === plugin));
  if (missing)
    throw new CliError(
      `The backup has data of the plugin "${missing.plugin}", which is not in this composition. Add it, then restore.`,
    );
}

async function requireEmpty({ db }: Database): Promise<void> {
  const { rows } = await sql<{ some: boolean }>`SELECT EXISTS (SELECT FROM valfri.people) AS some`.execute(db);
  if (rows[0]!.some)
    throw new CliError(
      'This host has people in it already. Restore into an empty one: another --data, or an empty database.',
    );
}

/** Nothing is touched before every file was found whole. */
async function verifyFiles(folder: string, { tables }: BackupManifest): Promise<void> {
  for (const { file, sha256 } of tables) {
    const hash = createHash('sha256');
    const damaged = () =>
      new CliError(`${file} is missing or damaged. Nothing was restored; use another copy of the backup.`);
    await pipeline(createReadStream(join(folder, file)), createGunzip(), hash).catch(() => Promise.reject(damaged()));
    if (hash.digest('hex') !== sha256) throw damaged();
  }
}

/** Makes the tables of each instance as they were when the backup was made. */
async function prepareInstances(
  { db, url }: Database,
  { instances }: BackupManifest,
  { plugins }: Workspace,
): Promise<void> {
  for (const { id, plugin, migration } of instances) {
    const { server } = plugins.find(({ manifest }) => manifest.id === plugin)!;
    const all = Object.entries(server.migrations ?? {});
    const migrations = Object.fromEntries(all.filter(([name]) => migration !== null && name <= migration));
    const admin = db as unknown as Kysely<never>;
    const { db: own } = await openPluginSchema({ admin, url, instance: id, migrations });
    await own.destroy();
  }
}

async function fill(
  url: string,
  { tables, instances }: BackupManifest,
  { folder, progress }: RestoreOptions,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'valfri restore' });
  await client.connect();
  try {
    await client.query('BEGIN');
    // What a plugin's migrations put into its new tables is in the backup as well, as it was then.
    const schemas = new Set(instances.map(({ id }) => schemaOf(id)));
    const plugins = tables.filter(({ schema }) => schemas.has(schema));
    for (const { schema, table } of plugins) await client.query(`TRUNCATE ${quoted(schema)}.${quoted(table)} CASCADE`);
    for (const entry of tables) {
      const stream = client.query(copyFrom(`COPY ${copyTarget(entry)} FROM STDIN`));
      await pipeline(createReadStream(join(folder, entry.file)), createGunzip(), stream);
      progress(`${entry.schema}.${entry.table}: ${entry.rows} rows`);
    }
    await resetSequences(client);
    // Cursors speak of transactions of the old database: moves under way read everything again.
    await client.query(`UPDATE valfri.swaps SET body = body - 'cursor' - 'reverseCursor'`);
    await client.query('DELETE FROM accounts.session');
    await client.query('DELETE FROM accounts.verification');
    await beginAnew(kyselyOf(client));
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function resetSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(`
    SELECT c.oid::regclass::text AS table, a.attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attidentity <> '' AND (n.nspname = 'valfri' OR n.nspname LIKE 'plugin\\_%')`);
  for (const { table, column } of rows) {
    const last = `(SELECT coalesce(max(${quoted(column)}), 0) + 1 FROM ${table})`;
    await client.query('SELECT setval(pg_get_serial_sequence($1, $2), ' + last + ', false)', [table, column]);
  }
}

/** The audit trail ends where the backup's does. */
async function keepAuditHead({ db }: Database, data: string): Promise<void> {
  const last = await db
    .selectFrom('valfri.audit')
    .select(['place', 'hash'])
    .orderBy('place', 'desc')
    .limit(1)
    .executeTakeFirst();
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (last) fileHeadStore(data).write({ place: last.place, hash: last.hash.toString('hex') });
}

import { openPluginSchema, schemaOf, startEmbeddedPostgres } from '@valfri/sdk/postgres';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { CliError } from '../cli/client.ts';
import { migrateHost, openDatabase } from '../database/database.ts';
import type { HostTables } from '../database/tables.ts';
import { VERSION } from '../version.ts';
import type { Workspace } from '../workspace.ts';
import { prepareAccounts } from './prepare-accounts.ts';
import { BACKUP_KEY } from './state.ts';

/** One table in a backup. */
interface TableEntry {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly file: string;
  readonly sha256: string;
}

interface BackupManifest {
  readonly format: 1;
  readonly version: string;
  readonly at: string;
  /** Instances whose schemas are in it, with their plugins and the last migration of each. */
  readonly instances: readonly { readonly id: string; readonly plugin: string; readonly migration: string | null }[];
  readonly hostMigration: string;
  readonly tables: readonly TableEntry[];
}

/** Where to back up, or from where to restore. */
export interface BackupOptions {
  readonly folder: string;
  readonly data: string;
  readonly databaseUrl?: string | undefined;
  readonly progress: (text: string) => void;
}

/** What was done. */
export interface BackupReport {
  readonly tables: number;
  readonly rows: number;
}

const SKIPPED = new Set(['kysely_migration', 'kysely_migration_lock']);

/** Writes the whole database, as of one moment, into a new folder. The host may run meanwhile. */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { folder, progress } = options;
  if (existsSync(join(folder, 'manifest.json')))
    throw new CliError(`${folder} holds a backup already. Name a new folder.`);
  mkdirSync(folder, { recursive: true });
  await using source = await openForReading(options);
  const client = new pg.Client({ connectionString: source.url, application_name: 'valfri backup' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables: TableEntry[] = [];
    for (const { schema, table, columns } of await listTables(client)) {
      const file = `${schema}.${table}.copy.gz`;
      const { sha256, rows } = await writeTable(client, { schema, table, columns, path: join(folder, file) });
      tables.push({ schema, table, columns, rows, file, sha256 });
      progress(`${schema}.${table}: ${rows} rows`);
    }
    const manifest: BackupManifest = {
      format: 1,
      version: VERSION,
      at: new Date().toISOString(),
      ...(await readLineage(client)),
      tables,
    };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
    await client.query('COMMIT');
    const report = { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0) };
    await remember(client, report);
    return report;
  } finally {
    await client.end();
  }
}

/** Leaves word in the host, so that its operators see how old the last backup is. */
async function remember(client: pg.Client, report: BackupReport): Promise<void> {
  await client.query(
    'INSERT INTO valfri.host_state (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2',
    [BACKUP_KEY, JSON.stringify({ at: Date.now(), ...report })],
  );
}

/** Fills an empty database from a backup, then brings it up to date. All of it, or nothing. */
export async function restore(options: BackupOptions & { readonly workspace: Workspace }): Promise<BackupReport> {
  const { folder, workspace, data, databaseUrl, progress } = options;
  const manifest = readManifest(folder);
  await verifyFiles(folder, manifest);
  const database = await openDatabase({ url: databaseUrl, directory: data, onError: () => undefined });
  try {
    const { rows } = await sql<{ some: boolean }>`SELECT EXISTS (SELECT FROM valfri.people) AS some`.execute(
      database.db,
    );
    if (rows[0]!.some)
      throw new CliError(
        'This host has people in it already. Restore into an empty one: another --data, or an empty database.',
      );
    await prepareAccounts(database);
    await prepareInstances(database.db, database.url, manifest, workspace);
    await fill(database.url, folder, manifest, progress);
    await migrateHost(database.db);
  } finally {
    await database.close();
  }
  return { tables: manifest.tables.length, rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0) };
}

async function openForReading({ data, databaseUrl }: BackupOptions): Promise<{ url: string } & AsyncDisposable> {
  const url = databaseUrl ?? process.env['DATABASE_URL'] ?? runningEmbedded(data);
  if (url) return { url, [Symbol.asyncDispose]: async () => undefined };
  if (!existsSync(join(data, 'postgres')))
    throw new CliError(`There is nothing to back up in ${data}. Name the host's folder with --data.`);
  const server = await startEmbeddedPostgres({ directory: join(data, 'postgres') });
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

/** The embedded server of a host that runs. */
function runningEmbedded(data: string): string | undefined {
  const directory = join(data, 'postgres');
  const pidFile = join(directory, 'data', 'postmaster.pid');
  if (!existsSync(pidFile) || !existsSync(join(data, 'host.json'))) return undefined;
  const port = readFileSync(pidFile, 'utf8').split('\n')[3];
  const password = readFileSync(join(directory, 'password'), 'utf8').trim();
  return `postgres://valfri:${password}@127.0.0.1:${port}/valfri`;
}

/**
 * The tables to keep, parents first. Left out are columns that the database fills in by itself: generated ones, and
 * stamps of transactions, which mean nothing in another database.
 */
async function listTables(client: pg.Client): Promise<readonly Pick<TableEntry, 'schema' | 'table' | 'columns'>[]> {
  const { rows } = await client.query<{ schema: string; table: string; columns: string[]; parents: string[] }>(`
    SELECT n.nspname AS schema, c.relname AS table,
      ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype ORDER BY a.attnum) AS columns,
      ARRAY(SELECT DISTINCT f.confrelid::regclass::text FROM pg_constraint f
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS parents
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND (n.nspname IN ('valfri', 'accounts') OR n.nspname LIKE 'plugin\\_%')
    ORDER BY n.nspname, c.relname`);
  const waiting = rows.filter(({ table }) => !SKIPPED.has(table));
  const sorted: typeof waiting = [];
  const name = ({ schema, table }: { schema: string; table: string }) => [`${schema}.${table}`, `${schema}."${table}"`];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      ({ parents }) => !waiting.some((other) => name(other).some((n) => parents.includes(n))),
    );
    sorted.push(...waiting.splice(Math.max(0, next), 1));
  }
  return sorted;
}

async function writeTable(
  client: pg.Client,
  { schema, table, columns, path }: { schema: string; table: string; columns: readonly string[]; path: string },
) {
  const hash = createHash('sha256');
  let rows = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      for (const byte of chunk) if (byte === 10) rows += 1;
      done(null, chunk);
    },
  });
  const stream = client.query(copyTo(`COPY ${target(schema, table, columns)} TO STDOUT`));
  await pipeline(stream, counted, createGzip({ level: 6 }), createWriteStream(path));
  return { sha256: hash.digest('hex'), rows };
}

async function readLineage(client: pg.Client): Promise<Pick<BackupManifest, 'instances' | 'hostMigration'>> {
  const host = await client.query<{ name: string }>('SELECT max(name) AS name FROM valfri.kysely_migration');
  const { rows } = await client.query<{ id: string; plugin: string }>(
    'SELECT id, plugin FROM valfri.instances ORDER BY id',
  );
  const instances = [];
  for (const { id, plugin } of rows) {
    const table = `${quoted(schemaOf(id))}.kysely_migration`;
    const known = await client.query('SELECT to_regclass($1) IS NOT NULL AS known', [table]);
    const last = known.rows[0].known
      ? await client.query<{ name: string | null }>(`SELECT max(name) AS name FROM ${table}`)
      : undefined;
    instances.push({ id, plugin, migration: last?.rows[0]?.name ?? null });
  }
  return { instances, hostMigration: host.rows[0]!.name };
}

function readManifest(folder: string): BackupManifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new CliError(`${folder} holds no backup: manifest.json is missing.`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as BackupManifest;
  if (manifest.format !== 1)
    throw new CliError(`The backup has the format ${String(manifest.format)}; this host reads 1. Use a newer host.`);
  return manifest;
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
  db: Kysely<HostTables>,
  url: string,
  { instances }: BackupManifest,
  { plugins }: Workspace,
): Promise<void> {
  for (const { id, plugin, migration } of instances) {
    const found = plugins.find(({ manifest }) => manifest.id === plugin);
    if (!found)
      throw new CliError(
        `The backup has data of the plugin "${plugin}", which is not in this composition. Add it, then restore.`,
      );
    const all = Object.entries(found.server.migrations ?? {});
    const then = Object.fromEntries(all.filter(([name]) => migration !== null && name <= migration));
    const { db: own } = await openPluginSchema({
      admin: db as unknown as Kysely<never>,
      url,
      instance: id,
      migrations: then,
    });
    await own.destroy();
  }
}

async function fill(
  url: string,
  folder: string,
  { tables }: BackupManifest,
  progress: (text: string) => void,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'valfri restore' });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const { schema, table, columns, file, rows } of tables) {
      const stream = client.query(copyFrom(`COPY ${target(schema, table, columns)} FROM STDIN`));
      await pipeline(createReadStream(join(folder, file)), createGunzip(), stream);
      progress(`${schema}.${table}: ${rows} rows`);
    }
    await resetSequences(client);
    await forgetCursors(client);
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

/** Cursors speak of transactions of the old database: moves under way read everything again, and clients start anew. */
async function forgetCursors(client: pg.Client): Promise<void> {
  await client.query(`UPDATE valfri.swaps SET body = body - 'cursor' - 'reverseCursor'`);
  await client.query('TRUNCATE valfri.outbox');
}

function target(schema: string, table: string, columns: readonly string[]): string {
  return `${quoted(schema)}.${quoted(table)} (${columns.map(quoted).join(', ')})`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

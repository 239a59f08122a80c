import { schemaOf } from '@valfri/sdk/postgres';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { CliError } from '../cli/client.ts';
import { startOwnPostgres } from '../database/database.ts';
import { ownerOf } from '../database/data-lock.ts';
import { VERSION } from '../version.ts';
import {
  type BackupManifest,
  type BackupOptions,
  type BackupReport,
  copyTarget,
  MANIFEST,
  quoted,
  reportOf,
  type TableEntry,
} from './backup-format.ts';
import { writeFiles } from './backup-files.ts';
import { kyselyOf } from './one-connection.ts';
import { noteBackup } from './state.ts';

/**
 * Not kept: which migrations have run is in the manifest, events speak of transactions of this database, and app passwords
 * may have been revoked when the backup is restored.
 */
const SKIPPED = new Set(['kysely_migration', 'kysely_migration_lock', 'outbox', 'app_passwords']);

/** Writes the whole database, as of one moment, and what plugins keep in files, into a new folder. The host may run meanwhile. */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { folder, progress } = options;
  if (existsSync(join(folder, MANIFEST))) throw new CliError(`${folder} holds a backup already. Name a new folder.`);
  await using source = await openForReading(options);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
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
    const lineage = await readLineage(client);
    // After the tables: content comes to its place before a row names it, so all that the rows name is there.
    const files = await writeFiles(
      options.data,
      folder,
      lineage.instances.map(({ id }) => id),
    );
    progress(`files: ${files.count}`);
    const manifest: BackupManifest = {
      format: 1,
      version: VERSION,
      at: new Date().toISOString(),
      ...lineage,
      tables,
      files,
    };
    writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest, null, 2), { mode: 0o600 });
    await client.query('COMMIT');
    const report = reportOf(manifest);
    await noteBackup(kyselyOf(client), { at: Date.now(), ...report });
    return report;
  } finally {
    await client.end();
  }
}

async function openForReading({ data, databaseUrl }: BackupOptions): Promise<{ url: string } & AsyncDisposable> {
  const url = databaseUrl ?? process.env['DATABASE_URL'] ?? ownerOf(data)?.database;
  if (url) return { url, [Symbol.asyncDispose]: async () => undefined };
  if (!existsSync(join(data, 'key')))
    throw new CliError(`There is nothing to back up in ${data}. Name the host's folder with --data.`);
  const server = await startOwnPostgres(data);
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
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
      ARRAY(SELECT DISTINCT pn.nspname || '.' || p.relname FROM pg_constraint f
        JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS parents
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND (n.nspname IN ('valfri', 'accounts') OR n.nspname LIKE 'plugin\\_%')
    ORDER BY n.nspname, c.relname`);
  const waiting = rows.filter(({ table }) => !SKIPPED.has(table));
  const sorted: typeof waiting = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ schema, table }) => `${schema}.${table}`));
    const next = waiting.findIndex(({ parents }) => !parents.some((parent) => names.has(parent)));
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
  const stream = client.query(copyTo(`COPY ${copyTarget({ schema, table, columns })} TO STDOUT`));
  await pipeline(stream, counted, createGzip({ level: 6 }), createWriteStream(path, { mode: 0o600 }));
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { connect } from '../postgres/connect.ts';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';

/** A database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  /** Connection string of its owner. */
  readonly url: string;
  readonly db: Kysely<never>;
}

/** A server for a run of tests: the one in `VALFRI_TEST_DATABASE`, else an embedded one in a temporary folder. */
export async function startTestServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env['VALFRI_TEST_DATABASE'];
  if (given) return { url: given, stop: async () => undefined };
  const directory = mkdtempSync(join(tmpdir(), 'valfri-test-'));
  // What a test keeps need not survive a power cut.
  const server = await startEmbeddedPostgres({ directory, settings: { fsync: 'off', full_page_writes: 'off' } });
  const stop = async () => {
    await server.stop();
    // As root its data may lie in another folder than the one asked for.
    for (const folder of [directory, server.directory]) rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

let shared: Promise<{ readonly url: string; stop(): Promise<void> }> | undefined;

/** Makes an empty database; it is dropped when disposed of. */
export async function createTestDatabase(): Promise<TestDatabase> {
  shared ??= startOnce();
  const { url } = await shared;
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer(url, async (admin) => void (await sql`CREATE DATABASE ${sql.id(name)}`.execute(admin)));
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = connect<never>({ url: own.href, name: 'valfri test', most: 5 });
  return {
    url: own.href,
    db,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await onServer(url, (admin) => dropDatabase(admin, name));
    },
  };
}

async function dropDatabase(admin: Kysely<never>, name: string): Promise<void> {
  await sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`.execute(admin);
  const { rows } = await sql<{ role: string }>`
    SELECT rolname AS role FROM pg_roles WHERE rolname LIKE ${`${name}\\_%`}`.execute(admin);
  for (const { role } of rows) await sql`DROP ROLE ${sql.id(role)}`.execute(admin);
}

async function onServer(url: string, work: (admin: Kysely<never>) => Promise<void>): Promise<void> {
  const admin = connect<never>({ url, name: 'valfri test server', most: 1 });
  try {
    await work(admin);
  } finally {
    await admin.destroy();
  }
}

/** A process that runs tests without a server of the run's starts one for itself, and stops it when it ends. */
async function startOnce(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = await startTestServer();
  process.once('beforeExit', () => void server.stop());
  return server;
}

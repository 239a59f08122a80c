import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import { sql } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ConfigError, type HostConfigInput, readConfig } from './config/config.ts';
import { openDatabase } from './database/database.ts';
import { startHost } from './host.ts';
import { createLog } from './log.ts';
import { memoryWorkspace } from './testing/index.ts';
import { Troublemaker } from './testing/troublemaker.ts';

let database: TestDatabase;
let data: string;
beforeAll(async () => {
  database = await createTestDatabase();
  data = mkdtempSync(join(tmpdir(), 'valfri-start-'));
});
afterAll(async () => {
  rmSync(data, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

const trouble = new Troublemaker();
let stopped = 0;
beforeEach(() => {
  stopped = 0;
  trouble.mischief = { stop: async () => void (stopped += 1) };
});
const start = (given: HostConfigInput = {}) =>
  startHost({
    workspace: { ...memoryWorkspace, plugins: [trouble.plugin], instances: [{ id: 'memory', plugin: 'troublemaker' }] },
    config: readConfig({ port: 0, data, databaseUrl: database.url, log: 'stdout', ...given }, {}),
    log: createLog(() => undefined),
  });

/** Who is connected besides us. */
const connected = async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT application_name AS name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'valfri %' AND pid <> pg_backend_pid()`.execute(
    database.db,
  );
  return rows.map(({ name }) => name).sort();
};

test('a host that cannot start leaves nothing behind that goes on', async () => {
  const before = await connected();
  const taken = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
  await expect(start({ port })).rejects.toThrow(`Port ${port} is in use.`);
  expect(stopped).toBe(1);
  await expect.poll(connected, { timeout: 10_000 }).toEqual(before);
  taken.close();
});

test('a database that a newer host has used is let go', async () => {
  const before = await connected();
  const { close } = await openDatabase({ url: database.url, directory: data, onError: () => undefined });
  await close();
  await sql`INSERT INTO valfri.kysely_migration (name, timestamp) VALUES ('9999-later', '9999')`.execute(database.db);
  await expect(start()).rejects.toThrow(/newer host, which made the change 9999-later/);
  await expect.poll(connected, { timeout: 10_000 }).toEqual(before);
  await sql`DELETE FROM valfri.kysely_migration WHERE name = '9999-later'`.execute(database.db);
});

test('one part that fails when it stops keeps no other from stopping', async () => {
  const before = await connected();
  const host = await start();
  const { accounts } = host.services;
  const close = accounts.close.bind(accounts);
  Object.assign(accounts, {
    close: async () => {
      await close();
      throw new Error('not today');
    },
  });
  await expect(host.stop()).rejects.toThrow();
  expect(stopped).toBe(1);
  await expect.poll(connected, { timeout: 10_000 }).toEqual(before);
});

const url = (changes: Partial<URL>) => Object.assign(new URL(database.url), changes).href;
const wrong: readonly (readonly [string, () => HostConfigInput, RegExp])[] = [
  [
    'an address that is not this machine’s',
    () => ({ host: '203.0.113.1' }),
    /^203\.0\.113\.1 is no address of this machine\..*--host/,
  ],
  ['a name that nobody has', () => ({ host: 'nowhere.invalid' }), /^nowhere\.invalid is no address of this machine/],
  [
    'a database server that is not there',
    () => ({ databaseUrl: 'postgres://valfri:secret@127.0.0.1:9/none' }),
    /^The database at 127\.0\.0\.1:9 cannot be used \(.*ECONNREFUSED.*\)\. Start it, or correct DATABASE_URL/,
  ],
  [
    'a database that is not there',
    () => ({ databaseUrl: url({ pathname: '/nowhere' }) }),
    /^The database at .* cannot be used \(database "nowhere" does not exist\)\./,
  ],
];
test.each(wrong)('%s is named, with what to do, and no secret', async (_, given, message) => {
  const error: unknown = await start(given()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain('secret');
});

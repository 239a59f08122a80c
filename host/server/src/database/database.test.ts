import { connect } from '@valfri/sdk/postgres';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import { type Kysely, sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorkspace, storedChatPlugin } from '../testing/index.ts';
import { openDatabase } from './database.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database[Symbol.asyncDispose]());

const holders = async (): Promise<readonly number[]> => {
  const { rows } = await sql<{ pid: number }>`
    SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database() AND l.objid = ${0x76616c66}`.execute(
    database.db,
  );
  return rows.map(({ pid }) => pid);
};

describe('a database is one host’s alone', () => {
  test('also after the way to it was lost', async () => {
    const errors: Error[] = [];
    const options = { url: database.url, directory: '', onError: (error: Error) => void errors.push(error) };
    const { close } = await openDatabase(options);
    const [first] = await holders();
    await sql`SELECT pg_terminate_backend(${first})`.execute(database.db);
    await expect.poll(async () => (await holders()).filter((pid) => pid !== first)).toHaveLength(1);
    expect(await holders()).toHaveLength(1);
    expect(errors.length).toBeGreaterThan(0);
    await close();
    await expect.poll(holders).toEqual([]);
  });

  test('a connection that is lost in the middle of a query fails that query, and nothing else', async () => {
    const errors: Error[] = [];
    const db = connect<never>({
      url: database.url,
      name: 'lost',
      most: 1,
      onError: (error) => void errors.push(error),
    });
    const pending = sql`SELECT pg_sleep(30)`.execute(db);
    const sleeping = async () =>
      (
        await sql<{
          pid: number;
        }>`SELECT pid FROM pg_stat_activity WHERE application_name = 'lost' AND state = 'active'`.execute(database.db)
      ).rows;
    const lost = expect(pending).rejects.toThrow(/terminat/);
    await expect.poll(sleeping).toHaveLength(1);
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lost'`.execute(
      database.db,
    );
    await lost;
    const asked = () => sql<{ one: number }>`SELECT 1 AS one`.execute(db).then(({ rows }) => rows[0]!.one);
    await expect.poll(() => asked().catch(() => 0)).toBe(1);
    await db.destroy();
  });
});

test('what a host that died has left is ended when one starts; a backup that is being made is not', async () => {
  const names = ['valfri gone', 'valfri backup'];
  const [gone, backup] = names.map((name) => {
    const client = new pg.Client({ connectionString: database.url, application_name: name });
    client.on('error', () => undefined);
    return client;
  });
  await Promise.all([gone!.connect(), backup!.connect()]);
  const old = sql<{ pid: number }>`SELECT pid FROM pg_stat_activity
    WHERE application_name = ANY(${names}) AND backend_start < now() - interval '1 second'`;
  await expect.poll(async () => (await old.execute(database.db)).rows.length, { timeout: 10_000 }).toBe(2);
  const { close } = await openDatabase({ url: database.url, directory: '', onError: () => undefined });
  await expect(gone!.query('SELECT 1')).rejects.toThrow();
  expect((await backup!.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await backup!.end();
  await close();
});

test('a database of the operator’s, with an account that owns it and is no superuser, is enough', async () => {
  const account = `agency_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const admin = database.db as unknown as Kysely<never>;
  const name = sql.id(account);
  await sql`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD ${sql.lit(password)}`.execute(admin);
  await sql`CREATE DATABASE ${name} OWNER ${name}`.execute(admin);
  const url = Object.assign(new URL(database.url), { username: account, password, pathname: `/${account}` }).href;
  try {
    const instances = [{ id: 'chat-main', plugin: 'chat-stored' }];
    const bindings = [{ capability: 'chat', instance: 'chat-main' }];
    const workspace = { name: 'Prov', plugins: [storedChatPlugin()], instances, bindings };
    await using host = await createTestWorkspace({ workspace, databaseUrl: url });
    await host.restart();
    const ann = await host.person('Anna Ek');
    expect((await ann.api.chat.listRooms.query({})).rooms).toEqual([]);
    expect(host.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  } finally {
    await sql`DROP DATABASE ${name} WITH (FORCE)`.execute(admin);
    const { rows } = await sql<{
      role: string;
    }>`SELECT rolname AS role FROM pg_roles WHERE rolname LIKE ${`${account}%`}`.execute(admin);
    for (const { role } of rows) await sql`DROP ROLE ${sql.id(role)}`.execute(admin);
  }
});

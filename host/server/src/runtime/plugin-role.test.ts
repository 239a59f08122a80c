import { definePlugin, type PluginContext } from '@valfri/sdk';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWorkspace, LiveClient, type TestWorkspace } from '../testing/index.ts';

const contexts = new Map<string, PluginContext>();
const { manifest, server } = memoryChatPlugin();
const plugin = definePlugin({
  manifest,
  server: {
    migrations: {
      '0001-things': {
        up: async (db: Kysely<never>) => void (await sql`CREATE TABLE things (text text NOT NULL)`.execute(db)),
      },
    },
    start(context) {
      contexts.set(context.instance, context as PluginContext);
      return server.start(context as never);
    },
  },
});

let host: TestWorkspace;
const own = (id: string) => contexts.get(id)!.database.kysely<never>();
beforeAll(async () => {
  const instances = [
    { id: 'mine', plugin: 'chat-memory' },
    { id: 'other', plugin: 'chat-memory' },
  ];
  host = await createTestWorkspace({
    workspace: { name: 'Prov', plugins: [plugin], instances, bindings: [{ capability: 'chat', instance: 'other' }] },
  });
  await sql`INSERT INTO things VALUES ('theirs')`.execute(own('other'));
});
afterAll(() => host[Symbol.asyncDispose]());

test('a plugin reads and writes its own tables', async () => {
  await sql`INSERT INTO things VALUES ('mine')`.execute(own('mine'));
  const { rows } = await sql`SELECT text FROM things`.execute(own('mine'));
  expect(rows).toEqual([{ text: 'mine' }]);
});

const denied = [
  `SELECT * FROM plugin_other.things`,
  `INSERT INTO plugin_other.things VALUES ('x')`,
  `TRUNCATE plugin_other.things`,
  `DROP SCHEMA plugin_other CASCADE`,
  `SELECT * FROM valfri.people`,
  `SELECT * FROM valfri.instances`,
  `SELECT * FROM valfri.outbox`,
  `INSERT INTO valfri.outbox (origin, topic, type, data) VALUES ('host', gen_random_uuid(), 'x', '{}')`,
  `UPDATE valfri.people SET operator = true`,
  `DELETE FROM valfri.audit`,
  `DO $$ BEGIN LOCK TABLE valfri.audit IN SHARE ROW EXCLUSIVE MODE; END $$`,
  `SELECT * FROM accounts.session`,
  `UPDATE accounts.account SET password = ''`,
  `CREATE TABLE more (x int)`,
  `CREATE TABLE public.more (x int)`,
  `CREATE TEMP TABLE more (x int)`,
  `CREATE SCHEMA more`,
  `ALTER TABLE things ADD COLUMN x int`,
  `DROP TABLE things`,
  `CREATE TRIGGER t BEFORE INSERT ON things EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  `SELECT * FROM kysely_migration`,
  `DELETE FROM kysely_migration`,
  `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  `CREATE EXTENSION plpgsql_check`,
  `CREATE ROLE more LOGIN`,
  `ALTER ROLE CURRENT_USER CREATEDB`,
  `ALTER ROLE CURRENT_USER CONNECTION LIMIT -1`,
  `CREATE DATABASE more`,
  `SET ROLE valfri`,
  `SET SESSION AUTHORIZATION valfri`,
  `SET session_replication_role = replica`,
  `COPY things TO PROGRAM 'id'`,
  `COPY things FROM '/etc/passwd'`,
  `SELECT pg_read_file('/etc/passwd')`,
  `SELECT pg_ls_dir('/')`,
  `SELECT lo_import('/etc/passwd')`,
  `SELECT rolpassword FROM pg_authid`,
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'valfri host'`,
  `SELECT pg_reload_conf()`,
  `ALTER SYSTEM SET fsync = off`,
];
test.each(denied)('it may not: %s', async (statement) => {
  await expect(sql.raw(statement).execute(own('mine'))).rejects.toThrow(
    /permission denied|must be|only roles with|does not exist|not available|must have|not a superuser|Only roles/,
  );
});

test('it may not after it has tried to become somebody else, either', async () => {
  for (const first of [
    'RESET ROLE',
    `SELECT set_config('search_path', 'plugin_other', false)`,
    'RESET SESSION AUTHORIZATION',
  ]) {
    await own('mine')
      .connection()
      .execute(async (db) => {
        await sql.raw(first).execute(db);
        await expect(sql`SELECT * FROM plugin_other.things`.execute(db)).rejects.toThrow('permission denied');
        await sql`RESET search_path`.execute(db);
      });
  }
});

test('it owns nothing, and nothing of the others’ sees what it did', async () => {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)`.execute(
    own('mine'),
  );
  expect(rows).toEqual([{ count: 0 }]);
  expect((await sql`SELECT text FROM things`.execute(own('other'))).rows).toEqual([{ text: 'theirs' }]);
});

test('what it may see all the same is known: names in the catalogue, and who else is connected', async () => {
  const { rows } = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'valfri'`.execute(own('mine'));
  expect(rows.map(({ name }) => name)).toContain('people');
  const { rows: queries } = await sql<{ query: string }>`
    SELECT query FROM pg_stat_activity WHERE usename <> current_user AND query NOT LIKE '<%'`.execute(own('mine'));
  expect(queries).toEqual([]);
});

test('an event that it forges, in the host’s name or another function’s, reaches nobody', async () => {
  const bo = await host.person('Bo Alm');
  const live = new LiveClient(host.url, bo.cookie);
  await live.connect();
  const emit = (topic: string, type: string, data: object) =>
    sql`SELECT valfri.emit(${JSON.stringify([{ topic, type, data }])}::jsonb)`.execute(own('mine'));
  await emit(bo.id, 'read.moved', { resource: bo.id, seq: 9 });
  await emit(bo.id, 'live.resync', { capability: '*' });
  await emit(bo.id, 'member.joined', { room: 'x', person: bo.id });
  await expect(emit('no id', 'x', {})).rejects.toThrow('invalid input syntax');
  await host.services(({ outbox }) =>
    outbox.announceOwn([{ topic: bo.id, type: 'read.moved', data: { resource: bo.id, seq: 1 } }]),
  );
  await live.until((events) => events.some(({ type }) => type === 'read.moved'));
  expect(live.events.map(({ type, data }) => [type, data['seq']])).toEqual([
    ['live.ready', undefined],
    ['read.moved', 1],
  ]);
  expect(host.log.filter((line) => line.includes('VF_ERR_EVENT'))).toHaveLength(3);
  live.cut();
});

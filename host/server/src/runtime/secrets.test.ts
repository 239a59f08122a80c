import { definePlugin } from '@valfri/sdk';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { type Kysely, sql } from 'kysely';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOST_FILE } from '../config/host-file.ts';
import { createTestWorkspace, rawRequest, type TestWorkspace } from '../testing/index.ts';

const SECRETS = ['kanarie-lösen-1', 'kanarie-lösen-2', 'kanarie-lösen-3'];
const given: Record<string, unknown> = {};
const settings = {
  type: 'object',
  properties: { url: { type: 'string' }, token: { type: 'string', writeOnly: true } },
  required: ['url', 'token'],
} as const;
const { manifest, server } = memoryChatPlugin();
const vault = definePlugin({
  manifest: { ...manifest, id: 'vault', settings: settings as never },
  server: {
    start(context) {
      given[context.instance] = context.settings;
      return server.start(context as never);
    },
  },
});
const instance = (id: string, token: string) => ({
  id,
  plugin: 'vault',
  title: id,
  settings: { url: 'http://x', token },
});

let host: TestWorkspace;
beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: { name: 'Prov', plugins: [vault], instances: [instance('one', SECRETS[0]!)], bindings: [] },
  });
  await host.operator.api.functions.addInstance.mutate(instance('two', SECRETS[1]!));
  await host.person('Anna Ek');
});
afterAll(() => host[Symbol.asyncDispose]());

const db = (): Kysely<never> => host.services(({ database }) => database.db as unknown as Kysely<never>);

/** Everything in the database, as text. */
async function dump(): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`.execute(db());
  const parts = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`SELECT t::text AS row FROM ${sql.raw(name)} t`.execute(db());
    parts.push(name, ...rows.map(({ row }) => row));
  }
  return parts.join('\n');
}

/** Every way in which a secret may be written in a dump. */
function waysToWrite(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    JSON.stringify(secret).slice(1, -1),
  ];
}

const healthOf = async (id: string) => {
  const [list] = await host.operator.api.functions.list.query();
  return list!.instances.find((each) => each.id === id)!.health;
};

describe('a secret setting', () => {
  test('reaches the plugin, and a change of another setting leaves it', async () => {
    expect(given['one']).toEqual({ url: 'http://x', token: SECRETS[0] });
    await host.operator.api.functions.changeInstance.mutate({ id: 'two', settings: { url: 'http://y' } });
    expect(given['two']).toEqual({ url: 'http://y', token: SECRETS[1] });
    await host.operator.api.functions.changeInstance.mutate({
      id: 'one',
      settings: { url: 'http://x', token: SECRETS[2] },
    });
    expect(given['one']).toEqual({ url: 'http://x', token: SECRETS[2] });
  });

  test('is in no answer of the API, whoever asks', async () => {
    const reads = [
      'functions.list',
      'functions.plugins',
      'functions.features',
      'system.audit',
      'system.status',
      'session.info',
    ];
    for (const path of reads) {
      const headers = { cookie: host.operator.cookie, 'content-type': 'application/json' };
      const { status, text } = await rawRequest(`${host.url}/trpc/${path}`, { method: 'POST', headers, body: '{}' });
      expect([path, status]).toEqual([path, 200]);
      for (const secret of SECRETS) expect(text).not.toContain(secret);
    }
    const wrong = { id: 'one', settings: { url: 5, token: SECRETS[2] } };
    const refusal = await host.operator.api.functions.changeInstance.mutate(wrong as never).catch(String);
    expect(refusal).toMatch(/VF_ERR_INSTANCE_CONFIG.*url/);
    expect(refusal).not.toContain(SECRETS[2]);
  });

  test('is nowhere in the database, nor is a password, a link or the key; the control is there', async () => {
    const { link } = await host.operator.api.people.link.mutate({ id: host.operator.id });
    const key = readFileSync(join(host.directory, 'key'), 'utf8').trim();
    const text = await dump();
    for (const secret of [...SECRETS, host.operator.password, link.split('#')[1]!, key])
      for (const written of waysToWrite(secret)) expect(text).not.toContain(written);
    expect(text).toContain('http://y');
  });

  test('is not in the log, nor is a password, a cookie, a link or the way to the database', async () => {
    await rawRequest(`${host.url}/api/auth/sign-in/email`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ email: host.operator.email, password: SECRETS[0] }),
    });
    const { token } = JSON.parse(readFileSync(join(host.directory, HOST_FILE), 'utf8')) as { token: string };
    const { password } = new URL(host.services(({ database }) => database.url));
    const cookie = host.operator.cookie.split('=')[1]!.split('.')[0]!;
    const lines = host.log.join('');
    expect(lines).toContain('The host is up.');
    for (const secret of [...SECRETS, host.operator.password, token, password, cookie])
      expect(lines).not.toContain(secret);
  });
});

test('the key and the way in for the command line are for this account only', () => {
  expect(statSync(join(host.directory, 'key')).mode & 0o777).toBe(0o400);
  expect(statSync(join(host.directory, HOST_FILE)).mode & 0o777).toBe(0o600);
  expect(readdirSync(host.directory).sort()).toEqual(['audit-head', HOST_FILE, 'key', 'uploads']);
  expect(statSync(join(host.directory, 'uploads')).mode & 0o777).toBe(0o700);
});

describe('secrets that were', () => {
  const seal = (id: string) =>
    sql<{ secrets: Buffer }>`SELECT secrets FROM valfri.instances WHERE id = ${id}`.execute(db());
  const put = (id: string, secrets: Buffer) =>
    sql`UPDATE valfri.instances SET secrets = ${secrets} WHERE id = ${id}`.execute(db());

  test('exchanged with those of another instance, or altered, keep both from starting, and nothing else', async () => {
    const [one, two] = [(await seal('one')).rows[0]!.secrets, (await seal('two')).rows[0]!.secrets];
    await put('one', two);
    await put('two', Buffer.concat([two.subarray(0, -1), Buffer.from([two.at(-1)! ^ 1])]));
    await host.restart();
    for (const id of ['one', 'two']) {
      const { ok, message } = await healthOf(id);
      expect(ok).toBe(false);
      expect(message).toMatch(/^VF_ERR_INSTANCE_CONFIG: .*were altered, or sealed with another key.*Enter them again/);
    }
    const rename = host.operator.api.functions.changeInstance.mutate({ id: 'one', title: 'x' });
    await expect(rename).rejects.toThrow('Enter them again');
    await put('two', two);
    await host.operator.api.functions.changeInstance.mutate({
      id: 'one',
      settings: { url: 'http://x', token: SECRETS[0] },
    });
    await host.restart();
    expect([await healthOf('one'), await healthOf('two')]).toEqual([{ ok: true }, { ok: true }]);
    expect(one.equals((await seal('one')).rows[0]!.secrets)).toBe(false);
  });

  test('sealed with a key that is lost: the host refuses to start, in one sentence that says what to do', async () => {
    const path = join(host.directory, 'key');
    const key = readFileSync(path);
    chmodSync(path, 0o600);
    writeFileSync(path, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    await expect(host.restart()).rejects.toThrow(
      /is not the one that this database was used with\. Put that one back.*--accept-new-key/,
    );
    writeFileSync(path, 'c2hvcnQ=\n');
    await expect(host.restart()).rejects.toThrow(/key is damaged: 32 bytes in base64 are due\. Restore it/);
    writeFileSync(path, key);
    await host.restart();
    expect(await healthOf('one')).toEqual({ ok: true });
  });
});

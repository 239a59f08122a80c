import { connect, freePort } from '@valfri/sdk/postgres';
import { createTestDatabase } from '@valfri/sdk/testing';
import { sql } from 'kysely';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificate } from '../../../../scripts/testing/certificate.ts';
import { ConfigError, type HostConfigInput, readConfig } from '../config/config.ts';
import { connectToHost } from '../cli/client.ts';
import { type Host, startHost } from '../host.ts';
import { createLog } from '../log.ts';
import { LiveClient, memoryWorkspace, rawRequest } from '../testing/index.ts';
import { Troublemaker } from '../testing/troublemaker.ts';
import type { Workspace } from '../workspace.ts';

let folder: string;
let files: { cert: string; key: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valfri-tls-'));
  files = await createCertificate(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = { 'content-type': 'application/json' };

interface Started extends AsyncDisposable {
  readonly host: Host;
  readonly data: string;
  /** Where it listens; people may type another address. */
  readonly url: string;
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
}

async function start(given: HostConfigInput, workspace: Workspace = memoryWorkspace): Promise<Started> {
  const database = await createTestDatabase();
  const data = mkdtempSync(join(folder, 'data-'));
  const port = await freePort();
  const config = readConfig({ port, data, databaseUrl: database.url, log: 'stdout', ...given }, {});
  const host = await startHost({ workspace, config, log: createLog(() => undefined) }).catch(async (error) => {
    await database[Symbol.asyncDispose]();
    throw error;
  });
  return {
    host,
    data,
    url: `${given.tlsCert ? 'https' : 'http'}://localhost:${port}`,
    sql: async (text) => (await sql.raw<Record<string, unknown>>(text).execute(database.db)).rows,
    async [Symbol.asyncDispose]() {
      await host.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function arrive({ host, url }: Started, headers: Record<string, string> = {}): Promise<string> {
  const body = JSON.stringify({ token: host.firstLink!.split('#')[1] });
  const { status, headers: answered } = await rawRequest(`${url}/api/welcome`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body,
  });
  expect(status).toBe(200);
  return answered['set-cookie']![0]!.split(';')[0]!;
}

describe('over TLS', () => {
  test('the API, the live path and the command line work, and browsers are told to stay', async () => {
    await using started = await start({ tlsCert: files.cert, tlsKey: files.key });
    const { host, url, data } = started;
    expect([host.publicUrl, host.firstLink!.startsWith(`${url}/welcome#`)]).toEqual([url, true]);
    const { headers, status } = await rawRequest(`${url}/healthz`);
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    expect(headers['content-security-policy']).toContain(`wss://${new URL(url).host}`);
    const cookie = await arrive(started);
    const live = new LiveClient(url, cookie);
    await live.connect();
    live.cut();
    expect((await connectToHost(data).system.status.query()).publicUrl).toBe(url);
    await expect(rawRequest(url.replace('https', 'http'))).rejects.toThrow();
  });

  test.each([
    [
      'a certificate without its key',
      () => ({ tlsCert: files.cert }),
      /TLS_KEY and --tls-cert \(VALFRI_TLS_CERT\) go together: give both or neither/,
    ],
    [
      'a file that is not there',
      () => ({ tlsCert: '/nowhere.pem', tlsKey: files.key }),
      /--tls-cert names a file that does not exist \(given: "\/nowhere\.pem"\)/,
    ],
    [
      'a key as the certificate',
      () => ({ tlsCert: files.key, tlsKey: files.key }),
      /--tls-cert .* and --tls-key .* are no certificate with its key, in PEM/,
    ],
    ['no PEM', () => ({ tlsCert: notPem(), tlsKey: files.key }), /are no certificate with its key/],
  ])('%s is refused, and named', async (_, given, reason) => {
    const starting = async () => start(given());
    await expect(starting()).rejects.toThrow(reason);
    await expect(starting()).rejects.toBeInstanceOf(ConfigError);
  });

  function notPem(): string {
    writeFileSync(join(folder, 'not.pem'), 'hej');
    return join(folder, 'not.pem');
  }
});

test.each(['127.0.0.2', '::1', '0.0.0.0', '::', 'localhost'])(
  'the command line finds a host on %s',
  async (address) => {
    await using started = await start({ host: address });
    expect((await connectToHost(started.data).system.status.query()).node).toBe(process.version);
  },
);

describe('behind a proxy', () => {
  const publicUrl = 'https://work.example.org';
  const addressOf = async (started: Started) => {
    const [row] = await started.sql(
      'SELECT "ipAddress" AS address FROM accounts.session ORDER BY "createdAt" DESC LIMIT 1',
    );
    return row!['address'];
  };
  const claims = {
    'x-forwarded-for': '203.0.113.9',
    'x-valfri-address': '203.0.113.10',
    forwarded: 'for=203.0.113.11',
  };

  test('the public address is the one that counts: links, origins, headers', async () => {
    await using started = await start({ publicUrl: `${publicUrl}/` });
    expect(started.host.firstLink).toMatch(/^https:\/\/work\.example\.org\/welcome#/);
    const cookie = await arrive(started, { origin: publicUrl });
    const ask = async (origin: string) => {
      const headers = { ...json, cookie, origin };
      return (await rawRequest(`${started.url}/trpc/session.info`, { method: 'POST', headers, body: '{}' })).status;
    };
    expect([await ask(publicUrl), await ask(started.url)]).toEqual([200, 403]);
    const { headers } = await rawRequest(`${started.url}/healthz`);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['content-security-policy']).toContain('wss://work.example.org');
  });

  test('what says where a request came from counts from a proxy that is trusted', async () => {
    await using started = await start({ publicUrl, trustProxy: '127.0.0.1, ::1/128' });
    await arrive(started, claims);
    expect(await addressOf(started)).toBe('203.0.113.9');
  });

  test.each([undefined, '10.0.0.0/8'])('and from nobody else (trusted: %s)', async (trustProxy) => {
    await using started = await start({ publicUrl, ...(trustProxy ? { trustProxy } : {}) });
    await arrive(started, claims);
    expect(await addressOf(started)).toMatch(/^(127\.0\.0\.1|::1|0000:0000:0000:0000:.*)$/);
  });

  test.each([
    [{ publicUrl: 'work.example.org' }, /^--public-url is not a URL/],
    [{ publicUrl: 'https://work.example.org/valfri' }, /^--public-url is not an address alone, such as/],
    [{ publicUrl: 'ftp://work.example.org' }, /^--public-url is not a URL with http: or https:/],
    [
      { trustProxy: 'everybody' },
      /^--trust-proxy is not a list of addresses or networks by commas.*\(given: "everybody"\)\.$/,
    ],
    [{ trustProxy: '10.0.0.0/33' }, /^--trust-proxy is not a list/],
    [{ port: 'x' }, /^--port .*\(given: "x"\)\.$/],
    [{ databaseUrl: 'mysql://x' }, /^--database-url is not a URL with postgres:/],
  ])('%j is refused, and named', (given, reason) => {
    expect(() => readConfig(given, {})).toThrow(reason);
  });
});

test('it says whether it lives, and whether it is ready: not without its database, and again when that is back', async () => {
  await using started = await start({});
  const states = async () =>
    Promise.all(['healthz', 'readyz'].map(async (path) => (await rawRequest(`${started.url}/${path}`)).status));
  expect(await states()).toEqual([200, 200]);
  const [{ name }] = (await started.sql('SELECT current_database() AS name')) as [{ name: string }];
  const server = connect<never>({
    url: started.host.services.database.url.replace(/[^/]+$/, 'postgres'),
    name: 'test',
    most: 1,
  });
  await sql.raw(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`).execute(server);
  await sql.raw(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`).execute(server);
  await expect.poll(states).toEqual([200, 503]);
  await sql.raw(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`).execute(server);
  await server.destroy();
  await expect.poll(states).toEqual([200, 200]);
});

test('who waits for an answer when it stops gets it', async () => {
  const trouble = new Troublemaker();
  const instances = [{ id: 'slow', plugin: 'troublemaker' }];
  const bindings = [{ capability: 'chat', instance: 'slow' }];
  await using started = await start({}, { name: 'Prov', plugins: [trouble.plugin], instances, bindings });
  const cookie = await arrive(started);
  let answer: (value: object) => void = () => undefined;
  let asked = false;
  const listRooms = () => {
    asked = true;
    return new Promise((resolve) => (answer = resolve));
  };
  trouble.mischief = { instead: { listRooms } };
  const headers = { ...json, cookie };
  const waiting = rawRequest(`${started.url}/trpc/chat.listRooms`, { method: 'POST', headers, body: '{}' });
  await expect.poll(() => asked).toBe(true);
  const stopping = started.host.stop();
  await expect
    .poll(() =>
      rawRequest(`${started.url}/healthz`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .not.toBe(200);
  answer({ rooms: [] });
  expect(await waiting).toMatchObject({ status: 200, text: '{"result":{"data":{"rooms":[]}}}' });
  await stopping;
});

test('headers that never end are not waited for without an end', async () => {
  await using started = await start({});
  const limits: number[] = [];
  const note = (message: unknown) => {
    limits.push((message as { server: { headersTimeout: number } }).server.headersTimeout);
  };
  subscribe('http.server.request.start', note);
  await rawRequest(`${started.url}/healthz`);
  unsubscribe('http.server.request.start', note);
  expect(limits.map((limit) => limit > 0 && limit <= 300_000)).toEqual([true]);
});

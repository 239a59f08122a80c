import { newId } from '@valfri/sdk';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { toUtf7 } from '../src/server/wopi/utf7.ts';
import { aProofKey } from './harness/proof-keys.ts';
import { aFile, createWopiHost, type OpenedFile, openFor, type WopiHost } from './harness/wopi-host.ts';

let host: WopiHost;
beforeAll(async () => {
  host = await createWopiHost();
});
afterEach(() => void vi.useRealTimers());
afterAll(() => host[Symbol.asyncDispose]());

const anOpen = async (action: 'view' | 'edit' = 'edit', content?: string): Promise<OpenedFile> =>
  openFor(host, aFile(host, content, `${newId()}.txt`), action);
const post = (url: string, override: string, headers: Record<string, string> = {}, body?: string) =>
  host.client.ask(url, {
    method: 'POST',
    headers: { 'x-wopi-override': override, ...headers },
    ...(body === undefined ? {} : { body }),
  });
const withToken = (url: string, token: string) => url.replace(/access_token=.*/, `access_token=${token}`);

test.each([
  ['no token', (url: string) => url.replace(/\?.*/, '')],
  ['an empty token', (url: string) => withToken(url, '')],
  ['a made up token', (url: string) => withToken(url, 'A'.repeat(43))],
  ['a token with one letter changed', (url: string) => url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
  ['two tokens', (url: string) => `${url}&access_token=${'A'.repeat(43)}`],
  ['an endless token', (url: string) => withToken(url, 'A'.repeat(10_000))],
  ['a token that is SQL', (url: string) => withToken(url, `' OR 1=1 --`)],
])('%s opens nothing', async (_, forge) => {
  const { url, contents, file } = await anOpen();
  for (const address of [url, contents]) expect((await host.client.ask(forge(address))).status).toBe(401);
  expect((await post(forge(contents), 'PUT', {}, 'x')).status).toBe(401);
  expect(file.versions).toHaveLength(1);
});

test('a token is good for its own file alone', async () => {
  const [one, other] = [await anOpen(), await anOpen()];
  expect((await host.client.ask(withToken(other.url, one.token))).status).toBe(401);
  expect((await post(withToken(other.contents, one.token), 'PUT', {}, 'x')).status).toBe(401);
  expect(other.file.versions).toHaveLength(1);
});

const rowsOf = async (table: string, session: string) =>
  (await sql`SELECT * FROM plugin_subject.${sql.ref(table)} WHERE session = ${session}`.execute(host.database.db)).rows;

test('a token that is over opens nothing, and is kept nowhere', async () => {
  const { url, token, session } = await anOpen();
  expect((await host.client.ask(url)).status).toBe(200);
  const { rows } = await sql`SELECT * FROM plugin_subject.tokens`.execute(host.database.db);
  expect(JSON.stringify(rows)).toContain(session.id);
  expect(JSON.stringify(rows)).not.toContain(token);
  await post(url, 'PUT_RELATIVE', { 'x-wopi-suggestedtarget': '.txt' }, 'x');
  expect(await rowsOf('beside', session.id)).toHaveLength(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 3_600_000 });
  expect((await host.client.ask(url)).status).toBe(401);
  await anOpen();
  for (const table of ['tokens', 'beside']) expect(await rowsOf(table, session.id)).toEqual([]);
  vi.useRealTimers();
});

test('who may view reads, and writes by no door', async () => {
  const { url, contents, file } = await anOpen('view');
  const info = (await (await host.client.ask(url)).json()) as Record<string, unknown>;
  expect([info['UserCanWrite'], info['ReadOnly'], info['UserCanNotWriteRelative']]).toEqual([false, true, true]);
  expect((await post(url, 'LOCK', { 'x-wopi-lock': 'mine' })).status).toBe(404);
  expect((await post(contents, 'PUT', { 'x-wopi-lock': 'mine' }, 'x')).status).toBe(409);
  expect((await post(url, 'RENAME_FILE', { 'x-wopi-requestedname': 'x' })).status).toBe(404);
  expect((await post(url, 'DELETE')).status).toBe(404);
  expect((await post(url, 'PUT_RELATIVE', { 'x-wopi-relativetarget': 'x.txt' }, 'x')).status).toBe(501);
  expect([file.versions.length, file.gone]).toEqual([1, false]);
});

test('an empty file takes no content from who may only view it', async () => {
  const { contents, file } = await anOpen('view', '');
  expect((await post(contents, 'PUT', {}, 'x')).status).toBe(404);
  expect(file.versions).toHaveLength(1);
});

test('a client that goes on after the session was taken back saves nothing more', async () => {
  const { url, contents, file, session } = await anOpen();
  const lock = { 'x-wopi-lock': 'mine' };
  await post(url, 'LOCK', lock);
  expect((await post(contents, 'PUT', lock, 'one')).status).toBe(200);
  host.files.revoke(session.id);
  for (const override of ['LOCK', 'REFRESH_LOCK', 'GET_LOCK', 'UNLOCK', 'RENAME_FILE', 'DELETE', 'PUT_USER_INFO'])
    expect([override, (await post(url, override, lock)).status]).toEqual([override, 404]);
  expect((await post(contents, 'PUT', lock, 'two')).status).toBe(404);
  expect((await host.client.ask(contents)).status).toBe(404);
  expect([file.versions.length, host.files.textOf(file.id)]).toEqual([2, 'one']);
});

test('a session that is taken back while content comes in saves nothing of it', async () => {
  const { url, contents, file, session } = await anOpen();
  await post(url, 'LOCK', { 'x-wopi-lock': 'mine' });
  let send!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (send = controller) });
  send.enqueue(Buffer.from('half'));
  const headers = { 'x-wopi-override': 'PUT', 'x-wopi-lock': 'mine' };
  const begun = new Promise<void>((resolve) => {
    const { allowed } = host.files;
    host.files.allowed = (...given) => {
      if (given[1] === 'comment') queueMicrotask(resolve);
      return allowed.apply(host.files, given);
    };
  });
  const saving = host.client.ask(contents, { method: 'POST', headers, body });
  await begun;
  host.files.revoke(session.id);
  send.enqueue(Buffer.from('whole'));
  send.close();
  expect((await saving).status).toBe(404);
  expect(file.versions).toHaveLength(1);
});

test('what is not signed by the client is refused, and so is a signature of another request', async () => {
  const [one, other] = [await anOpen(), await anOpen()];
  expect((await fetch(one.url)).status).toBe(500);
  const stolen = await fetch(one.url, {
    headers: { 'x-wopi-timestamp': '1', 'x-wopi-proof': 'x', 'x-wopi-proofold': 'x' },
  });
  expect(stolen.status).toBe(500);
  const thief = aProofKey();
  const honest = host.client.current;
  host.client.current = thief;
  host.client.instead = () => new Response('gone', { status: 503 });
  expect((await host.client.ask(one.url)).status).toBe(500);
  host.client.current = honest;
  host.client.instead = undefined;
  expect((await host.client.ask(one.url)).status).toBe(200);
  const replayed: Record<string, string> = {};
  const listening = await captured(one.url, replayed);
  expect(listening).toBe(200);
  expect((await fetch(one.url, { headers: replayed })).status).toBe(200);
  expect((await fetch(other.url, { headers: replayed })).status).toBe(500);
  expect((await fetch(one.contents, { headers: replayed })).status).toBe(500);
  expect((await host.client.ask(one.url, { at: Date.now() - 21 * 60_000 })).status).toBe(500);
});

/** Asks, and keeps the signatures, as somebody on the wire could. */
async function captured(url: string, into: Record<string, string>): Promise<number> {
  const { fetch: real } = globalThis;
  globalThis.fetch = (async (input: string, init: RequestInit) => {
    Object.assign(into, init.headers);
    return real(input, init);
  }) as typeof fetch;
  try {
    return (await host.client.ask(url)).status;
  } finally {
    globalThis.fetch = real;
  }
}

test('two hundred who want the lock at a time: one has it, and each of the others is told which', async () => {
  const { url } = await anOpen();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => post(url, 'LOCK', { 'x-wopi-lock': `lock-${i}` })),
  );
  const won = answers.flatMap(({ status }, i) => (status === 200 ? [`lock-${i}`] : []));
  expect(won).toHaveLength(1);
  const told = answers.filter(({ status }) => status === 409).map(({ headers }) => headers.get('x-wopi-lock'));
  expect(told).toEqual(Array.from({ length: 199 }, () => won[0]));
});

test('of those who change one lock for another at a time, one does, and the file is never free', async () => {
  const { url } = await anOpen();
  await post(url, 'LOCK', { 'x-wopi-lock': 'first' });
  const change = (to: string) => post(url, 'LOCK', { 'x-wopi-oldlock': 'first', 'x-wopi-lock': to });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => change(`next-${i}`)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('a lock that was set elsewhere is nobody’s to see or to use', async () => {
  const { url, contents, file } = await anOpen();
  file.lock = { token: 'urn:uuid:of-a-webdav-client', expiresAt: Date.now() + 60_000 };
  const answers = [
    await post(url, 'GET_LOCK'),
    await post(url, 'LOCK', { 'x-wopi-lock': 'mine' }),
    await post(url, 'UNLOCK', { 'x-wopi-lock': 'urn:uuid:of-a-webdav-client' }),
    await post(contents, 'PUT', { 'x-wopi-lock': 'urn:uuid:of-a-webdav-client' }, 'x'),
    await post(contents, 'PUT', {}, 'x'),
    await post(url, 'DELETE'),
    await post(url, 'RENAME_FILE', { 'x-wopi-requestedname': 'x', 'x-wopi-lock': 'urn:uuid:of-a-webdav-client' }),
  ];
  expect(answers.map(({ status, headers }) => [status, headers.get('x-wopi-lock')])).toEqual(
    answers.map(() => [409, '']),
  );
  expect([file.versions.length, file.gone]).toEqual([1, false]);
});

test('headers of any length and content do no harm', async () => {
  const { url } = await anOpen();
  for (const lock of ['', 'x'.repeat(1_025), 'x'.repeat(9_000), 'é'.repeat(100)])
    expect((await post(url, 'LOCK', { 'x-wopi-lock': lock })).status).toBe(400);
  expect((await post(url, 'constructor')).status).toBe(501);
  expect((await post(url, '__proto__')).status).toBe(501);
  expect((await post(url, 'PUT_USER_INFO', {}, 'x'.repeat(1_025))).status).toBe(400);
});

test.each([
  '../a.txt',
  '..',
  'a/b.txt',
  String.raw`a\b.txt`,
  `a\u0000.txt`,
  ' a.txt ',
  `${'x'.repeat(300)}.txt`,
  '+AC4ALgAv-x',
])(
  'a name that leads elsewhere is refused where it was to be exact, and made harmless where it was suggested: %j',
  async (name) => {
    const { url } = await anOpen();
    const given = name.startsWith('+') ? name : toUtf7(name);
    const exact = await post(url, 'PUT_RELATIVE', { 'x-wopi-relativetarget': given }, 'x');
    expect(exact.status).toBe(name.trim() === name ? 400 : 200);
    const suggested = await post(url, 'PUT_RELATIVE', { 'x-wopi-suggestedtarget': given }, 'x');
    expect(suggested.status).toBe(200);
    const { Name } = (await suggested.json()) as { Name: string };
    expect(Name).not.toMatch(/[/\\]/);
    expect(host.files.named(Name)).toBeDefined();
  },
);

test.each(['../x', 'a/b', 'x'.repeat(300)])('it is not renamed to %j', async (name) => {
  const { url, file } = await anOpen();
  const before = file.name;
  const answer = await post(url, 'RENAME_FILE', { 'x-wopi-requestedname': toUtf7(name) });
  expect([answer.status, answer.headers.has('x-wopi-invalidfilenameerror'), file.name]).toEqual([400, true, before]);
});

test('another file of the folder is overwritten by nobody who has not opened it', async () => {
  const { url } = await anOpen();
  const other = aFile(host, 'theirs', `${newId()}.txt`);
  const wanted = { 'x-wopi-relativetarget': other.name, 'x-wopi-overwriterelativetarget': 'true' };
  expect((await post(url, 'PUT_RELATIVE', wanted, 'mine')).status).toBe(501);
  expect(host.files.textOf(other.id)).toBe('theirs');
});

test.each(['/wopi', '/wopi/files/', '/wopi/files/..%2f..', '/wopi/files/x', '/wopi/containers/x', '/wopi/files/%00'])(
  'there is nothing at %s',
  async (path) => {
    const { token } = await anOpen();
    const url = `${host.front.url}/plugins/subject${path}?access_token=${token}`;
    expect([404, 400]).toContain((await host.client.ask(url)).status);
  },
);

test('who is behind another writer overwrites nothing', async () => {
  const { url, contents, file } = await anOpen();
  const lock = { 'x-wopi-lock': 'mine' };
  const { LastModifiedTime } = (await (await host.client.ask(url)).json()) as { LastModifiedTime: string };
  await post(url, 'LOCK', lock);
  host.files.write(file, { id: newId(), bytes: Buffer.from('theirs'), mediaType: 'text/plain', savedBy: newId() });
  file.versions[1] = { ...file.versions[1]!, savedAt: Date.now() + 5 };
  const behind = await post(contents, 'PUT', { ...lock, 'x-cool-wopi-timestamp': LastModifiedTime }, 'mine');
  expect([behind.status, await behind.json()]).toEqual([409, { COOLStatusCode: 1010, LOOLStatusCode: 1010 }]);
  expect(host.files.textOf(file.id)).toBe('theirs');
});

test('a lock ends by itself after thirty minutes', async () => {
  const { url } = await anOpen();
  await post(url, 'LOCK', { 'x-wopi-lock': 'first' });
  expect((await post(url, 'LOCK', { 'x-wopi-lock': 'second' })).status).toBe(409);
  host.files.pass(30 * 60_000);
  expect((await post(url, 'LOCK', { 'x-wopi-lock': 'second' })).status).toBe(200);
});

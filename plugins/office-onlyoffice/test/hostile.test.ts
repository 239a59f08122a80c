import { newId } from '@valfri/sdk';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../src/server/jwt.ts';
import { DocumentServerDouble } from './document-server-double.ts';
import { openFor, type OpenedFile, SECRET, startHost } from './harness.ts';

const server = new DocumentServerDouble(SECRET);
const stranger = new DocumentServerDouble(SECRET);

beforeAll(() => Promise.all([server.start(), stranger.start()]));
afterAll(() => Promise.all([server.stop(), stranger.stop()]));

type Body = Readonly<Record<string, unknown>>;

/** What is forged: the file that is open, another one, and the address of what is to be written into it. */
interface Forgery extends OpenedFile {
  readonly other: OpenedFile;
  readonly url: string;
  readonly body: Body;
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenWith(header: object, claims: object, secret = SECRET, hash = 'sha256'): string {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

const HS256 = { alg: 'HS256', typ: 'JWT' };
const signed = (body: object) => ({ ...body, token: signToken({ ...body }, SECRET, 300) });
const callbackOf = ({ config }: OpenedFile) => config.editorConfig.callbackUrl;

/** Twenty callbacks that no document server of ours has sent, or that it may not send. */
const forgeries: readonly (readonly [
  string,
  (forgery: Forgery) => { readonly to?: string; readonly body: unknown },
])[] = [
  ['without a signature', ({ body }) => ({ body })],
  ['with an empty one', ({ body }) => ({ body: { ...body, token: '' } })],
  ['signed with another secret', ({ body }) => ({ body: { ...body, token: tokenWith(HS256, body, 'x'.repeat(40)) } })],
  [
    'that names no algorithm',
    ({ body }) => ({ body: { ...body, token: `${encoded({ alg: 'none' })}.${encoded(body)}.` } }),
  ],
  [
    'signed by another algorithm',
    ({ body }) => ({ body: { ...body, token: tokenWith({ alg: 'HS512' }, body, SECRET, 'sha512') } }),
  ],
  ['whose header lies', ({ body }) => ({ body: { ...body, token: tokenWith({ alg: 'RS256' }, body) } })],
  ['with a cut signature', ({ body }) => ({ body: { ...body, token: tokenWith(HS256, body).slice(0, -8) } })],
  ['with a fourth part', ({ body }) => ({ body: { ...body, token: `${tokenWith(HS256, body)}.x` } })],
  ['that has run out', ({ body }) => ({ body: { ...body, token: tokenWith(HS256, { ...body, exp: 1_000 }) } })],
  ['that is not valid yet', ({ body }) => ({ body: { ...body, token: tokenWith(HS256, { ...body, nbf: 9e9 }) } })],
  [
    'whose signed part is empty, with the rest beside it',
    ({ body }) => ({ body: { ...body, token: signToken({}, SECRET, 300) } }),
  ],
  [
    'signed, with the key of another file',
    ({ body, other }) => ({ body: signed({ ...body, key: other.config.document.key }) }),
  ],
  ['signed, to the address of another file', ({ body, other }) => ({ to: callbackOf(other), body: signed(body) })],
  [
    'to an address that there is not',
    ({ body }) => ({ to: `http://host.test/plugins/subject/callback/${'A'.repeat(43)}`, body: signed(body) }),
  ],
  ['with what another server has', ({ body }) => ({ body: signed({ ...body, url: stranger.offer('x', 'forged') }) })],
  ['with what this machine has', ({ body }) => ({ body: signed({ ...body, url: 'file:///etc/hostname' }) })],
  [
    'with a name and password in the address',
    ({ body, url }) => ({ body: signed({ ...body, url: url.replace('//', '//a:b@') }) }),
  ],
  ['with a status that there is not', ({ body }) => ({ body: signed({ ...body, status: 9 }) })],
  ['with an ending that is a path', ({ body }) => ({ body: signed({ ...body, filetype: '../docx' }) })],
  ['that is no JSON', () => ({ body: 'status=2&key=x' })],
];

describe('a callback', () => {
  test('there are twenty forgeries', () => expect(forgeries).toHaveLength(20));

  test.each(forgeries)('%s writes nothing', async (_, forge) => {
    await using host = await startHost(server);
    const [opened, other] = [await openFor(host), await openFor(host)];
    const { key } = opened.config.document;
    const url = server.offer(newId(), 'forged');
    const users = [opened.config.editorConfig.user.id];
    const forgery = { ...opened, other, url, body: { key, status: 2, url, filetype: 'docx', users } };
    const { to = callbackOf(opened), body } = forge(forgery);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await server.call(new Request(to, { method: 'POST', body: text }));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    for (const { file } of [opened, other]) expect(host.files.file(file).versions).toHaveLength(1);
    // What it could not do, the same callback does when it is not forged.
    expect((await server.callback(callbackOf(opened), forgery.body)).status).toBe(200);
    expect(host.files.textOf(opened.file)).toBe('forged');
  });

  test('counts when the token is in the header', async () => {
    await using host = await startHost(server);
    const opened = await openFor(host);
    const url = server.offer(newId(), 'by header');
    const body = { key: opened.config.document.key, status: 6, url, filetype: 'docx' };
    expect((await server.callback(callbackOf(opened), body, 'header')).status).toBe(200);
    expect(host.files.textOf(opened.file)).toBe('by header');
  });

  test('that comes again changes nothing', async () => {
    await using host = await startHost(server);
    const opened = await openFor(host);
    const body = { key: opened.config.document.key, status: 2, url: server.offer(newId(), 'once'), filetype: 'docx' };
    expect((await server.callback(callbackOf(opened), body)).status).toBe(200);
    expect((await server.callback(callbackOf(opened), body)).status).toBe(200);
    expect(host.files.file(opened.file).versions).toHaveLength(2);
  });

  test('does not overwrite what others saved meanwhile: both are kept', async () => {
    await using host = await startHost(server);
    const opened = await openFor(host);
    const { file, person } = opened;
    const { bySession } = host.files;
    const direct = await bySession.call(host.files, host.files.open(file, { person }).id);
    await direct.save(bytes('by another way'), { version: newId() });
    await server.write(opened.config, 'skrivet');
    expect(await server.close(opened.config.document.key)).toBe(200);
    expect(host.files.textOf(file)).toBe('by another way');
    expect(host.files.textOf(host.files.named('utkast (ONLYOFFICE).docx')!.id)).toContain('skrivet');
  });

  test('of a failure keeps what there is beside the file', async () => {
    await using host = await startHost(server);
    const opened = await openFor(host);
    const url = server.offer(newId(), 'half of it');
    const body = { key: opened.config.document.key, status: 3, url, filetype: 'docx' };
    expect((await server.callback(callbackOf(opened), body)).status).toBe(200);
    expect(host.files.textOf(opened.file)).toBe('ett utkast');
    expect(host.files.textOf(host.files.named('utkast (ONLYOFFICE).docx')!.id)).toBe('half of it');
  });

  test.each([2, 3, 6, 7])('with the status %i writes nothing in the name of who may only view', async (status) => {
    await using host = await startHost(server);
    const opened = await openFor(host, { action: 'view' });
    const url = server.offer(newId(), 'forged');
    const answer = await server.callback(callbackOf(opened), {
      key: opened.config.document.key,
      status,
      url,
      filetype: 'docx',
    });
    expect(answer.status).toBe(503);
    expect(host.files.file(opened.file).versions).toHaveLength(1);
    expect(host.files.named('utkast (ONLYOFFICE).docx')).toBeUndefined();
  });
});

async function* bytes(text: string) {
  yield new TextEncoder().encode(text);
}

describe('a file', () => {
  test('is read by the token of its session only, as long as that holds', async () => {
    await using host = await startHost(server);
    const opened = await openFor(host);
    const { url } = opened.config.document;
    const read = (address: string) => server.call(new Request(address));
    expect(await (await read(url)).text()).toBe('ett utkast');
    for (const wrong of [
      url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      url.slice(0, -1),
      `${url}/..`,
      `${url}x`,
    ])
      expect((await read(wrong)).status, wrong).toBe(404);
    host.files.revoke(opened.session);
    expect((await read(url)).status).toBe(404);
  });

  test('that was changed while nobody had it open is opened under another key', async () => {
    await using host = await startHost(server);
    const first = await openFor(host);
    const second = await openFor(host, { file: first.file });
    expect(second.config.document.key).toBe(first.config.document.key);
    for (const { session, person } of [first, second]) await host.as(person).closeSession({ session });
    const third = await openFor(host, { file: first.file });
    expect(third.config.document.key).toBe(first.config.document.key);
    await host.as(third.person).closeSession({ session: third.session });
    const direct = await host.files.bySession(host.files.open(first.file, { person: newId() }).id);
    await direct.save(bytes('by another way'), { version: newId() });
    expect((await openFor(host, { file: first.file })).config.document.key).not.toBe(first.config.document.key);
  });
});

describe('a page', () => {
  const asked = async (
    host: Awaited<ReturnType<typeof startHost>>,
    { session, person }: OpenedFile,
    question: object,
  ) => {
    const page = host.connect({ page: 'editor', session, person });
    const answer = new Promise<Uint8Array>((resolve) => page.onMessage(resolve));
    page.say(Buffer.from(JSON.stringify({ id: 1, ...question })));
    return JSON.parse(Buffer.from(await answer).toString()) as { data?: unknown; code?: string };
  };

  test('mentions those who have had the file open, and nobody else', async () => {
    await using host = await startHost(server);
    const anna = await openFor(host);
    const bo = await openFor(host, { file: anna.file });
    const { data } = await asked(host, anna, { ask: 'users' });
    expect((data as unknown[]).length).toBe(2);
    const users = [bo.config.editorConfig.user.id, 'nobody'];
    expect((await asked(host, anna, { ask: 'mention', users, text: 'Se här' })).data).toBe(1);
    const mentioned = (await host.announced()).find(({ type }) => type === 'person.mentioned');
    expect(mentioned?.data).toEqual({ person: bo.person, by: anna.person, file: anna.file, text: 'Se här' });
  });

  test('saves under another name what the document server has made, and from nowhere else', async () => {
    await using host = await startHost(server);
    const anna = await openFor(host);
    const [own, foreign] = [server.offer(newId(), 'a copy'), stranger.offer(newId(), 'forged')];
    expect((await asked(host, anna, { ask: 'saveAs', url: own, name: 'kopia.pdf' })).data).toMatchObject({
      name: 'kopia.pdf',
    });
    expect(host.files.textOf(host.files.named('kopia.pdf')!.id)).toBe('a copy');
    expect((await asked(host, anna, { ask: 'saveAs', url: foreign, name: 'annan.pdf' })).code).toBe('INVALID');
    expect(host.files.named('annan.pdf')).toBeUndefined();
  });

  test('that speaks nonsense is cut off', async () => {
    await using host = await startHost(server);
    const { session, person } = await openFor(host);
    const page = host.connect({ page: 'editor', session, person });
    page.say(Buffer.from('{'));
    expect(page.ended).toEqual({ again: false });
  });
});

test('a document server that is away, or not well, is told to operators, and costs nothing else', async () => {
  const other = new DocumentServerDouble(SECRET);
  await other.start();
  await using host = await startHost(other);
  expect(await host.provider.health!()).toEqual({ ok: true });
  other.health = 'false';
  expect(await host.provider.health!()).toMatchObject({ ok: false, message: expect.stringContaining('is not well') });
  const opened = await openFor(host);
  await other.stop();
  expect(await host.provider.health!()).toMatchObject({
    ok: false,
    message: expect.stringContaining('does not answer'),
  });
  expect(await host.as(opened.person).saveFile({ file: opened.file })).toEqual({ saved: false });
});

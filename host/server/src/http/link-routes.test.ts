import { newId } from '@valfri/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestWorkspace,
  memoryWorkspace,
  type RawAnswer,
  rawRequest,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

let host: TestWorkspace;
let ann: TestPerson;
let bo: TestPerson;
let home: string;
beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: {
      ...memoryWorkspace,
      plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin()],
      instances: [...memoryWorkspace.instances, { id: 'documents', plugin: 'stored-documents' }],
      bindings: [...memoryWorkspace.bindings, { capability: 'documents', instance: 'documents' }],
    },
  });
  [ann, bo] = [await host.person('Ann'), await host.person('Bo')];
  home = (await ann.api.documents.getHome.mutate({})).node.id;
});
afterAll(() => host[Symbol.asyncDispose]());

const aFolder = async (name: string, parent = home) =>
  (await ann.api.documents.createFolder.mutate({ id: newId(), parent, name })).node.id;
const aFile = async (name: string, parent: string) =>
  (await sendFile(host.url, ann, { parent, name, bytes: 'hej' })).id;

interface Wish {
  readonly role?: 'viewer' | 'editor';
  readonly password?: string;
  readonly expiresAt?: number;
}
async function aLink(node: string, { role = 'viewer', ...wish }: Wish = {}): Promise<{ id: string; path: string }> {
  const { id, url } = await ann.api.links.make.mutate({ node, role, ...wish });
  return { id, path: new URL(url).pathname };
}

interface Asked {
  readonly method?: string;
  readonly body?: object | Buffer | string;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
}
async function ask(path: string, { body, cookie, headers, method = body ? 'POST' : 'GET' }: Asked = {}) {
  const json = typeof body === 'object' && !Buffer.isBuffer(body);
  const answer = await rawRequest(`${host.url}${path}`, {
    method,
    headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...(cookie ? { cookie } : {}), ...headers },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
  });
  return { ...answer, json: () => JSON.parse(answer.text) };
}

function cookieOf({ headers }: Pick<RawAnswer, 'headers'>): string {
  return String(headers['set-cookie']).split(';')[0]!;
}

async function visit(path: string, password?: string): Promise<string> {
  const answer = await ask(`${path}/open`, { body: password === undefined ? {} : { password } });
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

const call = (path: string, operation: string, body: object, cookie: string) =>
  ask(`${path}/call/${operation}`, { body, cookie });
const read = (path: string, file: string, cookie?: string) =>
  ask(`${path}/content/documents/readFile?input=${encodeURIComponent(JSON.stringify({ file }))}`, {
    ...(cookie ? { cookie } : {}),
  });

async function upload(path: string, cookie: string, input: object): Promise<{ status: number; text: string }> {
  const at = `${path}/content/uploads/${newId()}`;
  const begun = await ask(at, { method: 'POST', cookie, headers: { 'upload-length': '3' } });
  if (begun.status !== 201) return begun;
  expect(begun.headers['location']).toBe(at);
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  await ask(at, { method: 'PATCH', cookie, headers, body: 'nya' });
  const given = { upload: at.split('/').at(-1), input: { id: newId(), version: newId(), mediaType: 'x/x', ...input } };
  return ask(`${path}/content/documents/createFile`, { body: given, cookie });
}

test('who comes by a link sees what it leads to and what is in it, and nothing above or beside it', async () => {
  const above = await aFolder('ovanför');
  const folder = await aFolder('delad', above);
  const [file, beside] = [await aFile('i.txt', folder), await aFile('bredvid.txt', above)];
  const { path } = await aLink(folder);
  expect((await ask(`${path}/state`)).json()).toEqual({ open: false, needsPassword: false });
  const cookie = await visit(path);
  expect((await ask(`${path}/state`, { cookie })).json()).toEqual({ open: true, node: folder, role: 'viewer' });
  const got = (await call(path, 'get', { node: folder }, cookie)).json();
  expect([got.node.name, got.node.parent, got.above]).toEqual(['delad', undefined, []]);
  expect((await call(path, 'list', { folder }, cookie)).json().nodes).toMatchObject([{ name: 'i.txt' }]);
  expect((await read(path, file, cookie)).text).toBe('hej');
  for (const node of [above, home, beside, newId()])
    expect((await call(path, 'get', { node }, cookie)).status).toBe(404);
  expect((await read(path, beside, cookie)).status).toBe(404);
});

test('a visit reaches two questions of one function, and nothing else of the API', async () => {
  const folder = await aFolder('smalt');
  const { path } = await aLink(folder, { role: 'editor' });
  const cookie = await visit(path);
  for (const operation of [
    'give',
    'take',
    'listGrants',
    'search',
    'delete',
    'move',
    'getHome',
    'listTopics',
    'toString',
  ])
    expect((await call(path, operation, { node: folder }, cookie)).status, operation).toBe(404);
  for (const other of ['/trpc/documents.listShared', '/trpc/people.search', '/content/documents/readFile?input={}']) {
    expect((await ask(other, { cookie })).status, other).toBe(401);
  }
  expect((await ask(`${path}/content/chat/readFile`, { cookie })).status).toBe(404);
});

test('nothing is told without a visit, and the visit of one link is none of another', async () => {
  const [one, two] = [await aFolder('ett'), await aFolder('två')];
  const [first, second] = [await aLink(one), await aLink(two)];
  const cookie = await visit(first.path);
  for (const given of [undefined, cookie, 'valfri-visit=x'])
    expect(
      (await ask(`${second.path}/call/get`, { body: { node: two }, ...(given ? { cookie: given } : {}) })).json()
        .reason,
    ).toBe('NOT_OPENED');
  expect((await call(first.path, 'get', { node: two }, cookie)).status).toBe(404);
  const set = String((await ask(`${first.path}/open`, { body: {} })).headers['set-cookie']);
  expect(set).toContain(`Path=${first.path}; HttpOnly; SameSite=Strict`);
});

test('another site’s page opens nothing', async () => {
  const { path } = await aLink(await aFolder('annan'));
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
    expect((await ask(`${path}/open`, { body: {}, headers })).status).toBe(403);
  expect((await ask(`${path}/open`, { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
});

test('a password is asked for, and after ten wrong ones nobody gets in for a while', async () => {
  const folder = await aFolder('hemlig');
  const { path } = await aLink(folder, { password: 'sommarregn' });
  expect((await ask(`${path}/state`)).json()).toEqual({ open: false, needsPassword: true });
  const cookie = await visit(path, 'sommarregn');
  for (let i = 0; i < 10; i++) {
    const wrong = await ask(`${path}/open`, { body: i === 0 ? {} : { password: `fel ${i}` } });
    expect([wrong.status, wrong.json().reason, wrong.headers['set-cookie']]).toEqual([403, 'PASSWORD', undefined]);
  }
  const late = await ask(`${path}/open`, { body: { password: 'sommarregn' } });
  expect([late.status, late.json().reason]).toEqual([429, 'ATTEMPTS']);
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
  expect((await call(path, 'get', { node: folder }, cookie)).status).toBe(200);
});

test('a link past its end, one that was revoked and one that never was answer alike, also those who are in', async () => {
  const folder = await aFolder('slut');
  const ends = Date.now() + 5_000;
  const [ending, revoked] = [await aLink(folder, { expiresAt: ends }), await aLink(folder)];
  const cookies = [await visit(ending.path), await visit(revoked.path)];
  expect((await ann.api.links.list.query({ node: folder })).links).toMatchObject([
    { expiresAt: ends },
    { role: 'viewer' },
  ]);
  await ann.api.links.revoke.mutate({ id: revoked.id });
  await expect.poll(async () => (await ask(`${ending.path}/state`)).status, { timeout: 15_000 }).toBe(404);
  const none = `/l/${'x'.repeat(43)}`;
  const due = (await ask(`${none}/state`)).text;
  for (const path of [ending.path, revoked.path]) {
    const answers = [await ask(`${path}/state`), await ask(`${path}/open`, { body: {} })];
    for (const [i, cookie] of cookies.entries())
      answers.push(await call([ending.path, revoked.path][i]!, 'get', { node: folder }, cookie));
    for (const { status, text } of answers) expect([status, text]).toEqual([404, due]);
  }
  expect((await ann.api.links.list.query({ node: folder })).links).toEqual([]);
  expect((await ann.api.documents.listGrants.query({ node: folder })).grants).toEqual([]);
});

test('who may read sends nothing in, who may write does, and it is theirs to see who made the link', async () => {
  const folder = await aFolder('in');
  const [reading, writing] = [await aLink(folder), await aLink(folder, { role: 'editor' })];
  const input = { parent: folder, name: 'från utsidan.txt' };
  expect((await upload(reading.path, await visit(reading.path), input)).status).toBe(403);
  const cookie = await visit(writing.path);
  expect((await upload(writing.path, cookie, { ...input, parent: home })).status).toBe(404);
  expect((await upload(writing.path, cookie, input)).status).toBe(200);
  const { nodes } = await ann.api.documents.list.query({ folder });
  expect(nodes).toMatchObject([{ name: 'från utsidan.txt', createdBy: writing.id }]);
});

test('only who may share a node makes links to it, lists and revokes them; a guest makes none', async () => {
  const folder = await aFolder('rätt');
  const { id } = await aLink(folder);
  await expect(bo.api.links.make.mutate({ node: folder, role: 'viewer' })).rejects.toThrow(/no such thing/);
  await expect(bo.api.links.list.query({ node: folder })).rejects.toThrow(/no such thing/);
  await expect(bo.api.links.revoke.mutate({ id })).rejects.toThrow(/no such thing/);
  await ann.api.documents.give.mutate({ node: folder, person: bo.id, role: 'viewer' });
  await expect(bo.api.links.make.mutate({ node: folder, role: 'viewer' })).rejects.toThrow(/editor is needed/);
  await expect(bo.api.links.revoke.mutate({ id })).rejects.toThrow(/editor is needed/);
  const past = ann.api.links.make.mutate({ node: folder, role: 'viewer', expiresAt: 1 });
  await expect(past).rejects.toThrow(/past/);
  const short = ann.api.links.make.mutate({ node: folder, role: 'viewer', password: 'kort' });
  await expect(short).rejects.toThrow(/too short/);
  await ann.api.documents.give.mutate({ node: folder, person: bo.id, role: 'editor' });
  await bo.api.links.revoke.mutate({ id });
  await expect(bo.api.links.revoke.mutate({ id })).rejects.toThrow(/no such link/);
});

test('the maker closes a link whatever has become of what it led to', async () => {
  const folder = await aFolder('borta');
  const { id, path } = await aLink(folder);
  await ann.api.documents.delete.mutate({ node: folder });
  const cookie = await visit(path);
  expect((await call(path, 'get', { node: folder }, cookie)).status).toBe(404);
  await ann.api.links.revoke.mutate({ id });
  expect((await ask(`${path}/state`)).status).toBe(404);
});

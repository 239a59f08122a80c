import { newId } from '@valfri/core';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestWorkspace,
  memoryWorkspace,
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

type Given = { method?: string; headers?: Record<string, string>; body?: string | Buffer; as?: TestPerson };
const ask = (path: string, { as = ann, headers, ...given }: Given = {}) =>
  rawRequest(`${host.url}/content/${path}`, { ...given, headers: { cookie: as.cookie, ...headers } });

async function begin(length: number, id = newId()): Promise<string> {
  const { status } = await ask(`uploads/${id}`, { method: 'POST', headers: { 'upload-length': String(length) } });
  expect(status).toBe(201);
  return id;
}

const send = (id: string, offset: number, body: Buffer | string, more: Given = {}) =>
  ask(`uploads/${id}`, {
    ...more,
    method: 'PATCH',
    body,
    headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
  });

const finish = (upload: string, input: Record<string, unknown>, operation = 'createFile', more: Given = {}) =>
  ask(`documents/${operation}`, {
    ...more,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upload, input: { mediaType: 'x/x', ...input } }),
  });

const aFile = (name: string, bytes: Buffer | string) => sendFile(host.url, ann, { parent: home, name, bytes });

const read = (id: string, { query = '', ...given }: Given & { query?: string } = {}) =>
  ask(`documents/readFile?input=${encodeURIComponent(JSON.stringify({ file: id }))}${query}`, given);

test('what is sent in pieces, also across a restart of the host, is one file', async () => {
  const bytes = randomBytes(300_000);
  const upload = await begin(bytes.length);
  expect((await send(upload, 0, bytes.subarray(0, 100_000))).headers['upload-offset']).toBe('100000');
  await host.restart();
  const head = await ask(`uploads/${upload}`, { method: 'HEAD' });
  expect([head.status, head.headers['upload-offset'], head.headers['upload-length']]).toEqual([
    200,
    '100000',
    '300000',
  ]);
  const early = await finish(upload, { id: newId(), version: newId(), parent: home, name: 'för tidigt' });
  expect([early.status, JSON.parse(early.text).reason]).toEqual([409, 'OFFSET']);
  expect((await send(upload, 50_000, bytes)).status).toBe(409);
  expect((await send(upload, 100_000, bytes.subarray(100_000))).status).toBe(204);
  const given = { id: newId(), version: newId(), parent: home, name: 'i bitar.bin' };
  const [first, again] = [await finish(upload, given), await finish(upload, given)];
  expect([first.status, again.text]).toEqual([200, first.text]);
  const { version } = JSON.parse(first.text).node;
  expect(version.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('a connection that breaks keeps what has come', async () => {
  const bytes = randomBytes(400_000);
  const upload = await begin(bytes.length);
  await new Promise<void>((resolve) => {
    const headers = {
      cookie: ann.cookie,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
      'content-length': '400000',
    };
    const request = requestHttp(`${host.url}/content/uploads/${upload}`, { method: 'PATCH', headers });
    request.on('error', () => resolve());
    request.write(bytes.subarray(0, 200_000));
    const written = async () =>
      (await ask(`uploads/${upload}`, { method: 'HEAD' })).headers['upload-offset'] === '200000';
    const wait = async (): Promise<void> => ((await written()) ? void request.destroy() : wait());
    void wait();
  });
  const offset = Number((await ask(`uploads/${upload}`, { method: 'HEAD' })).headers['upload-offset']);
  expect(offset).toBe(200_000);
  await expect.poll(async () => (await send(upload, offset, bytes.subarray(offset))).status).toBe(204);
  const { text } = await finish(upload, { id: newId(), version: newId(), parent: home, name: 'bröts.bin' });
  expect(JSON.parse(text).node.version.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('what somebody sends in is theirs alone, and no more than they said', async () => {
  const upload = await begin(10);
  for (const answer of [
    await ask(`uploads/${upload}`, { method: 'HEAD', as: bo }),
    await send(upload, 0, '0123456789', { as: bo }),
    await ask(`uploads/${upload}`, { method: 'DELETE', as: bo }),
    await finish(upload, {}, 'createFile', { as: bo }),
  ])
    expect(answer.status).toBe(404);
  expect((await send(upload, 0, '0123456789ab')).status).toBe(400);
  expect((await ask(`uploads/${upload}`, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(`uploads/${upload}`, { method: 'HEAD' })).status).toBe(404);
  for (const id of ['x', '../../etc/passwd', encodeURIComponent('../key'), '%00'])
    expect((await ask(`uploads/${id}`, { method: 'HEAD' })).status).toBeGreaterThanOrEqual(400);
});

test('a file is what its bytes are, whatever it is called', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  expect((await aFile('bild.txt', png)).mediaType).toBe('image/png');
  expect((await aFile('brev.pdf', 'bara text')).mediaType).toBe('text/plain');
  expect((await aFile('läs.md', '# Hej')).mediaType).toBe('text/markdown');
  expect((await aFile('sida.html', '<script>1</script>')).mediaType).toBe('text/html');
  expect((await aFile('slump.png', Buffer.from([0, 1, 2, 255]))).mediaType).toBe('application/octet-stream');
  expect((await aFile('tom', '')).mediaType).toBe('text/plain');
});

test('content is given whole or in part, and as nobody’s page', async () => {
  const { id } = await aFile('a&"ö.txt', '0123456789');
  const whole = await read(id);
  expect([whole.status, whole.text]).toEqual([200, '0123456789']);
  expect(whole.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '10',
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent('a&"ö.txt')}`,
    'x-content-type-options': 'nosniff',
  });
  expect(whole.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  const part = await read(id, { headers: { range: 'bytes=3-5' } });
  expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '345', 'bytes 3-5/10']);
  const same = await read(id, { headers: { 'if-none-match': String(whole.headers.etag) } });
  expect([same.status, same.text]).toEqual([304, '']);
  expect((await read(id, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  expect((await read(id, { headers: { range: 'bytes=7-' } })).text).toBe('789');
  expect((await read(id, { headers: { range: 'bytes=10-' } })).status).toBe(416);
  expect((await read(id, { query: '&download' })).headers['content-disposition']).toMatch(/^attachment/);
  // What could run is handed out to be kept, whatever it is called.
  for (const [name, bytes] of [
    ['b.html', '<script>1</script>'],
    ['c.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
    ['d.png', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
    ['e.pdf', `MZ${'\0'.repeat(200)}`],
    ['f.js', 'alert(1)'],
  ] as const) {
    const { headers } = await read((await aFile(name, bytes)).id);
    expect(headers['content-disposition'], name).toMatch(/^attachment/);
    expect(headers['content-security-policy'], name).toMatch(/^sandbox; default-src 'none'/);
  }
});

test('what is long arrives to the byte, whole, in part, and after others hung up in the midst of it', async () => {
  const bytes = randomBytes(5_000_001);
  const { id } = await aFile('lång.bin', bytes);
  const url = `${host.url}/content/documents/readFile?input=${encodeURIComponent(JSON.stringify({ file: id }))}`;
  const sha256 = (given: Uint8Array) => createHash('sha256').update(given).digest('hex');
  const get = async (headers: Record<string, string> = {}) =>
    new Uint8Array(await (await fetch(url, { headers: { cookie: ann.cookie, ...headers } })).arrayBuffer());
  for (let i = 0; i < 5; i++) {
    const { body } = await fetch(url, { headers: { cookie: ann.cookie } });
    await body!.cancel();
  }
  expect(sha256(await get())).toBe(sha256(bytes));
  expect(sha256(await get({ range: 'bytes=600000-4000000' }))).toBe(sha256(bytes.subarray(600_000, 4_000_001)));
  const head = await ask(`documents/readFile?input=${encodeURIComponent(JSON.stringify({ file: id }))}`, {
    method: 'HEAD',
  });
  expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '5000001', '']);
  // Nothing is left open of those who hung up.
  if (process.platform === 'linux')
    await expect
      .poll(() => openFiles().filter((path) => path.includes(host.directory) && path.includes('/content/')))
      .toEqual([]);
});

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

test('who may not read it, is no page of ours, or asks for what is not there gets nothing', async () => {
  const { id } = await aFile('hemligt.txt', 'hemligt');
  expect((await read(id, { as: bo })).status).toBe(404);
  expect((await read(id, { headers: { cookie: '' } })).status).toBe(401);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.test' }]) {
    expect((await read(id, { headers })).status).toBe(403);
    const { status } = await ask(`uploads/${newId()}`, {
      method: 'POST',
      headers: { ...headers, 'upload-length': '1' },
    });
    expect(status).toBe(403);
  }
  for (const path of [
    'documents/createFile',
    'documents/nothing',
    'nothing/readFile',
    'documents/constructor',
    'chat/history',
  ])
    expect((await ask(path)).status, path).toBe(404);
  for (const input of ['', 'x', '[]', '{"file":7}'])
    expect((await ask(`documents/readFile?input=${input}`)).status, input).toBe(400);
  const upload = await begin(0);
  const bad = await finish(upload, { id: newId(), version: newId(), parent: home, name: '../x' });
  expect([bad.status, JSON.parse(bad.text)]).toMatchObject([400, { code: 'INVALID', field: 'name' }]);
  expect(
    (await ask(`documents/createFile`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }))
      .status,
  ).toBe(415);
});

import { newId } from '@valfri/core';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createTestWorkspace,
  LiveClient,
  memoryWorkspace,
  rawRequest,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';

const room = newId();
let host: TestWorkspace;
let ann: TestPerson;

beforeAll(async () => {
  host = await createTestWorkspace({ workspace: memoryWorkspace });
  ann = await host.person('Anna Ek');
  await ann.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
});
afterAll(() => host[Symbol.asyncDispose]());

/** The host is up, whatever was sent; nothing of it was our fault, and nothing of it is on the prototypes. */
afterEach(async () => {
  expect((await rawRequest(`${host.url}/readyz`)).status).toBe(200);
  expect((await ann.api.chat.getRoom.query({ room })).room.id).toBe(room);
  expect(host.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

const post = async (path: string, body: string | Buffer, headers: Record<string, string> = {}) => {
  const all = { cookie: ann.cookie, 'content-type': 'application/json', ...headers };
  const { status, text } = await rawRequest(`${host.url}/trpc/${path}`, { method: 'POST', headers: all, body });
  const { error } = JSON.parse(text) as { error?: { message: string; data: { code: string; detail: object } } };
  return { status, message: error?.message, ...error?.data };
};
const sendMessage = (more: object) =>
  post('chat.sendMessage', JSON.stringify({ id: newId(), room, text: 'x', ...more }));
const invalid = { code: 'INVALID', remedy: 'Correct the input and send it again.' };

describe('too much', () => {
  test('a message of 10 MB', async () => {
    expect(await sendMessage({ text: 'å'.repeat(5 << 20) })).toMatchObject({
      ...{ status: 413, code: 'PAYLOAD_TOO_LARGE', message: 'The request is too large: at most 1 MiB.' },
      detail: invalid,
    });
  });

  test('a message that is longer than a message may be', async () => {
    expect(await sendMessage({ text: 'x'.repeat(12_001) })).toMatchObject({
      ...{ status: 400, message: 'text: is too long: at most 12,000 characters' },
      detail: { ...invalid, field: 'text' },
    });
  });

  test('headers', async () => {
    const line = (name: string, length: number) => `${name}: ${'x'.repeat(length)}\r\n`;
    const long = line('Cookie', 40_000);
    const many = Array.from({ length: 3_000 }, (_, i) => line(`X-${i}`, 1)).join('');
    for (const headers of [long, many])
      expect(await sendBytes(`GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  });

  test('nesting, and names', async () => {
    expect((await post('chat.sendMessage', '['.repeat(200_000))).status).toBe(400);
    const deep = `{"id":"${newId()}","room":"${room}","text":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await post('chat.sendMessage', deep)).status).toBe(400);
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
    expect((await sendMessage(wide)).status).toBe(200);
  });
});

describe('what names the field', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['chat.history', { room, before: 'garbage' }, 'before'],
    ['chat.history', { room, limit: 1e9 }, 'limit'],
    ['chat.browseRooms', { after: { name: 'x', id: "'; DROP TABLE rooms" } }, 'after.id'],
    ['chat.listMembers', { room, after: '%' }, 'after'],
    ['chat.sendMessage', { id: '1', room, text: 'x' }, 'id'],
    ['chat.sendMessage', { id: newId(), room, text: 'x', mentions: [7] }, 'mentions.0'],
    ['chat.sendMessage', { id: newId(), room, text: 'x', mentions: [newId()] }, 'mentions'],
    ['people.byIds', { ids: ['x'] }, 'ids.0'],
    ['session.rename', { name: '' }, 'name'],
    ['session.changePreferences', { theme: 'pink' }, 'theme'],
    ['read.mark', { resource: room, seq: 1.5 }, 'seq'],
    ['read.mark', { resource: room, seq: 2 ** 60 }, 'seq'],
  ];
  test.each(cases)('%s %j', async (path, input, field) => {
    const answer = await post(path, JSON.stringify(input));
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', detail: { ...invalid, field } });
    expect(answer.message).toMatch(new RegExp(`^${field.replace('.', '\\.')}: `));
  });
});

describe('text that no store can hold', () => {
  const texts = { NUL: 'a\0b', 'half a pair': 'a\uD800b', 'the other half': '\uDC00', turned: '\uDC00\uD800' };
  test.each(Object.entries(texts))('%s', async (_, text) => {
    for (const [path, input, field] of [
      ['chat.sendMessage', { id: newId(), room, text }, 'text'],
      ['session.rename', { name: text }, 'name'],
      ['session.changePreferences', { mutedRooms: [text] }, 'mutedRooms.0'],
      ['people.search', { text }, 'text'],
    ] as const) {
      const answer = await post(path, JSON.stringify(input));
      expect([path, answer]).toMatchObject([path, { status: 400, detail: { ...invalid, field } }]);
    }
    const query = encodeURIComponent(JSON.stringify({ text }));
    const { status } = await rawRequest(`${host.url}/trpc/people.search?input=${query}`, {
      headers: { cookie: ann.cookie },
    });
    expect(status).toBe(400);
    const [bad, good] = (await batch('people.search,people.search', { 0: { text }, 1: { text: 'Anna' } })) as [
      { error: { data: { detail: { field: string } } } },
      { result: { data: object[] } },
    ];
    expect(bad.error.data.detail.field).toBe('text');
    expect(good.result.data).toHaveLength(1);
  });

  test('but whole pairs, and a backslash that looks like one, are text', async () => {
    for (const text of ['😀', '𐀀', '\\u0000', '\\ud800', 'tabb\t']) {
      const id = newId();
      expect((await post('chat.sendMessage', JSON.stringify({ id, room, text }))).status).toBe(200);
      const { messages } = await ann.api.chat.getMessages.query({ room, ids: [id] });
      expect(messages[0]!.text).toBe(text);
    }
  });

  async function batch(paths: string, input: object): Promise<unknown> {
    const headers = { cookie: ann.cookie, 'content-type': 'application/json' };
    const given = { method: 'POST', headers, body: JSON.stringify(input) };
    return JSON.parse((await rawRequest(`${host.url}/trpc/${paths}?batch=1`, given)).text);
  }
});

test.each([
  ['{"__proto__":{"polluted":1},"name":"Anna Ek"}', 'session.rename', 200],
  ['{"constructor":{"prototype":{"polluted":1}},"name":"Anna Ek"}', 'session.rename', 200],
  ['{"__proto__":{"name":"Anna Ek"}}', 'session.rename', 400],
  ['{"widths":{"__proto__":{"polluted":1}}}', 'session.changePreferences', 200],
  ['{"__proto__":[1],"0":{"name":"Anna Ek"}}', 'session.rename?batch=1', 200],
])('%s pollutes nothing', async (body, path, due) => {
  expect((await post(path, body)).status).toBe(due);
  const settings = '{"id":"proto","plugin":"chat-memory","title":"P","settings":{"__proto__":{"polluted":1}}}';
  const added = await post('functions.addInstance', settings, { cookie: host.operator.cookie });
  expect(added.status).toBe(200);
  await host.operator.api.functions.removeInstance.mutate({ id: 'proto', eraseData: true });
});

test.each([
  '/trpc/%E0%A4%A',
  '/trpc/%00',
  '//evil.example/trpc/',
  '/trpc/../../etc/passwd',
  '/assets/..%2f..%2fkey',
  '/plugins//x',
  '/plugins/memory//evil.example/',
  '/plugins/memory/%00',
  '/plugins/__proto__/x',
  '/api/auth/%',
  '/live',
  '*',
  '/?%',
  `/${'x'.repeat(9_000)}`,
])('the address %s leads nowhere', async (path) => {
  for (const method of ['GET', 'POST', 'OPTIONS', 'TRACE']) {
    const headers = { cookie: ann.cookie, 'content-type': 'application/json' };
    const { status, text } = await rawRequest(host.url, { method, path, headers });
    // Whoever mounts a folder asks at the root what is spoken here, and is told nothing but that.
    const told = method === 'OPTIONS' && status === 200 && text === '';
    expect([path, method, told || (status >= 400 && status < 500)]).toEqual([path, method, true]);
    expect(text).not.toMatch(/stack|\.ts:|node_modules|127\.0\.0\.1/);
  }
});

/** Sends bytes as they are, and gives back what comes until the connection ends. */
function sendBytes(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(host.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname, () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (data) => (answer += String(data)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n';
test.each([
  ['no HTTP at all', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a TLS greeting', Buffer.from('16030100c4010000c00303', 'hex'), /^HTTP\/1\.1 400/],
  [
    'two lengths',
    'POST /trpc/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  [
    'a length and chunks',
    'POST /trpc/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  ['a header on two lines', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', /^HTTP\/1\.1 400/],
  ['NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a WebSocket to an address that is none', `GET //[ HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`, /^HTTP\/1\.1 404/],
  ['a WebSocket to nowhere', `GET http://[::1 HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`, /^HTTP\/1\.1 404/],
  [
    'a WebSocket to ours by a whole address',
    `GET http://evil/live HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`,
    /^HTTP\/1\.1 404/,
  ],
])('%s is refused', async (_, bytes, due) => {
  expect(await sendBytes(bytes)).toMatch(due);
});

describe('on the live path', () => {
  const hello = { id: 1, method: 'subscription', params: { path: 'live.events', input: {} } };
  const cases: readonly (readonly [string, string | Buffer, number])[] = [
    ['no JSON', 'hello', 1008],
    ['no object', '[]', 1008],
    ['null', 'null', 1008],
    ['bytes', Buffer.from([0, 1, 2]), 1008],
    ['nesting', '['.repeat(30_000), 1008],
    ['more than 64 KiB', JSON.stringify({ ...hello, more: 'x'.repeat(70_000) }), 1009],
    ['an unknown method', JSON.stringify({ ...hello, method: 'eval' }), 1008],
    ['an id that is none', JSON.stringify({ ...hello, id: '1' }), 1008],
    ['no parameters', JSON.stringify({ id: 1, method: 'subscription' }), 1008],
    ['a prototype', '{"__proto__":{"id":1,"method":"subscription.stop"}}', 1008],
  ];
  test.each(cases)('%s ends the connection with a code', async (_, data, code) => {
    const live = new LiveClient(host.url, ann.cookie);
    await live.connect();
    live.send(data);
    expect(await live.closed).toBe(code);
    await live.connect();
    live.cut();
  });

  test.each([
    'garbage',
    '1',
    '1.1.1',
    '-1.0',
    '1e3.0',
    '0.9999999999999999999',
    '99999999999999999999.1',
    '0x1.0',
    '1.1\0',
    ' 1.1',
  ])('the place "%s", which is none of ours, has one read anew', async (after) => {
    const live = new LiveClient(host.url, ann.cookie);
    await live.connect(after);
    expect(live.events.map(({ type, data }) => [type, data])).toEqual([
      ['live.resync', { capability: '*' }],
      ['live.ready', {}],
    ]);
    live.cut();
  });
});

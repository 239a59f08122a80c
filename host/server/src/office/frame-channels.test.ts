import { newId } from '@valfri/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { capturedEditor } from '../testing/captured-editor.ts';
import {
  clientOf,
  createTestWorkspace,
  memoryWorkspace,
  signIn,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

const editor = capturedEditor('editor', [{ extension: 'txt' }]);
const look = { language: 'sv', theme: 'light' } as const;
let host: TestWorkspace;
let ann: TestPerson;
let bo: TestPerson;
let file: string;

beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: {
      ...memoryWorkspace,
      plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin(), editor.plugin],
      instances: [
        ...memoryWorkspace.instances,
        { id: 'documents', plugin: 'stored-documents' },
        { id: 'editor', plugin: 'editor' },
      ],
      bindings: [
        ...memoryWorkspace.bindings,
        { capability: 'documents', instance: 'documents' },
        { capability: 'office', instance: 'editor' },
      ],
    },
  });
  [ann, bo] = [await host.person('Ann'), await host.person('Bo')];
  const home = (await ann.api.documents.getHome.mutate({})).node.id;
  file = (await sendFile(host.url, ann, { parent: home, name: 'a.txt', bytes: 'hej' })).id;
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => {
  editor.onChannel = () => undefined;
  editor.channels.length = 0;
});

const open = async () => (await ann.api.office.open.mutate({ file, ...look })).session;

interface Page {
  readonly socket: WebSocket;
  readonly got: Buffer[];
  /** The code with which it was closed. */
  readonly closed: Promise<number>;
}

/** Connects as the shell does for a page. @throws with what the host answered instead. */
function connect(session: string, given: { cookie?: string; origin?: string; host?: string } = {}): Promise<Page> {
  const { cookie = ann.cookie, origin = host.url } = given;
  const headers = { cookie, origin, ...(given.host ? { host: given.host } : {}) };
  const socket = new WebSocket(`${host.url.replace('http', 'ws')}/frames/${session}`, { headers });
  const got: Buffer[] = [];
  socket.on('message', (data: Buffer) => got.push(data));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, got, closed }));
    socket.on('error', reject);
  });
}

test('bytes go both ways, in order, with who and what it is about', async () => {
  const session = await open();
  const heard: string[] = [];
  editor.onChannel = (channel) => {
    channel.send(new Uint8Array([1, 2, 3]));
    // What comes before anybody listens is not lost.
    setImmediate(() =>
      channel.onMessage((message) => {
        heard.push(Buffer.from(message).toString());
        channel.send(message);
      }),
    );
  };
  const { socket, got } = await connect(session);
  const sent = Array.from({ length: 200 }, (_, i) => `meddelande ${i}`);
  for (const text of sent) socket.send(Buffer.from(text));
  await expect.poll(() => got.length).toBe(201);
  expect(heard).toEqual(sent);
  expect([...got[0]!]).toEqual([1, 2, 3]);
  expect(got.slice(1).map(String)).toEqual(sent);
  expect(editor.channels[0]).toMatchObject({ session, person: ann.id, page: 'edit' });
  socket.close();
});

test('it is for the person whose session it is, by the sign-in it was opened with, from a page of ours', async () => {
  const session = await open();
  const other = await signIn(host.url, ann);
  await expect(connect(session, { cookie: bo.cookie })).rejects.toThrow('404');
  await expect(connect(session, { cookie: other })).rejects.toThrow('404');
  await expect(connect(session, { cookie: '' })).rejects.toThrow('401');
  await expect(connect(session, { origin: 'http://editor.localhost' })).rejects.toThrow('403');
  await expect(connect(session, { origin: 'null' })).rejects.toThrow('403');
  await expect(connect(session, { host: `editor.${new URL(host.url).host}` })).rejects.toThrow('404');
  await expect(connect(newId())).rejects.toThrow('404');
  await ann.api.office.close.mutate({ session });
  await expect(connect(session)).rejects.toThrow('404');
  expect(editor.channels).toEqual([]);
});

test('it is closed for good when the session is taken away or closed', async () => {
  const sessions = [await open(), await open()] as const;
  const pages = [await connect(sessions[0]), await connect(sessions[1])] as const;
  let told = 0;
  for (const channel of editor.channels) channel.onClose(() => told++);
  await host.operator.api.office.revoke.mutate({ session: sessions[0] });
  expect(await pages[0].closed).toBe(4410);
  await ann.api.office.close.mutate({ session: sessions[1] });
  expect(await pages[1].closed).toBe(4410);
  await expect.poll(() => told).toBe(2);
});

test('it is closed when the sign-in ends', async () => {
  const cookie = await signIn(host.url, ann);
  const { session } = await clientOf(host.url, cookie).office.open.mutate({ file, ...look });
  const { closed } = await connect(session, { cookie });
  const headers = { cookie, 'content-type': 'application/json', origin: host.url };
  await fetch(`${host.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
  expect(await closed).toBe(4401);
});

test('what the plugin throws closes it, is logged, and takes nothing else along', async () => {
  const session = await open();
  const fine = await connect(session);
  editor.onChannel = () => {
    throw new Error('a fault at once');
  };
  expect(await (await connect(session)).closed).toBe(1011);
  editor.onChannel = (channel) =>
    channel.onMessage(() => {
      throw new Error('a fault of a message');
    });
  const faulty = await connect(session);
  faulty.socket.send(Buffer.from('x'));
  expect(await faulty.closed).toBe(1011);
  editor.onChannel = (async () => {
    throw new Error('a fault later');
  }) as never;
  expect(await (await connect(session)).closed).toBe(1011);
  for (const fault of ['at once', 'of a message', 'later'])
    expect(host.log.some((line) => line.includes(`a fault ${fault}`))).toBe(true);
  expect(fine.socket.readyState).toBe(WebSocket.OPEN);
  fine.socket.close();
});

test('a plugin ends it for good, or for now', async () => {
  const session = await open();
  editor.onChannel = (channel) => channel.onMessage(([again]) => channel.close({ again: again === 1 }));
  for (const [again, code] of [
    [1, 1012],
    [0, 4410],
  ] as const) {
    const { socket, closed } = await connect(session);
    socket.send(Buffer.from([again]));
    expect(await closed).toBe(code);
  }
});

test('it has its bounds: of a message, of what waits, of how many there are', async () => {
  const session = await open();
  const large = await connect(session);
  large.socket.send(Buffer.alloc((1 << 20) + 1));
  expect(await large.closed).toBe(1009);
  const text = await connect(session);
  text.socket.send('no bytes');
  expect(await text.closed).toBe(1008);

  const slow = await connect(session);
  slow.socket.pause();
  const channel = editor.channels.at(-1)!;
  let ended = false;
  channel.onClose(() => (ended = true));
  let most = 0;
  for (let i = 0; i < 64 && !ended; i++) {
    channel.send(new Uint8Array(1 << 20));
    most = Math.max(most, channel.waiting);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => ended).toBe(true);
  expect(most).toBeLessThan(10 << 20);
  slow.socket.terminate();
  expect(() => editor.channels[0]!.send(new Uint8Array(1 << 20))).not.toThrow();

  const many = await Promise.all(Array.from({ length: 100 }, () => connect(session)));
  expect(await (await connect(session)).closed).toBe(1013);
  many[0]!.socket.close();
  await many[0]!.closed;
  const { socket } = await connect(session);
  expect(socket.readyState).toBe(WebSocket.OPEN);
  for (const one of [...many, { socket }]) one.socket.terminate();
});

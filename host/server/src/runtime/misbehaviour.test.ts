import { newId } from '@valfri/core';
import { chat } from '@valfri/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorkspace, LiveClient, rawRequest, type TestPerson, type TestWorkspace } from '../testing/index.ts';
import { notes, notesPlugin, Troublemaker } from '../testing/troublemaker.ts';

const SECRET = 'hunter2-SELECT-/etc/shadow';
const trouble = new Troublemaker();
const room = newId();
let host: TestWorkspace;
let [ann, bo]: TestPerson[] = [];

beforeAll(async () => {
  host = await createTestWorkspace({
    patience: { start: 300, stop: 200 },
    workspace: {
      name: 'Prov',
      capabilities: [chat, notes],
      plugins: [trouble.plugin, notesPlugin],
      instances: [
        { id: 'trouble', plugin: 'troublemaker' },
        { id: 'notes', plugin: 'notes' },
      ],
      bindings: [
        { capability: 'chat', instance: 'trouble' },
        { capability: 'notes', instance: 'notes' },
      ],
    },
  });
  [ann, bo] = [await host.person('Anna Ek'), await host.person('Bo Alm')];
  await ann!.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum', people: [bo!.id] });
});
afterAll(() => host[Symbol.asyncDispose]());

/** Whatever a test did: the host is up, the other function works, and what was written is there. */
afterEach(async () => {
  trouble.mischief = {};
  expect((await rawRequest(`${host.url}/healthz`)).status).toBe(200);
  expect((await rawRequest(`${host.url}/readyz`)).status).toBe(200);
  expect(await callAs(ann!, 'notes.read')).toEqual({ status: 200, data: { text: 'still here' } });
  const before = (await ann!.api.chat.history.query({ room })).messages.length;
  await ann!.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Allt är kvar' });
  expect((await bo!.api.chat.history.query({ room })).messages).toHaveLength(before + 1);
});

async function callAs({ cookie }: TestPerson, path: string, input: object = {}) {
  const headers = { cookie, 'content-type': 'application/json' };
  const { status, text } = await rawRequest(`${host.url}/trpc/${path}`, {
    ...{ method: 'POST', headers, body: JSON.stringify(input) },
  });
  const { result, error } = JSON.parse(text) as {
    result?: { data: unknown };
    error?: { message: string; data: object };
  };
  return error ? { status, message: error.message, ...error.data } : { status, data: result!.data };
}
const send = (text: string) => callAs(ann!, 'chat.sendMessage', { id: newId(), room, text });
const internal = (message: RegExp) => ({
  ...{ status: 500, code: 'INTERNAL_SERVER_ERROR', message: expect.stringMatching(message) },
  detail: { code: 'INTERNAL', reason: 'PROVIDER_FAULT', remedy: 'Report it with the time it happened.' },
});

describe('a provider that throws', () => {
  const thrown: readonly (readonly [string, () => unknown])[] = [
    [
      'an error, at once',
      () => {
        throw new Error(SECRET);
      },
    ],
    [
      'an error, later',
      async () => {
        throw new Error(SECRET);
      },
    ],
    [
      'a text',
      async () => {
        throw SECRET;
      },
    ],
    ['nothing', () => Promise.reject()],
    [
      'something with a foreign code',
      async () => {
        throw Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' });
      },
    ],
  ];
  test.each(thrown)('%s', async (_, sendMessage) => {
    trouble.mischief = { instead: { sendMessage } };
    const answer = await send('x');
    expect(answer).toMatchObject(internal(/^The provider of chat failed in sendMessage\.$/));
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect(JSON.stringify(answer)).not.toMatch(/stack|\.ts/);
    expect(
      host.log.some((line) => line.includes('A procedure failed.') && line.includes('"reason":"PROVIDER_FAULT"')),
    ).toBe(true);
  });

  test('where somebody connects: they are connected, and are told to read anew once it answers', async () => {
    trouble.mischief = { instead: { listTopics: () => Promise.reject(new Error(SECRET)) } };
    const live = new LiveClient(host.url, bo!.cookie);
    await live.connect();
    trouble.mischief = {};
    await live.until((events) => events.some(({ type }) => type === 'live.resync'));
    expect(live.of('live.resync').map(({ data }) => data)).toEqual([{ capability: 'chat' }]);
    await send('Hörs det?');
    await live.until((events) => events.some(({ type }) => type === 'message.posted'));
    live.cut();
  });
});

describe('a provider that hangs', () => {
  test('is given up on after ten seconds, while all else goes on; its writes may yet come true', async () => {
    const late: (() => void)[] = [];
    const hang = () => new Promise<never>((_, reject) => late.push(() => reject(new Error('too late'))));
    trouble.mischief = { instead: { sendMessage: hang, listRooms: hang } };
    const began = Date.now();
    const hanging = [send('x'), callAs(ann!, 'chat.listRooms')];
    for (let i = 0; i < 20; i++) expect((await callAs(bo!, 'notes.read')).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(5_000);
    const [write, read] = await Promise.all(hanging);
    expect(write).toMatchObject({
      status: 504,
      detail: { code: 'TIMEOUT' },
      message: expect.stringContaining('same id'),
    });
    expect(read).toMatchObject({ status: 504, detail: { code: 'TIMEOUT' } });
    for (const end of late) end();
  });

  test('in its health check is not well', async () => {
    trouble.mischief = { health: () => new Promise<never>(() => undefined) };
    const list = await host.operator.api.functions.list.query();
    const health = list.find(({ id }) => id === 'chat')!.instances[0]!.health;
    expect(health).toEqual({ ok: false, message: 'It did not answer within 3 seconds.' });
  });

  test('while it starts, or stops, holds up nobody', async () => {
    trouble.mischief = { start: () => new Promise<never>(() => undefined) };
    const { failure } = await host.operator.api.functions.addInstance.mutate({
      ...{ id: 'slow', plugin: 'troublemaker', title: 'Sen' },
    });
    expect(failure).toMatch(/^VF_ERR_START: .*"slow".*had not settled after 300 ms.*change its settings/);
    trouble.mischief = { stop: () => new Promise<never>(() => undefined) };
    await host.operator.api.functions.changeInstance.mutate({ id: 'slow', title: 'Sen två' });
    await host.operator.api.functions.removeInstance.mutate({ id: 'slow', eraseData: true });
    expect(host.log.some((line) => line.includes('did not stop in time'))).toBe(true);
  });
});

describe('a provider that lies', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['of another shape', { message: { id: 'x' } }],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'done'],
    ['a thing that cannot be written as JSON', { message: 1n }],
  ];
  test.each(wrong)('with an answer that is %s', async (_, answer) => {
    trouble.mischief = { instead: { sendMessage: async () => answer } };
    expect(await send('x')).toMatchObject(internal(/answered sendMessage with something else than its contract says/));
  });

  test('with more than its contract says: the rest goes no further', async () => {
    trouble.mischief = { instead: { listTopics: async () => ({ topics: [room], password: SECRET }) } };
    expect(await callAs(ann!, 'chat.listTopics')).toEqual({ status: 200, data: { topics: [room] } });
  });

  const starts: readonly (readonly [string, RegExp, (provider: never) => unknown])[] = [
    [
      'declares a feature that there is not',
      /^VF_ERR_FEATURE_UNKNOWN: .*"telepathy".*one of edit/,
      (p) => chatWith(p, { features: { telepathy: {} } }),
    ],
    [
      'declares a feature without its operation',
      /^VF_ERR_OPERATION_MISSING: .*"setReadMarker".*"readMarkers"/,
      (p) => chatWith(p, { features: { readMarkers: {} } }),
    ],
    [
      'declares a feature with wrong parameters',
      /^VF_ERR_FEATURE_PARAMETERS: .*edit/,
      (p) => chatWith(p, { features: { edit: 5 } }),
    ],
    [
      'lacks an operation of the core',
      /^VF_ERR_OPERATION_MISSING: .*"listTopics".*the core/,
      (p) => chatWith(p, { operations: {} }),
    ],
    [
      'cannot hand its records on',
      /^VF_ERR_PORTABILITY_MISSING: .*changes, head/,
      (p) => chatWith(p, { portability: undefined }),
    ],
    ['gives no provider', /^VF_ERR_START: .*without a provider of chat.*Return it/, () => ({ providers: {} })],
    ['gives nothing', /^VF_ERR_START: /, () => undefined],
    ['gives something without operations', /^VF_ERR_START: .*without a provider/, () => ({ providers: { chat: {} } })],
    [
      'throws while it starts',
      /^VF_ERR_START: .*"liar": no route to host.*restart the host/,
      () => {
        throw new Error('no route to host');
      },
    ],
  ];
  test.each(starts)('because it %s does not start, and the reason is told', async (_, reason, start) => {
    trouble.mischief = { start: start as never };
    const added = await host.operator.api.functions.addInstance.mutate({
      id: 'liar',
      plugin: 'troublemaker',
      title: 'L',
    });
    expect(added.failure).toMatch(reason);
    const [list] = await host.operator.api.functions.list.query();
    expect(list!.instances.find(({ id }) => id === 'liar')!.health).toEqual({ ok: false, message: added.failure });
    await host.operator.api.functions.removeInstance.mutate({ id: 'liar', eraseData: true });
  });

  test('with an event that its contract does not have, or in another shape, is told so, and nobody else is told', async () => {
    const live = new LiveClient(host.url, bo!.cookie);
    await live.connect();
    const { events } = trouble.context!;
    const announce = (type: string, data: object) => events.announce([{ type, data } as never]);
    await expect(announce('person.changed', { person: ann!.id })).rejects.toMatchObject({ code: 'VF_ERR_EVENT' });
    await expect(announce('message.posted', { room })).rejects.toThrow(/VF_ERR_EVENT.*message/);
    await expect(announce('typing', { room, person: ann!.id, on: true })).rejects.toThrow(/signal\(\)/);
    expect(() => events.signal({ type: 'room.updated', data: {} } as never)).toThrow(/VF_ERR_EVENT/);
    await send('Sist');
    await live.until((received) => received.some(({ data }) => textOf(data) === 'Sist'));
    const others = new Set(live.events.map(({ type }) => type));
    expect(others).toEqual(new Set(['live.ready', 'message.posted']));
    expect(live.of('message.posted').filter(({ data }) => textOf(data) === undefined)).toEqual([]);
    live.cut();
  });
});

function textOf(data: object): string | undefined {
  return (data as { message?: { text?: string } }).message?.text;
}

/** The provider with some of it replaced. */
function chatWith(provider: object, changes: object): object {
  return { providers: { chat: { ...provider, ...changes } } };
}

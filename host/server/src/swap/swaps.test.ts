import { newId } from '@valfri/core';
import { definePlugin, type Plugin } from '@valfri/sdk';
import { connect } from '@valfri/sdk/postgres';
import { createTestDatabase } from '@valfri/sdk/testing';
import { sql } from 'kysely';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createTestWorkspace, storedChatPlugin, type TestWorkspace } from '../testing/index.ts';
import type { Workspace } from '../workspace.ts';

/** Moves take their time where the machine has other things to do. */
const SOON = { timeout: 15_000, interval: 100 };
vi.setConfig({ testTimeout: 60_000 });

/** What goes wrong with the instance `new`. */
const trouble: { start?: (() => void) | undefined; changes?: (() => Promise<never>) | undefined } = {};
afterEach(() => Object.assign(trouble, { start: undefined, changes: undefined }));

function plugin(): Plugin {
  const { manifest, server } = storedChatPlugin();
  return definePlugin({
    manifest,
    server: {
      ...server,
      async start(context) {
        if (context.instance === 'new') trouble.start?.();
        const running = await server.start(context);
        const chat = running.providers['chat']!;
        const portability = chat.portability!;
        const changes: typeof portability.changes = (given) => trouble.changes?.() ?? portability.changes(given);
        return { ...running, providers: { chat: { ...chat, portability: { ...portability, changes } } } };
      },
    } as Plugin['server'],
  });
}

const workspace: Workspace = {
  name: 'Prov',
  plugins: [plugin()],
  instances: ['old', 'new', 'third'].map((id) => ({ id, plugin: 'chat-stored' })),
  bindings: [{ capability: 'chat', instance: 'old' }],
};
const timing = { observe: 3_600_000, followInterval: 50 };
const start = (): Promise<TestWorkspace> =>
  createTestWorkspace({ workspace, swaps: { timing }, patience: { stop: 500 } });
const plan = async ({ operator }: TestWorkspace, to: string): Promise<string> =>
  (await operator.api.swaps.plan.mutate({ capability: 'chat', to })).id;
const stateOf = async ({ operator }: TestWorkspace, id: string) => (await operator.api.swaps.get.query({ id })).state;
const write = async ({ operator }: TestWorkspace, room: string): Promise<void> =>
  void (await operator.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Hej' }));

/** Chat after it was moved to `new`, with a room in it; `followed` counts what the old provider has of the messages. */
async function moved(
  host: TestWorkspace,
): Promise<{ id: string; room: string; followed: () => Promise<number | undefined> }> {
  const { swaps, functions, chat } = host.operator.api;
  const room = newId();
  await chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
  const id = await plan(host, 'new');
  await swaps.begin.mutate({ id });
  await expect.poll(() => stateOf(host, id), SOON).toBe('observing');
  return { id, room, followed: async () => (await functions.counts.query({ instance: 'old' }))['message'] };
}

test('of two who begin a move at once, one does', async () => {
  await using host = await start();
  const { swaps } = host.operator.api;
  const [one, other] = [await plan(host, 'new'), await plan(host, 'third')];
  for (const ids of [
    [one, one],
    [one, other],
  ]) {
    const begun = await Promise.allSettled(ids.map((id) => swaps.begin.mutate({ id })));
    expect(begun.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    for (const each of begun)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ data: { detail: { code: 'CONFLICT' } } });
  }
  await expect.poll(() => stateOf(host, one), SOON).toBe('observing');
  expect(await stateOf(host, other)).toBe('planned');
  const began = await host.operator.api.system.audit.query({ area: 'swap' });
  expect(began.filter(({ action }) => action === 'swap.applied')).toHaveLength(1);
});

test('a plan that was overtaken does not begin', async () => {
  await using host = await start();
  const { swaps } = host.operator.api;
  const [one, other] = [await plan(host, 'new'), await plan(host, 'third')];
  await swaps.begin.mutate({ id: one });
  await expect.poll(() => stateOf(host, one), SOON).toBe('observing');
  await swaps.ask.mutate({ id: one, wish: 'retire' });
  await expect.poll(() => stateOf(host, one), SOON).toBe('retired');
  await expect(swaps.begin.mutate({ id: other })).rejects.toThrow(/"old" does not serve chat any more.*new plan/);
});

test('where a provider of a move does not start the host does, and the move goes on once it is mended', async () => {
  await using host = await start();
  const { id, room, followed } = await moved(host);
  trouble.start = () => {
    throw new Error('no route to host');
  };
  await host.restart();
  expect(await stateOf(host, id)).toBe('observing');
  trouble.start = undefined;
  await host.operator.api.functions.changeInstance.mutate({ id: 'new', title: 'Ny' });
  await write(host, room);
  await expect.poll(followed, SOON).toBe(1);
});

test('a move outlives its database being away', async () => {
  await using host = await start();
  const { room, followed } = await moved(host);
  const { url } = host.services(({ database }) => database);
  const name = new URL(url).pathname.slice(1);
  const server = connect<never>({ url: url.replace(/[^/]+$/, 'postgres'), name: 'test', most: 1 });
  const run = (text: string) => sql.raw(text).execute(server);
  await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  await expect.poll(() => host.log.some((line) => line.includes('fault of ours')), SOON).toBe(true);
  await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await server.destroy();
  const written = () =>
    write(host, room).then(
      () => true,
      () => false,
    );
  await expect.poll(written, SOON).toBe(true);
  await expect.poll(followed, SOON).toBeGreaterThanOrEqual(1);
});

/** Stands between a host and its database, and can keep back the answer to the commit by which another provider serves. */
async function losingProxy(target: string) {
  const { hostname, port } = new URL(target);
  const state = { armed: false, lost: 0 };
  const server = createServer((client) => {
    const upstream = createConnection({ host: hostname, port: Number(port) });
    let [switches, commits] = [false, false];
    client.on('data', (data) => {
      switches ||= state.armed && data.includes('"state":"switched"');
      commits ||= switches && data.includes('commit\0');
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!commits) return void client.write(data);
      state.armed = false;
      state.lost++;
      client.destroy();
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) });
  return { url: url.href, state, [Symbol.dispose]: () => void server.close() };
}

test('where the answer to the switch is lost, the new provider serves all the same, and nothing goes to the old', async () => {
  await using database = await createTestDatabase();
  using proxy = await losingProxy(database.url);
  await using host = await createTestWorkspace({ workspace, swaps: { timing }, databaseUrl: proxy.url });
  const { functions, chat } = host.operator.api;
  proxy.state.armed = true;
  const { room } = await moved(host);
  expect(proxy.state.lost).toBe(1);
  await write(host, room);
  expect((await functions.counts.query({ instance: 'new' }))['message']).toBe(1);
  await host.restart();
  expect((await chat.history.query({ room })).messages).toHaveLength(1);
});

test('a provider that hangs in a move does not keep the host from stopping', async () => {
  await using host = await start();
  const id = await plan(host, 'new');
  let asked = false;
  trouble.changes = () => {
    asked = true;
    return new Promise<never>(() => undefined);
  };
  await host.operator.api.swaps.begin.mutate({ id });
  await expect.poll(() => asked, SOON).toBe(true);
  await host.host.stop();
  expect(host.log.some((line) => line.includes('A move did not stop in time'))).toBe(true);
});

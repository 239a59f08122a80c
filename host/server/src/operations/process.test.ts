import { newId } from '@valfri/core';
import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase } from '@valfri/sdk/testing';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOST_FILE } from '../config/host-file.ts';
import { CLOSE } from '../live/connection.ts';
import { type RunningCommand, runCommand, startCommand } from '../testing/child-host.ts';
import { type AppClient, clientOf, LiveClient, rawRequest } from '../testing/index.ts';

/** On its embedded database, as `npm start` has it, and as a process that can be killed. */
let [data, url, port, cookie]: [string, string, number, string] = ['', '', 0, ''];
const SOON = { timeout: 15_000 };
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-process-'));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another account, which must get to it
  folders.push(folder);
  return folder;
};
beforeAll(async () => {
  data = newFolder();
  port = await freePort();
  url = `http://localhost:${port}`;
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function startChild(env: NodeJS.ProcessEnv = {}, more: readonly string[] = []): Promise<RunningCommand> {
  const child = startCommand(['start', '--port', String(port), '--data', data, '--log', 'stdout', ...more], env);
  await child.until(/Ctrl-C stops it/);
  return child;
}

async function arrive(link: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token: link.split('#')[1] });
  const answer = await rawRequest(`${url}/api/welcome`, { method: 'POST', headers, body });
  return answer.headers['set-cookie']![0]!.split(';')[0]!;
}

/** Sends until told to stop, each message with its id until it is acknowledged. */
async function sendOn(api: AppClient, room: string, state: { over: boolean; acknowledged: string[] }): Promise<void> {
  while (!state.over) {
    const id = newId();
    for (let done = false; !done && !state.over;) {
      done = await api.chat.sendMessage.mutate({ id, room, text: 'x' }).then(
        () => true,
        () => false,
      );
      if (done) state.acknowledged.push(id);
      else await new Promise((resolve) => setTimeout(resolve, 25)); // as any client, it leaves the other a moment
    }
  }
}

interface Outcome {
  readonly acknowledged: readonly string[];
  /** How often each of those is there afterwards. */
  readonly times: readonly number[];
  readonly live: LiveClient;
}

/** Kills a host while four people write without a pause, starts it again, and looks what there is. */
async function killInTheMiddle(folder: string, env: NodeJS.ProcessEnv, keepsAll: boolean): Promise<Outcome> {
  data = folder;
  const first = await startChild(env);
  cookie = await arrive(/http\S+#\S+/.exec(first.out)![0]);
  const api = clientOf(url, cookie);
  const room = newId();
  await api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
  const live = new LiveClient(url, cookie);
  await live.connect();
  const state = { over: false, acknowledged: [] as string[] };
  const senders = Promise.all(Array.from({ length: 4 }, () => sendOn(api, room, state)));
  await expect.poll(() => state.acknowledged.length, SOON).toBeGreaterThan(60);
  first.kill('SIGKILL');
  await first.ended;
  const before = state.acknowledged.length;
  const second = await startChild(env);
  if (keepsAll) await expect.poll(() => state.acknowledged.length, SOON).toBeGreaterThan(before + 20);
  state.over = true;
  await senders;
  const found = await allIn(api, room).catch(() => []);
  await live.connect();
  if (keepsAll) await live.until(() => live.of('message.posted').length >= found.length);
  live.cut();
  second.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
  const { acknowledged } = state;
  return { acknowledged, live, times: acknowledged.map((id) => found.filter((other) => other === id).length) };
}

async function allIn(api: AppClient, room: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let last: string | undefined; ;) {
    const page = await api.chat.history.query({ room, limit: 100, ...(last ? { before: last } : {}) });
    found.push(...page.messages.map(({ id }) => id));
    if (!page.hasBefore) return found;
    last = page.messages[0]!.id;
  }
}

describe('a host that is killed in the middle', () => {
  test('would be seen to lose some if it did: the control, on a provider that keeps nothing', async () => {
    await using database = await createTestDatabase();
    const { times } = await killInTheMiddle(newFolder(), { CHAT: 'memory', DATABASE_URL: database.url }, false);
    expect(times.filter((count) => count === 0).length).toBeGreaterThan(60);
  }, 40_000);

  test('has every message that it acknowledged, once, and tells it to who was away, once and in order', async () => {
    const { times, live } = await killInTheMiddle(newFolder(), {}, true);
    expect(new Set(times)).toEqual(new Set([1]));
    const seqs = live.of('message.posted').map(({ data }) => (data['message'] as unknown as { seq: number }).seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(live.of('live.resync')).toEqual([]);
  }, 40_000);
});

describe('a fault that no call waits for', () => {
  test('is in the log where a promise was rejected, and the host stays up', async () => {
    const host = await startChild({ FAULT: 'rejects' });
    host.kill('SIGUSR2');
    await host.until(/"level":"error".*nobody waited for.*the plugin’s promise/);
    expect((await rawRequest(`${url}/readyz`)).status).toBe(200);
    host.kill('SIGTERM');
    expect((await host.ended).code).toBe(0);
  }, 40_000);

  test('ends the host in order where something was thrown, for it to be started again', async () => {
    const host = await startChild({ FAULT: 'throws' });
    host.kill('SIGUSR2');
    const { code, out } = await host.ended;
    expect([code, out]).toEqual([1, expect.stringMatching(/"level":"error".*the plugin’s timer[^]*The host stops\./)]);
    expect(existsSync(join(data, HOST_FILE))).toBe(false);
  }, 40_000);
});

describe('a second host', () => {
  let first: RunningCommand;
  beforeAll(async () => {
    first = await startChild();
  }, 40_000);
  afterAll(async () => {
    first.kill('SIGKILL');
    await first.ended;
  });

  test('on the same data is refused in one sentence, and the first one goes on', async () => {
    const { code, err } = await runCommand(['start', '--port', '0', '--data', data]);
    expect([code, err.trim().split('\n')]).toEqual([
      1,
      [expect.stringMatching(/^valfri: Another host \(process \d+\) works with .*--data\.$/)],
    ]);
    expect((await rawRequest(`${url}/readyz`)).status).toBe(200);
  });

  test('on the same port is refused in one sentence', async () => {
    const { code, err } = await runCommand(['start', '--port', String(port), '--data', newFolder()]);
    expect([code, err.trim()]).toEqual([
      1,
      `valfri: Port ${port} is in use. Stop what uses it, or choose another with --port.`,
    ]);
  });

  test('may not begin before the first one has ended, which lets its clients go and leaves nothing behind', async () => {
    const live = new LiveClient(url, cookie);
    await live.connect();
    first.kill('SIGTERM');
    expect(await live.closed).toBe(CLOSE.restart);
    expect(await first.ended).toMatchObject({ code: 0, err: '' });
    for (const name of [HOST_FILE, 'lock']) expect(existsSync(join(data, name))).toBe(false);
    first = await startChild();
    expect((await rawRequest(`${url}/healthz`)).text).toBe('{"ok":true}');
  });
});

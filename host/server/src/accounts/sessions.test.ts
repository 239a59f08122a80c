import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE } from '../live/connection.ts';
import {
  createTestWorkspace,
  LiveClient,
  memoryWorkspace,
  rawRequest,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { SESSION_COOKIE } from './accounts.ts';

/** Within this time whoever lost their rights is out: S-15. */
const SOON = { timeout: 5_000, interval: 50 };

let host: TestWorkspace;
beforeAll(async () => {
  host = await createTestWorkspace({ workspace: memoryWorkspace });
});
afterAll(() => host[Symbol.asyncDispose]());

const statusWith = async (cookie: string): Promise<number> => {
  const headers = { cookie, 'content-type': 'application/json' };
  return (await rawRequest(`${host.url}/trpc/chat.listRooms`, { method: 'POST', headers, body: '{}' })).status;
};
const connected = async (person: TestPerson): Promise<LiveClient> => {
  const live = new LiveClient(host.url, person.cookie);
  await live.connect();
  return live;
};
const database = () => host.services(({ database: { db } }) => db);

/** The answer to the beginning of a WebSocket; 101 where it begins. */
function knock(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}${path}`, { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_, answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    socket.once('error', reject);
  });
}

describe('a WebSocket', () => {
  test('begins from a page of ours only', async () => {
    const { cookie } = host.operator;
    const { port, hostname } = new URL(host.url);
    expect(await knock('/live', { cookie, origin: host.url })).toBe(101);
    const elsewhere = ['https://evil.example', 'null', `${host.url}.evil.example`, `http://plugin.${hostname}:${port}`];
    for (const origin of [...elsewhere, `https://${hostname}:${port}`, `http://${hostname}:1`, `${host.url}/`, ''])
      expect([origin, await knock('/live', { cookie, origin })]).toEqual([origin, 403]);
    expect(await knock('/live', { cookie })).toBe(403);
  });

  test('begins for whoever is signed in only, and on its own path', async () => {
    expect(await knock('/live', { origin: host.url })).toBe(401);
    expect(await knock('/live', { origin: host.url, cookie: `${SESSION_COOKIE}=${'a'.repeat(32)}.x` })).toBe(401);
    for (const path of ['/', '/trpc/chat.listRooms', '/live/', '/livee', '/LIVE'])
      expect([path, await knock(path, { origin: host.url, cookie: host.operator.cookie })]).toEqual([path, 404]);
  });
});

describe('a session', () => {
  test('that is forged is none', async () => {
    const [name, value] = host.operator.cookie.split('=') as [string, string];
    const [token, signature] = decodeURIComponent(value).split('.') as [string, string];
    const flipped = `${token.slice(0, -1)}${token.at(-1) === 'A' ? 'B' : 'A'}`;
    const forged = [`${flipped}.${signature}`, `${'A'.repeat(32)}.${signature}`, 'A', '', `.${signature}`];
    const injected = [`' OR 1=1 --`, `${token}'--`, '../../etc', '%00'];
    for (const each of [...forged, ...injected])
      expect([each, await statusWith(`${name}=${encodeURIComponent(each)}`)]).toEqual([each, 401]);
    expect(await statusWith(`valfri.session_token=${value}`)).toBe(401);
    expect(await statusWith(host.operator.cookie)).toBe(200);
  });

  test('that has expired is none, and its open sockets are closed', async () => {
    const ann = await host.person('Anna Slut');
    const live = await connected(ann);
    await sql`UPDATE accounts.session SET "expiresAt" = now() - interval '1 second' WHERE "userId" = ${ann.id}`.execute(
      database(),
    );
    await expect.poll(() => statusWith(ann.cookie), SOON).toBe(401);
    expect(await live.closed).toBe(CLOSE.signedOut);
    await expect(connected(ann)).rejects.toThrow('401');
  });

  test('ends with signing out at once, its open sockets within seconds; no other session of the person does', async () => {
    const bo = await host.person('Bo Ut');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email: bo.email, password: bo.password });
    const again = await rawRequest(`${host.url}/api/auth/sign-in/email`, { method: 'POST', headers, body });
    const other = again.headers['set-cookie']!.map((line) => line.split(';')[0]).join('; ');
    const [live, stays] = [await connected(bo), await connected({ ...bo, cookie: other })];
    const out = { method: 'POST', headers: { ...headers, cookie: bo.cookie }, body: '{}' };
    expect((await rawRequest(`${host.url}/api/auth/sign-out`, out)).status).toBe(200);
    expect([await statusWith(bo.cookie), await statusWith(other)]).toEqual([401, 200]);
    expect(await live.closed).toBe(CLOSE.signedOut);
    await host.services(({ outbox }) =>
      outbox.announceOwn([{ topic: bo.id, type: 'read.moved', data: { resource: bo.id, seq: 1 } }]),
    );
    await stays.until((events) => events.some(({ type }) => type === 'read.moved'));
    stays.cut();
  });

  test('ends everywhere when an operator disables the person, and stays ended after a restart', async () => {
    const eva = await host.person('Eva Av');
    const sockets = [await connected(eva), await connected(eva), await connected(eva)];
    await host.operator.api.people.change.mutate({ id: eva.id, disabled: true });
    expect(await statusWith(eva.cookie)).toBe(401);
    for (const live of sockets) expect(await live.closed).toBe(CLOSE.signedOut);
    await host.restart();
    expect(await statusWith(eva.cookie)).toBe(401);
    await expect(connected(eva)).rejects.toThrow('401');
    await host.operator.api.people.change.mutate({ id: eva.id, disabled: false });
    expect(await statusWith(eva.cookie)).toBe(401);
  });

  test('of who is disabled past the host, in the database, ends within seconds too', async () => {
    const siv = await host.person('Siv Bakväg');
    const live = await connected(siv);
    await sql`UPDATE valfri.people SET disabled_at = 1 WHERE id = ${siv.id}`.execute(database());
    expect(await live.closed).toBe(CLOSE.signedOut);
    await expect.poll(() => statusWith(siv.cookie), SOON).toBe(401);
  });

  test('of who is no operator any more goes on without an operator’s events', async () => {
    const ola = await host.person('Ola Drift', { operator: true });
    const live = await connected(ola);
    expect((await ola.api.system.status.query()).isolation).toBe('trusted');
    await host.operator.api.people.change.mutate({ id: ola.id, operator: false });
    await expect(ola.api.system.status.query()).rejects.toThrow('Only an operator');
    expect(await live.closed).toBe(CLOSE.restart);
    await live.connect();
    live.cut();
  });
});

describe('a session, by a clock that is moved,', () => {
  const DAY = 24 * 3_600_000;
  afterEach(() => vi.useRealTimers());
  /** Moves the host's clock, and asks with a cookie. */
  const after = (days: number, since: number, cookie: string): Promise<number> => {
    vi.useFakeTimers({ toFake: ['Date'], now: since + days * DAY });
    return statusWith(cookie);
  };

  test('ends after fourteen days without use', async () => {
    const { cookie } = await host.person('Ida Vila');
    const began = Date.now();
    expect(await after(13.9, began, (await host.person('Ulla Vila')).cookie)).toBe(200);
    expect(await after(14.1, began, cookie)).toBe(401);
  });

  test('goes on while it is used, and ends after ninety days all the same', async () => {
    const { cookie } = await host.person('Ivar Flit');
    const began = Date.now();
    for (let day = 10; day < 90; day += 10) expect([day, await after(day, began, cookie)]).toEqual([day, 200]);
    expect(await after(89.9, began, cookie)).toBe(200);
    expect(await after(90.1, began, cookie)).toBe(401);
  });

  test('has a cookie that lasts as long', async () => {
    const { email, password } = await host.person('Kaka Lång');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email, password });
    const answer = await rawRequest(`${host.url}/api/auth/sign-in/email`, { method: 'POST', headers, body });
    expect(answer.headers['set-cookie']![0]).toContain(`Max-Age=${(90 * DAY) / 1_000}`);
  });
});

test('a guest is out when their time is over: the API, the open sockets, and signing in', async () => {
  const end = Date.now() + 2_500;
  const guest = await host.person('Gäst Kort', { kind: 'guest', endsAt: end });
  const live = await connected(guest);
  expect(await statusWith(guest.cookie)).toBe(200);
  expect(await live.closed).toBe(CLOSE.signedOut);
  expect(Date.now()).toBeGreaterThanOrEqual(end);
  expect(Date.now()).toBeLessThan(end + 5_000);
  await expect.poll(() => statusWith(guest.cookie), SOON).toBe(401);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email: guest.email, password: guest.password });
  const refused = await rawRequest(`${host.url}/api/auth/sign-in/email`, { method: 'POST', headers, body });
  expect(refused.status).not.toBe(200);
  expect(refused.headers['set-cookie']).toBeUndefined();
});

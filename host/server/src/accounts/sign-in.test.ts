import { memoryChatPlugin } from '@valfri/sdk/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorkspace, type RawAnswer, rawRequest, type TestWorkspace } from '../testing/index.ts';
import { SESSION_COOKIE } from './accounts.ts';
import { MOST_FAILURES, SignInLimiter } from './sign-in-limiter.ts';

let host: TestWorkspace;
beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: { name: 'Prov', plugins: [memoryChatPlugin()], instances: [], bindings: [] },
  });
});
afterAll(() => host[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };
const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  rawRequest(`${host.url}${path}`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const signIn = (email: string, password: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  post('/api/auth/sign-in/email', { email, password }, headers);
const welcome = (link: string): Promise<RawAnswer> => post('/api/welcome', { token: link.split('#')[1] });
const counts = (answers: readonly RawAnswer[]) => {
  const found: Record<number, number> = {};
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  return found;
};
const newLink = async (name: string) => {
  const email = `${name}@example.org`;
  const { id, link } = await host.operator.api.people.add.mutate({ name, email });
  return { id, link, email };
};

describe('a link', () => {
  test('signs in once, however many try at the same time', async () => {
    const { link } = await newLink('en-gang');
    const answers = await Promise.all(Array.from({ length: 10 }, () => welcome(link)));
    expect(counts(answers)).toEqual({ 200: 1, 410: 9 });
    expect((await welcome(link)).status).toBe(410);
  });

  test('lasts three days and no longer', async () => {
    const { link } = await newLink('for-sent');
    const { db } = host.services(({ database }) => database);
    const { rows } = await sql<{ days: number }>`
      SELECT extract(epoch FROM max("expiresAt") - now()) / 86400 AS days FROM accounts.verification`.execute(db);
    expect(Number(rows[0]!.days)).toBeCloseTo(3, 1);
    await sql`UPDATE accounts.verification SET "expiresAt" = now() - interval '1 second'`.execute(db);
    const { status, text } = await welcome(link);
    expect([status, JSON.parse(text)]).toEqual([410, { message: 'This link has been used, or is too old.' }]);
  });

  test('is kept as a hash only', async () => {
    const { link } = await newLink('hash');
    const { db } = host.services(({ database }) => database);
    const { rows } = await sql<{ row: string }>`SELECT v::text AS row FROM accounts.verification v`.execute(db);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toContain(link.split('#')[1]);
  });

  test('of somebody who may not sign in any more signs nobody in', async () => {
    const { id, link } = await newLink('avslutad');
    await host.operator.api.people.change.mutate({ id, disabled: true });
    const { status, headers } = await welcome(link);
    expect([status, headers['set-cookie']]).toEqual([410, undefined]);
  });

  test.each(['', 'x', 'A'.repeat(32), 'A'.repeat(5_000), `${'A'.repeat(31)}\0`])(
    'that is none (%#) is refused',
    async (token) => {
      expect((await post('/api/welcome', { token })).status).toBe(410);
    },
  );

  test('is not redeemed by opening an address, as another site could have one do', async () => {
    const { link } = await newLink('oppnad');
    const token = link.split('#')[1];
    const { status } = await rawRequest(`${host.url}/api/auth/magic-link/verify?token=${token}`);
    expect(status).toBe(404);
    expect((await welcome(link)).status).toBe(200);
  });

  test('makes the old password worthless, and ends every other session once a new one is chosen', async () => {
    const eva = await host.person('Eva Ny');
    const { link } = await host.operator.api.people.link.mutate({ id: eva.id });
    const { headers } = await welcome(link);
    const cookie = headers['set-cookie']!.map((line) => line.split(';')[0]).join('; ');
    expect((await signIn(eva.email, eva.password)).status).toBe(401);
    const body = { password: 'Ett helt annat lösenord' };
    expect((await post('/trpc/session.choosePassword', body, { cookie })).status).toBe(200);
    expect((await eva.api.session.info.query()).signedIn).toBeUndefined();
    expect((await signIn(eva.email, body.password)).status).toBe(200);
  });
});

describe('the cookies', () => {
  test('are __Host-, Secure, HttpOnly, SameSite, for the whole path and no domain', async () => {
    const { link, email } = await newLink('kaka');
    const first = await welcome(link);
    const cookie = first.headers['set-cookie']!.map((line) => line.split(';')[0]).join('; ');
    await post('/trpc/session.choosePassword', { password: 'Lösenord för prov 2' }, { cookie });
    const second = await signIn(email, 'Lösenord för prov 2');
    const out = await post('/api/auth/sign-out', {}, { cookie });
    for (const { status, headers } of [first, second, out]) {
      expect(status).toBe(200);
      const lines = headers['set-cookie'] ?? [];
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        const [pair, ...attributes] = line.split('; ');
        expect(pair).toMatch(/^__Host-valfri\./);
        const named = attributes.map((attribute) => attribute.toLowerCase());
        expect(named).toEqual(expect.arrayContaining(['path=/', 'httponly', 'secure', 'samesite=lax']));
        expect(named.some((attribute) => attribute.startsWith('domain'))).toBe(false);
      }
    }
    expect(first.headers['set-cookie']!.some((line) => line.startsWith(`${SESSION_COOKIE}=`))).toBe(true);
  });

  test('are new at each sign-in, whatever one brings along', async () => {
    const bo = await host.person('Bo Fix');
    const planted = `${SESSION_COOKIE}=${'a'.repeat(32)}.x`;
    const { headers } = await signIn(bo.email, bo.password, { cookie: planted });
    const again = await signIn(bo.email, bo.password, { cookie: bo.cookie });
    const tokens = [headers, again.headers].map((each) => each['set-cookie']![0]!.split(';')[0]);
    expect(new Set([planted, bo.cookie, ...tokens]).size).toBe(4);
  });
});

describe('guessing passwords', () => {
  test('of one account ends after ten attempts, however many come at once; nobody else is held up', async () => {
    const [carl, dan] = [await host.person('Carl Mål'), await host.person('Dan Granne')];
    const tries = Array.from({ length: 40 }, (_, i) =>
      signIn(i % 2 ? carl.email : carl.email.toUpperCase(), `fel ${i}`),
    );
    const answers = await Promise.all(tries);
    expect(counts(answers)).toEqual({ 401: MOST_FAILURES.account, 429: 40 - MOST_FAILURES.account });
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);
    expect((await signIn(carl.email, carl.password)).status).toBe(429);
    expect((await signIn(dan.email, dan.password)).status).toBe(200);
  });

  test('is counted however the request is written', async () => {
    const { email } = await host.person('Ida Mål');
    const body = (i: number) => `\uFEFF${JSON.stringify({ email, password: `fel ${i}` })}`;
    const path = `${host.url}/api/auth/sign-in/email`;
    const tries = Array.from({ length: 40 }, (_, i) =>
      rawRequest(path, { method: 'POST', headers: json, body: body(i) }),
    );
    const answers = counts(await Promise.all(tries));
    expect(answers[401] ?? 0).toBeLessThanOrEqual(MOST_FAILURES.account);
    const away = { method: 'POST', headers: json, body: `\uFEFF{"provider":"x","callbackURL":"https://evil.example"}` };
    expect((await rawRequest(`${host.url}/api/auth/sign-in/social`, away)).status).toBe(400);
  });

  test('does not tell whether there is such a person', async () => {
    const [known, unknown] = [await signIn(host.operator.email, 'fel'), await signIn('ingen@example.org', 'fel')];
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
  });

  test('from one address ends after a hundred, over whichever accounts; both begin anew after ten minutes', () => {
    const limiter = new SignInLimiter();
    for (let i = 0; i < MOST_FAILURES.address; i++) expect(limiter.begin(`${i}@x`, '10.0.0.1', 1_000).wait).toBe(0);
    expect(limiter.begin('another@x', '10.0.0.1', 1_000).wait).toBe(600);
    expect(limiter.begin('another@x', '10.0.0.2', 1_000).wait).toBe(0);
    expect(limiter.begin('another@x', '10.0.0.1', 600_999).wait).toBe(1);
    expect(limiter.begin('another@x', '10.0.0.1', 601_000).wait).toBe(0);
  });

  test('who signs in is no guesser: a hundred people of one office come in', () => {
    const limiter = new SignInLimiter();
    for (let i = 0; i < 1_000; i++) {
      const attempt = limiter.begin(`${i}@x`, '10.0.0.1', i);
      expect(attempt.wait).toBe(0);
      attempt.succeeded();
    }
  });
});

describe('a refused sign-in is in the audit trail', () => {
  const entries = async (target: string) => {
    const all = await host.operator.api.system.audit.query({ target, area: 'session', limit: 200 });
    return all.map(({ actor, action, details }) => ({ actor, action, details })).toReversed();
  };

  test('each one of an account, the block once, and never what was typed', async () => {
    const { id, email } = await host.person('Eva Nekad');
    for (let i = 0; i < MOST_FAILURES.account + 5; i++) await signIn(email, `fel lösenord ${i}`);
    const refused = { actor: 'host', action: 'session.refused', details: {} };
    const blocked = { actor: 'host', action: 'session.blocked', details: {} };
    await expect
      .poll(async () => (await entries(id)).slice(1))
      .toEqual([...Array.from({ length: MOST_FAILURES.account }, () => refused), blocked]);
  });

  test('one of addresses that nobody has', async () => {
    for (let i = 0; i < 5; i++) await signIn(`mitt hemliga lösenord ${i}@x`, 'fel');
    await expect.poll(async () => (await entries('unknown')).length).toBe(1);
    const all = await host.operator.api.system.audit.query({ limit: 200 });
    expect(JSON.stringify(all)).not.toContain('mitt hemliga');
  });
});

test('a password that is easily guessed is refused with its reason', async () => {
  const { link } = await newLink('gissad');
  const cookie = (await welcome(link)).headers['set-cookie']!.map((line) => line.split(';')[0]).join('; ');
  const choose = (password: string) => post('/trpc/session.choosePassword', { password }, { cookie });
  const reasons: unknown[] = [];
  for (const password of ['aaaaaaaaaaaa', 'abcdefghijkl', 'Lösenord1234', 'gissad gissad 7', 'kort']) {
    const { status, text } = await choose(password);
    expect([password, status]).toEqual([password, 400]);
    reasons.push(JSON.parse(text).error.data.detail.reason ?? 'short');
  }
  expect(reasons).toEqual(['repeated', 'sequence', 'common', 'personal', 'short']);
  expect((await choose('tre små kanelbullar')).status).toBe(200);
});

test('nothing of the library is open but what is used', async () => {
  const closed = ['sign-up/email', 'update-user', 'change-email', 'delete-user', 'set-password', 'list-sessions'];
  const more = ['sign-in/magic-link', 'magic-link/verify', 'request-password-reset', 'reset-password', 'link-social'];
  for (const path of [...closed, ...more, 'get-session', 'ok', '..%2fsign-out']) {
    for (const method of ['GET', 'POST']) {
      const headers = { ...json, cookie: host.operator.cookie };
      const { status } = await rawRequest(`${host.url}/api/auth/${path}`, { method, headers });
      expect([path, method, status]).toEqual([path, method, 404]);
    }
  }
});

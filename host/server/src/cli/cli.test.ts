import { newId } from '@valfri/core';
import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, type RunningCommand, startCommand } from '../testing/child-host.ts';
import { clientOf, rawRequest } from '../testing/index.ts';

let data: string;
let url: string;
let database: TestDatabase;
let host: RunningCommand;
let api: ReturnType<typeof clientOf>;
const room = newId();

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'valfri-cli-'));
  database = await createTestDatabase();
  const port = await freePort();
  url = `http://localhost:${port}`;
  host = startCommand([
    'start',
    '--port',
    String(port),
    '--data',
    data,
    '--database-url',
    database.url,
    '--log',
    'file',
  ]);
  await host.until(/Ctrl-C stops it/);
  const token = /#([A-Za-z]{32})/.exec(host.out)![1];
  const headers = { 'content-type': 'application/json' };
  const welcome = await rawRequest(`${url}/api/welcome`, { method: 'POST', headers, body: JSON.stringify({ token }) });
  api = clientOf(url, welcome.headers['set-cookie']![0]!.split(';')[0]!);
  await api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
  for (const text of ['ett', 'två', 'tre']) await api.chat.sendMessage.mutate({ id: newId(), room, text });
}, 40_000);
afterAll(async () => {
  host.kill('SIGTERM');
  expect((await host.ended).code).toBe(0);
  await database[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
}, 40_000);

const run = (...args: string[]) => runCommand([...args, '--data', data]);
const json = async <T>(...args: string[]): Promise<T> => {
  const { code, out, err } = await run(...args, '--json');
  expect([args, code, err]).toEqual([args, 0, '']);
  return JSON.parse(out) as T;
};

test('start says where it runs, and how the first operator signs in, once', () => {
  expect(host.out).toMatch(
    new RegExp(`Provmyndigheten runs at ${url}\n  Sign in as the operator, once.*:\n\n    ${url}/welcome#`),
  );
});

test('check finds the composition in order, for people and for scripts', async () => {
  const { code, out } = await runCommand(['check']);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/chat-stored +0\.1\.0 +chat 0\n.*Everything is in order\.\n$/s),
  ]);
  const asJson = await runCommand(['check', '--json']);
  expect(JSON.parse(asJson.out)).toMatchObject({ plugins: [{ id: 'chat-stored' }, { id: 'chat-memory' }], faults: [] });
});

test('check of one that is not in order ends with 1 and the remedy, for people and for scripts', async () => {
  const faulty = { CHAT: 'nobody' };
  const { code, out } = await runCommand(['check'], faulty);
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/✗ VF_ERR_INSTANCE_UNKNOWN: .*"nobody".*Declare the instance.*\n1 to mend\.\n$/s),
  ]);
  const asJson = await runCommand(['check', '--json'], faulty);
  expect([asJson.code, JSON.parse(asJson.out).faults]).toEqual([
    1,
    [expect.stringContaining('VF_ERR_INSTANCE_UNKNOWN')],
  ]);
  const started = await runCommand(['start', '--data', data], faulty);
  expect([started.code, started.err]).toEqual([
    1,
    expect.stringMatching(/^valfri: VF_ERR_INSTANCE_UNKNOWN: [^\n]*\n$/),
  ]);
});

test('providers says who serves what, and who could', async () => {
  const { code, out } = await run('providers');
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^chat\n● {2}stored .*well.*\n○ {2}second .*well.*\n○ {2}memory .*well/),
  ]);
  const [chat] = await json<{ id: string; instances: { id: string }[]; bindings: object[] }[]>('providers');
  expect(chat).toMatchObject({ id: 'chat', instances: [{ id: 'stored' }, { id: 'second' }, { id: 'memory' }] });
  expect(chat!.bindings).toMatchObject([{ instance: 'stored', scope: { kind: 'default' } }]);
});

test('a function is moved and moved back, with what was written since: plan, apply, status, rollback', async () => {
  interface Swap {
    readonly id: string;
    readonly state: string;
    readonly from: string;
    readonly to: string;
    readonly plan: {
      readonly records: readonly { readonly type: string; readonly count: number; readonly fate: string }[];
    };
    readonly verification?: readonly { readonly equal: boolean }[];
  }
  const readable = await run('swap', 'plan', 'chat', '--to', 'second');
  expect(readable).toMatchObject({ code: 0, err: '' });
  expect(readable.out).toMatch(
    /^Plan \S+: stored → second\n.*message +3 +moves.*Nothing would be lost\. "swap apply" begins\./s,
  );
  const planned = await json<Swap>('swap', 'plan', 'chat', '--to', 'second');
  expect(planned).toMatchObject({ state: 'planned', from: 'stored', to: 'second' });
  const applied = await json<Swap>('swap', 'apply', planned.id);
  expect(applied).toMatchObject({ id: planned.id, state: 'observing' });
  expect(applied.verification!.every(({ equal }) => equal)).toBe(true);
  expect((await json<Swap>('swap', 'status')).id).toBe(planned.id);
  expect((await run('swap', 'status')).out).toMatch(
    /stored → second: observing\nWrites waited \d+ ms\..*message +3 +3 +equal.*way back until/s,
  );
  await api.chat.sendMessage.mutate({ id: newId(), room, text: 'fyra' });
  const idle = await json<Swap>('swap', 'plan', 'chat', '--to', 'memory');
  expect(await json<Swap>('swap', 'rollback')).toMatchObject({ id: planned.id, state: 'rolledBack' });
  expect((await run('swap', 'rollback')).err).toMatch(/^valfri: There is no move to roll back\./);
  expect((await run('swap', 'rollback', idle.id)).out).toMatch(/^This was a plan only: nothing had happened/);
  const { messages } = await api.chat.history.query({ room });
  expect(messages.map(({ text }) => text)).toEqual(['ett', 'två', 'tre', 'fyra']);
  const [chat] = await json<{ bindings: object[] }[]>('providers');
  expect(chat!.bindings).toMatchObject([{ instance: 'stored' }]);
}, 60_000);

test('backup of a host that runs, and the audit trail', async () => {
  const folder = join(data, 'backup');
  const { rows } = await json<{ rows: number }>('backup', folder, '--database-url', database.url);
  expect(rows).toBeGreaterThan(10);
  expect((await run('audit-verify')).out).toMatch(/^All \d+ entries are as they were written\.\n$/);
  const again = await run('backup', folder, '--database-url', database.url);
  expect(again).toMatchObject({ code: 1, err: `valfri: ${folder} holds a backup already. Name a new folder.\n` });
});

test('a link for who cannot sign in, from the machine itself', async () => {
  const { code, out } = await run('sign-in-link', 'operator@valfri.invalid');
  expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^${url}/welcome#[A-Za-z]{32}\n$`))]);
});

describe('what is wrong on the command line is said in one sentence, with the remedy and without a stack', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown flag',
      ['start', '--prot', '1'],
      /unknown option '--prot'\n\(Did you mean --port\?\)\n\nUsage: valfri start/,
    ],
    ['an unknown command', ['swop'], /too many arguments|unknown command 'swop'/],
    ['a missing argument', ['sign-in-link'], /missing required argument 'email'\n\nUsage: valfri sign-in-link/],
    ['a missing flag', ['swap', 'plan', 'chat'], /required option '--to <instance>' not specified/],
    ['a port that is none', ['start', '--port', 'x'], /^valfri: --port .*\(given: "x"\)\.$/],
    ['a port that is too high', ['start', '--port', '70000'], /^valfri: --port .*\(given: "70000"\)\.$/],
    ['a URL that is none', ['start', '--public-url', 'x'], /^valfri: --public-url is not a URL.*\(given: "x"\)\.$/],
    ['a log that is none', ['start', '--log', 'x'], /^valfri: --log .*"file"\|"stdout".*\(given: "x"\)\.$/],
    [
      'no host',
      ['providers', '--data', '/nowhere'],
      /^valfri: No host runs with \/nowhere\. Start it with "npm start", or name its folder with --data\.$/,
    ],
    [
      'an unknown contract',
      ['contract', 'chatt'],
      /^valfri: There is no contract "chatt"\. There is: chat, documents, office\.$/,
    ],
    [
      'a move to itself',
      ['swap', 'plan', 'chat', '--to', 'stored', '--data', 'DATA'],
      /^valfri: "stored" serves chat already\. \(INVALID: .*\)$/,
    ],
    [
      'a move to nobody',
      ['swap', 'plan', 'chat', '--to', 'x', '--data', 'DATA'],
      /^valfri: "x" does not run\. Look at the providers\. \(NOT_FOUND: .*\)$/,
    ],
    [
      'a move of nothing',
      ['swap', 'plan', 'x', '--to', 'second', '--data', 'DATA'],
      /^valfri: VF_ERR_CAPABILITY_UNKNOWN: .*one of chat/,
    ],
    [
      'a move that is not there',
      ['swap', 'status', newId(), '--data', 'DATA'],
      /^valfri: There is no such move\. \(NOT_FOUND: .*\)$/,
    ],
    [
      'no backup',
      ['restore', '/nowhere', '--data', 'DATA'],
      /^valfri: \/nowhere holds no backup: manifest\.json is missing\.$/,
    ],
    [
      'nothing to back up',
      ['backup', '/nowhere/b', '--data', '/nowhere'],
      /^valfri: There is nothing to back up in \/nowhere\. Name the host's folder with --data\.$/,
    ],
    ['a link for nobody', ['sign-in-link', 'x', '--data', 'DATA'], /^valfri: email: /],
  ];
  test.concurrent.each(cases)('%s', async (_, args, due) => {
    const { code, out, err } = await runCommand(args.map((arg) => (arg === 'DATA' ? data : arg)));
    expect([code, out]).toEqual([1, '']);
    expect(err.trim()).toMatch(due);
    expect(err).not.toMatch(/\n {4}at /);
  });
});

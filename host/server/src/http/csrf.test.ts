import { chat } from '@valfri/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppRouter } from '../router/app-router.ts';
import {
  createTestWorkspace,
  memoryWorkspace,
  type RawAnswer,
  rawRequest,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';

let host: TestWorkspace;
let ann: TestPerson;
let own: string;

beforeAll(async () => {
  host = await createTestWorkspace({ workspace: memoryWorkspace });
  ann = await host.person('Anna Ek');
  own = host.url;
});
afterAll(() => host[Symbol.asyncDispose]());

const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'text/plain',
  undefined,
];
const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'same-origin, cross-site'];
const origins = () => {
  const { hostname, port } = new URL(own);
  const siblings = [`http://plugin.${hostname}:${port}`, `http://${hostname}:1`, `https://${hostname}:${port}`];
  return [undefined, own, 'null', 'https://evil.example', `${own}.evil.example`, ...siblings];
};

interface Cell {
  readonly method: string;
  readonly type: string | undefined;
  readonly origin: string | undefined;
  readonly site: string | undefined;
}

function* cells(): Generator<Cell> {
  for (const method of methods)
    for (const type of types)
      for (const origin of origins()) for (const site of sites) yield { method, type, origin, site };
}

/** The one kind of request that may change anything: from a page of ours, or from what is no browser; as JSON, by POST. */
function mayChange({ method, type, origin, site }: Cell): boolean {
  const fromUs = (origin === undefined || origin === own) && (site === undefined || site === 'same-origin');
  return method === 'POST' && (type?.startsWith('application/json') ?? false) && fromUs;
}

function send(path: string, body: string, { method, type, origin, site }: Cell): Promise<RawAnswer> {
  const headers = {
    cookie: ann.cookie,
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(origin === undefined ? {} : { origin }),
    ...(site === undefined ? {} : { 'sec-fetch-site': site }),
  };
  return rawRequest(`${own}${path}`, { method, headers, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) });
}

const renames = async () =>
  (await host.services((services) => services.audit.read({ limit: 2_000 }))).filter(
    ({ action, target }) => action === 'person.renamed' && target === ann.id,
  ).length;

test('a request changes something only as JSON, by POST, and from here: every cell of the matrix', async () => {
  const wrong: object[] = [];
  let [due, sent] = [await renames(), 0];
  const input = encodeURIComponent('{"name":"Anna Ek"}');
  for (const cell of cells()) {
    const path = cell.method === 'GET' || cell.method === 'HEAD' ? `?input=${input}` : '';
    const { status } = await send(`/trpc/session.rename${path}`, '{"name":"Anna Ek"}', cell);
    sent += 1;
    if (mayChange(cell)) due += 1;
    if ((status === 200) !== mayChange(cell)) wrong.push({ ...cell, status });
  }
  expect(wrong).toEqual([]);
  expect(sent).toBe(methods.length * types.length * origins().length * sites.length);
  expect(await renames()).toBe(due);
});

describe('no procedure is reached from elsewhere', () => {
  const { procedures } = createAppRouter([chat])._def as unknown as { procedures: Record<string, unknown> };
  test.each(Object.keys(procedures))('%s', async (path) => {
    const elsewhere: Partial<Cell>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { site: 'cross-site' },
      { site: 'same-site' },
      { site: 'none' },
      { origin: own, site: 'cross-site' },
    ];
    for (const from of elsewhere) {
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
        const { status, text } = await send(`/trpc/${path}`, '{}', { method: 'POST', type, ...from } as Cell);
        expect([path, from, status]).toEqual([path, from, 403]);
        expect(JSON.parse(text).error.data).toMatchObject({ code: 'FORBIDDEN', detail: { code: 'DENIED' } });
      }
      const { status } = await send(`/trpc/${path}?batch=1`, '', { method: 'GET', ...from } as Cell);
      expect([path, from, status]).toEqual([path, from, 403]);
    }
  });
});

test('nobody is signed in or out from elsewhere', async () => {
  const { link } = await host.operator.api.people.link.mutate({ id: ann.id });
  const password = JSON.stringify({ email: ann.email, password: ann.password });
  const bodies: Record<string, string> = {
    '/api/welcome': JSON.stringify({ token: link.split('#')[1] }),
    '/api/auth/sign-out': '{}',
    '/api/auth/sign-in/email': password,
  };
  for (const cell of cells()) {
    if (cell.method !== 'POST' || mayChange(cell)) continue;
    for (const [path, body] of Object.entries(bodies)) {
      const { status, headers } = await send(path, body, cell);
      expect([path, cell, status, headers['set-cookie']]).toEqual([path, cell, 403, undefined]);
    }
  }
  expect((await ann.api.session.info.query()).signedIn?.id).toBe(ann.id);
});

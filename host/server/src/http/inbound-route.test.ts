import { definePlugin } from '@valfri/sdk';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SESSION_COOKIE } from '../accounts/accounts.ts';
import { createTestWorkspace, memoryWorkspace, rawRequest, type TestWorkspace } from '../testing/index.ts';

const { manifest, server } = memoryChatPlugin();
let asked: Request[] = [];
let answer: (request: Request) => Promise<Response>;
const hooked = definePlugin({
  manifest: { ...manifest, network: { outbound: [], inbound: [{ path: '/hook', summary: 'A server that knows us' }] } },
  server: {
    async start(context) {
      const running = await server.start(context as never);
      const inbound = (request: Request) => {
        asked.push(request);
        return answer(request);
      };
      return { ...running, inbound };
    },
  },
});

let host: TestWorkspace;
beforeAll(async () => {
  const workspace = { ...memoryWorkspace, plugins: [hooked] };
  host = await createTestWorkspace({ workspace, patience: { inbound: 300 } });
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => {
  asked = [];
  answer = async () => new Response('ok');
});
const call = (path: string, headers: Record<string, string> = {}) => rawRequest(`${host.url}${path}`, { headers });

test('a provider is told what its server sent, and not who is signed in here', async () => {
  const { cookie } = host.operator;
  const { status } = await call('/plugins/memory/hook/x?y=1', { cookie, authorization: 'Bearer theirs', 'x-y': 'z' });
  expect(status).toBe(200);
  const [{ headers, url }] = asked as [Request];
  expect([new URL(url).pathname, new URL(url).search]).toEqual(['/hook/x', '?y=1']);
  expect([headers.get('authorization'), headers.get('x-y'), headers.get('cookie')]).toEqual([
    'Bearer theirs',
    'z',
    null,
  ]);
});

test('what it answers runs as nobody here, and changes nothing of ours', async () => {
  answer = async () =>
    new Response('<script src="/plugins/memory/hook/evil.js"></script>', {
      status: 201,
      headers: [
        ['content-type', 'text/html'],
        ['content-security-policy', `script-src *`],
        ['x-frame-options', 'ALLOWALL'],
        ['set-cookie', `${SESSION_COOKIE}=${'a'.repeat(32)}.x; Path=/; Secure`],
        ['transfer-encoding', 'chunked'],
        ['x-theirs', '1'],
      ],
    });
  const { status, headers, text } = await call('/plugins/memory/hook');
  expect([status, headers['content-type'], headers['x-theirs']]).toEqual([201, 'text/html', '1']);
  expect(text).toContain('evil.js');
  expect(headers['content-security-policy']).toBe(`sandbox; default-src 'none'; frame-ancestors 'none'`);
  expect([headers['x-frame-options'], headers['set-cookie']]).toEqual(['DENY', undefined]);
});

test('one that hangs, throws or answers nothing is given up on', async () => {
  answer = () => new Promise<never>(() => undefined);
  expect((await call('/plugins/memory/hook')).status).toBe(504);
  for (const wrong of [
    () => Promise.reject(new Error('no')),
    async () => undefined as never,
    () => {
      throw new Error('at once');
    },
  ]) {
    answer = wrong;
    expect((await call('/plugins/memory/hook')).status).toBe(502);
  }
});

test('only what it declares is its, however it is spelt', async () => {
  expect((await call('/plugins/%6Demory/hook')).status).toBe(200);
  expect(new URL(asked[0]!.url).pathname).toBe('/hook');
  for (const path of ['/hooked', '/', '/other', '/hook/../other', '/other?/hook', '//hook'])
    expect([path, (await call(`/plugins/memory${path}`)).status]).toEqual([path, 404]);
});

test('a body that is too large is refused with the limit that holds there', async () => {
  const given = { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.alloc((16 << 20) + 1) };
  const { status, text } = await rawRequest(`${host.url}/plugins/memory/hook`, given);
  expect([status, JSON.parse(text)]).toEqual([413, { message: 'The request is too large: at most 16 MiB.' }]);
  expect(asked).toEqual([]);
});

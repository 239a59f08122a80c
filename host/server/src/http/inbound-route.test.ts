import { definePlugin } from '@valfri/sdk';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { request as requestHttp } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SESSION_COOKIE } from '../accounts/accounts.ts';
import { createTestWorkspace, memoryWorkspace, rawRequest, type TestWorkspace } from '../testing/index.ts';

const { manifest, server } = memoryChatPlugin();
let asked: Request[] = [];
let answer: (request: Request) => Promise<Response>;
const summary = 'A server that knows us';
const hooked = definePlugin({
  manifest: { ...manifest, network: { outbound: [], inbound: [{ path: '/hook', summary }] } },
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

const wide = definePlugin({
  ...hooked,
  manifest: { ...manifest, id: 'wide', network: { inbound: [{ path: '/wide', summary, largest: 512 }] } },
} as never);

let host: TestWorkspace;
beforeAll(async () => {
  const instances = [...memoryWorkspace.instances, { id: 'large', plugin: 'wide' }];
  const workspace = { ...memoryWorkspace, plugins: [hooked, wide], instances };
  host = await createTestWorkspace({ workspace, patience: { inbound: 1_000 } });
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

describe('bodies are handed on as they come', () => {
  const SIZE = 100 << 20;
  const piece = Buffer.alloc(1 << 20, 7);
  const large = '/plugins/large/wide';

  /** How much has left so far. */
  let left = 0;
  function* pieces(size: number) {
    left = 0;
    for (; left < size; left += Math.min(piece.length, size - left))
      yield size - left < piece.length ? piece.subarray(0, size - left) : piece;
  }
  /** Sends a body of some size, as fast as it is taken. */
  const put = (size: number, path: string = large) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = requestHttp(`${host.url}${path}`, { method: 'POST' }, (answered) => {
        let text = '';
        answered.on('data', (bytes) => (text += String(bytes)));
        answered.on('end', () => resolve({ status: answered.statusCode!, text }));
        answered.on('error', reject);
      });
      outgoing.on('error', reject);
      pipeline(Readable.from(pieces(size)), outgoing).catch(() => undefined);
    });
  /** Settles when nothing more leaves: whoever is to take it does not. */
  async function stuck(): Promise<void> {
    const seen: number[] = [];
    await expect
      .poll(() => (seen.push(left), left > 0 && seen.slice(-6).every((at) => at === left) && seen.length > 6))
      .toBe(true);
  }

  test('100 MB in, and 100 MB out: what nobody has taken yet is not taken in', async () => {
    let goOn = () => undefined as void;
    const gate = () => new Promise<void>((resolve) => (goOn = resolve));
    answer = async (request) => {
      let size = 0;
      for await (const bytes of request.body as unknown as AsyncIterable<Uint8Array>) {
        if (size === 0) await gate();
        size += bytes.length;
      }
      return new Response(String(size));
    };
    const sent = put(SIZE);
    await stuck();
    expect(left).toBeLessThan(SIZE / 4);
    goOn();
    expect(await sent).toEqual({ status: 200, text: String(SIZE) });

    answer = async () => new Response(ReadableStream.from(pieces(SIZE)));
    const { body } = await fetch(`${host.url}${large}`);
    await stuck();
    expect(left).toBeLessThan(SIZE / 4);
    let size = 0;
    for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) size += bytes.length;
    expect(size).toBe(SIZE);
  }, 60_000);

  test('one that says nothing of its size is stopped at the limit, whatever the provider makes of it', async () => {
    answer = async (request) => new Response(String((await request.arrayBuffer()).byteLength));
    expect(await put(16 << 20, '/plugins/memory/hook')).toEqual({ status: 200, text: String(16 << 20) });
    const refused = { status: 413, text: '{"message":"The request is too large: at most 16 MiB."}' };
    expect(await put((16 << 20) + 1, '/plugins/memory/hook').catch((error: Error) => error.message)).toEqual(refused);
    answer = async (request) =>
      request.arrayBuffer().then(
        () => new Response('all'),
        () => new Response('a part'),
      );
    expect(await put((16 << 20) + 1, '/plugins/memory/hook').catch((error: Error) => error.message)).toEqual(refused);
  });

  test('one that is read slowly is waited for; one that nobody reads is not', async () => {
    answer = async (request) => {
      for await (const _ of request.body as unknown as AsyncIterable<Uint8Array>)
        await new Promise((resolve) => setTimeout(resolve, 6));
      return new Response('read');
    };
    const began = Date.now();
    expect(await put(16 << 20)).toEqual({ status: 200, text: 'read' });
    expect(Date.now() - began).toBeGreaterThan(1_000);
    answer = () => new Promise<never>(() => undefined);
    expect((await put(8 << 20)).status).toBe(504);
  });
});

import type { Manifest } from '@valfri/sdk';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isPrivate } from './addresses.ts';
import type { StallLimits } from './brokered-fetch.ts';
import { allowedOrigins, createFetch, type Resolver } from './egress.ts';

/** Ends a connection in the middle of an answer. */
const cut =
  ({ socket }: IncomingMessage) =>
  () =>
    void socket.destroy();

/** Pieces of 1 MiB. */
async function* filled(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(1 << 20).fill(i);
}

/** Answers with ten bytes, one every 50 milliseconds. */
function slowly(reply: ServerResponse, done: () => void): void {
  let sent = 0;
  const timer = setInterval(() => {
    reply.write('a');
    if (++sent < 10) return;
    clearInterval(timer);
    reply.end(done);
  }, 50);
}

/** Answers that are over. */
let endings = 0;
const ended = () => void endings++;

/** A server that nobody without leave may reach. */
let inside: Server;
let port: number;
let hits: string[] = [];

beforeAll(async () => {
  inside = createServer((request, reply) => {
    hits.push(`${request.method} ${request.url}`);
    if (request.url === '/away')
      return reply.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end('moved');
    if (request.url === '/zip') return reply.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packad å'));
    if (request.url === '/never') return undefined;
    if (request.url === '/999') return reply.writeHead(999, 'Request denied').end('no');
    if (request.url === '/cut') return void reply.writeHead(200, { 'content-length': 100 }).write('a', cut(request));
    if (request.url === '/stalls') return void reply.writeHead(200, { 'content-length': 100 }).write('a');
    if (request.url === '/slow') return void slowly(reply.writeHead(200), ended);
    if (request.url === '/much') return void Readable.from(filled(32)).pipe(reply.writeHead(200)).on('close', ended);
    if (request.url === '/nothing') return reply.writeHead(204).end();
    return void request.pipe(reply.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-method': request.method }));
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  port = (inside.address() as AddressInfo).port;
});
afterAll(() => {
  inside.closeAllConnections();
  inside.close();
});
beforeEach(() => (hits = []));

type Outbound = Manifest['network']['outbound'];
const fetchWith = (outbound: Outbound, settings: object = {}, resolver?: Resolver, limits?: StallLimits) => {
  const manifest = { network: { outbound, inbound: [] } } as unknown as Manifest;
  return createFetch('probe', allowedOrigins(manifest, settings as never), resolver, limits);
};
const always =
  (address: string): Resolver =>
  (_, done) =>
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);

test('no spelling of an address reaches what was not named', async () => {
  const spellings = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '127.0.0.1.',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0',
    '0',
    'localhost',
    'LOCALHOST',
    'localhost.',
    '①②⑦.0.0.1',
    'allowed.example@127.0.0.1',
    '127.0.0.1\\@allowed.example',
    '169.254.169.254',
  ];
  const fetch = fetchWith(['https://allowed.example', `http://allowed.example:${port}`], {}, always('127.0.0.1'));
  for (const host of spellings) {
    const attempt = async () => fetch(`http://${host}:${port}/secret`);
    await expect(attempt(), host).rejects.toMatchObject({ code: 'VF_ERR_EGRESS' });
  }
  for (const url of ['file:///etc/passwd', 'data:,x', 'gopher://x', 'allowed.example', '', '//allowed.example'])
    await expect((async () => fetch(url))(), url).rejects.toMatchObject({ code: 'VF_ERR_EGRESS' });
  expect(hits).toEqual([]);
});

describe('a name in a manifest', () => {
  const addresses = [
    '::ffff:169.254.169.254',
    '127.0.0.1',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    'fd00::1',
    'fe80::1',
    'ff02::1',
  ];
  test.each(addresses)('that leads to %s is not called', async (address) => {
    expect(isPrivate(address)).toBe(true);
    const fetch = fetchWith([`http://name.example:${port}`], {}, always(address));
    await expect(fetch(`http://name.example:${port}/secret`)).rejects.toThrow(/VF_ERR_EGRESS.*name\.example.*setting/);
    expect(hits).toEqual([]);
  });

  test('that leads to the internet once and inside the next time is judged each time', async () => {
    const turns = ['93.184.215.14', '127.0.0.1'];
    const looked: string[] = [];
    const rebinding: Resolver = (_, done) => {
      looked.push(turns.at(0)!);
      done(null, [{ address: turns.length > 1 ? turns.shift()! : turns[0]!, family: 4 }]);
    };
    const fetch = fetchWith([`http://name.example:${port}`], {}, rebinding);
    const signal = AbortSignal.timeout(300);
    for (let i = 0; i < 2; i++) await expect(fetch(`http://name.example:${port}/secret`, { signal })).rejects.toThrow();
    expect(looked).toEqual(['93.184.215.14', '127.0.0.1']);
    expect(hits).toEqual([]);
  });

  test('is no public address where it is none', () => {
    for (const address of ['93.184.215.14', '172.32.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])
      expect([address, isPrivate(address)]).toEqual([address, false]);
  });
});

describe('what the operator entered', () => {
  test('may lead to their own network, and to nothing else', async () => {
    const fetch = fetchWith([{ setting: 'url' }], { url: `http://chat.internal:${port}/base` }, always('127.0.0.1'));
    expect((await fetch(`http://chat.internal:${port}/x`)).status).toBe(200);
    await expect((async () => fetch(`http://chat.internal:1/x`))()).rejects.toThrow(/VF_ERR_EGRESS/);
    await expect((async () => fetch(`https://chat.internal:${port}/x`))()).rejects.toThrow(/VF_ERR_EGRESS/);
    expect(hits).toEqual(['GET /x']);
  });

  test('does not lead by name to the machine’s own link, where clouds keep its secrets', async () => {
    const fetch = fetchWith([{ setting: 'url' }], { url: 'http://chat.internal' }, always('169.254.169.254'));
    await expect(fetch('http://chat.internal/latest/meta-data')).rejects.toMatchObject({ code: 'VF_ERR_EGRESS' });
  });

  test.each([undefined, '', 'no url', 5])('is nowhere where it is %j', async (url) => {
    const fetch = fetchWith([{ setting: 'url' }], { url });
    await expect((async () => fetch('http://chat.internal/x'))()).rejects.toThrow(/none at all/);
  });
});

describe('as the platform’s fetch', () => {
  const call = (path: string, init?: RequestInit) =>
    fetchWith([`http://127.0.0.1:${port}`])(`http://127.0.0.1:${port}${path}`, init);

  test('bodies, headers and several cookies come and go', async () => {
    for (const body of [
      'å text',
      new TextEncoder().encode('bytes'),
      new URLSearchParams({ a: 'b' }),
      new Blob(['blob']),
    ]) {
      const answer = await call('/echo', { method: 'POST', body: body as string });
      expect([answer.status, answer.headers.get('x-method')]).toEqual([200, 'POST']);
      expect(await answer.text()).toBe(await new Response(body as string).text());
      expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    }
  });

  test('what is packed is unpacked; what has no body has none', async () => {
    expect(await (await call('/zip')).text()).toBe('packad å');
    const nothing = await call('/nothing');
    expect([nothing.status, nothing.body]).toEqual([204, null]);
  });

  test('a redirect is an answer, and is not followed', async () => {
    const answer = await call('/away', { redirect: 'follow' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `http://127.0.0.1:${port}/secret`]);
    expect(hits).toEqual(['GET /away']);
  });

  test('who waits no longer is let go', async () => {
    const waits = new AbortController();
    const pending = call('/never', { signal: waits.signal });
    await expect.poll(() => hits).toEqual(['GET /never']);
    waits.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('an answer that is none is an error, not a crash', async () => {
    await expect(call('/999')).rejects.toThrow(/answered with something that is no answer.*999/);
    await expect((await call('/cut')).text()).rejects.toThrow();
    expect((await call('/echo')).status).toBe(200);
  });

  test('what moves may take any time; where nothing moves it is given up', async () => {
    const limits = { server: 200, reader: 600_000 };
    const impatient = fetchWith([`http://127.0.0.1:${port}`], {}, undefined, limits);
    const ask = (path: string, init?: RequestInit) => impatient(`http://127.0.0.1:${port}${path}`, init);
    const began = performance.now();
    expect(await (await ask('/slow')).text()).toBe('a'.repeat(10));
    expect(performance.now() - began).toBeGreaterThan(400);
    await expect(ask('/never')).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect((await ask('/stalls')).text()).rejects.toMatchObject({ name: 'TimeoutError' });
    // It never reads what it is sent.
    const body = Readable.toWeb(Readable.from(filled(64))) as never;
    await expect(ask('/never', { method: 'POST', body, duplex: 'half' } as RequestInit)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('streams go both ways, of a known length, with no more in memory than is under way', async () => {
    const body = Readable.toWeb(Readable.from(filled(32))) as never;
    const headers = { 'content-length': String(32 << 20) };
    const answer = await call('/echo', { method: 'PUT', body, headers, duplex: 'half' } as RequestInit);
    let sum = 0;
    let size = 0;
    for await (const piece of answer.body!) {
      size += piece.length;
      sum += piece.reduce((total: number, byte: number) => total + byte, 0);
    }
    expect([size, sum]).toEqual([32 << 20, (31 * 32 * (1 << 20)) / 2]);
  });

  test('an answer that nobody reads, or that is given up, holds no connection', async () => {
    const limits = { server: 600_000, reader: 100 };
    const impatient = fetchWith([`http://127.0.0.1:${port}`], {}, undefined, limits);
    const before = endings;
    const unread = await impatient(`http://127.0.0.1:${port}/much`);
    await expect.poll(() => endings).toBe(before + 1);
    await expect(unread.text()).rejects.toMatchObject({ name: 'TimeoutError' });
    await (await call('/much')).body!.cancel();
    await expect.poll(() => endings).toBe(before + 2);
  });

  test('a server that is not there is an error, not a crash', async () => {
    await expect(fetchWith(['http://127.0.0.1:9'])('http://127.0.0.1:9/')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

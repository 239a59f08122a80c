import { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBrokeredFetch } from './brokered-fetch.ts';

/** In milliseconds; pieces come and go in a third of it, and many of them. */
const PATIENCE = 300;
const PIECES = 8;

async function* slowly(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < PIECES; i++) {
    await after(PATIENCE / 3);
    yield new Uint8Array(1_000).fill(i);
  }
}

/** A server that reads and answers slowly, or stops in the middle, as it is asked. */
async function slowServer() {
  const server = createServer((request, reply) => {
    void (async () => {
      let length = 0;
      if (request.url === '/deaf') return;
      for await (const piece of request) length += (piece as Buffer).length;
      reply.setHeader('x-length', length);
      if (request.url === '/stops') return void reply.write('a');
      for await (const piece of slowly()) reply.write(piece);
      reply.end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => (server.closeAllConnections(), server.close());
  return { url, [Symbol.dispose]: close };
}

const fetch = createBrokeredFetch(lookup as never, PATIENCE);
const put = (url: string, body: AsyncIterable<Uint8Array>) =>
  new Request(url, { method: 'PUT', body: ReadableStream.from(body), duplex: 'half' } as RequestInit);

test('what takes long, and goes on, is waited for, both ways', async () => {
  using server = await slowServer();
  const began = performance.now();
  const answer = await fetch(put(`${server.url}/`, slowly()));
  expect(answer.headers.get('x-length')).toBe(String(PIECES * 1_000));
  expect((await answer.arrayBuffer()).byteLength).toBe(PIECES * 1_000);
  expect(performance.now() - began).toBeGreaterThan(PATIENCE * 2);
});

test('what stands still is given up, before it answers and in the middle', async () => {
  using server = await slowServer();
  await expect(fetch(new Request(`${server.url}/deaf`))).rejects.toMatchObject({ name: 'TimeoutError' });
  const answer = await fetch(new Request(`${server.url}/stops`));
  await expect(answer.text()).rejects.toThrow();
});

test('a body that breaks off breaks off the request', async () => {
  using server = await slowServer();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new RangeError('no more');
  }
  await expect(fetch(put(`${server.url}/`, broken()))).rejects.toThrow('no more');
});

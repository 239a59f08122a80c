import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { addArrival } from './arrival.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

/** Sends a byte every 40 ms, or nothing after the first. @returns the status, or why there is none. */
async function send(method: string, { bytes, every }: { bytes: number; every: number | undefined }) {
  app = fastify({ requestTimeout: 0 });
  addArrival(app, { whole: 300, still: 300, lookEvery: 20 });
  app.addContentTypeParser('*', (_, body, done) => done(null, body));
  app.route({
    method: ['PUT', 'POST'],
    url: '/',
    handler: async ({ body }) => {
      let size = 0;
      for await (const piece of body as AsyncIterable<Buffer>) size += piece.length;
      return { size };
    },
  });
  const url = await app.listen({ port: 0 });
  const headers = { 'content-length': String(bytes), 'content-type': 'text/x' };
  const outgoing = request(url, { method, headers });
  const answered = once(outgoing, 'response').then(
    ([{ statusCode }]) => statusCode as number,
    ({ code }: { code: string }) => code,
  );
  let sent = 0;
  const write = () => {
    if (sent < bytes && !outgoing.destroyed) outgoing.write('x');
    if ((sent += 1) === bytes) outgoing.end();
  };
  write();
  const timer = every === undefined ? undefined : setInterval(write, every);
  const answer = await answered;
  clearInterval(timer);
  outgoing.destroy();
  return answer;
}

test('a file takes any time as long as it moves, and is cut off where it stands still', async () => {
  expect(await send('PUT', { bytes: 20, every: 40 })).toBe(200);
  await app!.close();
  expect(await send('PUT', { bytes: 20, every: undefined })).toBe('ECONNRESET');
});

test('anything else is cut off after its time, whether it moves or not', async () => {
  expect(await send('POST', { bytes: 20, every: 40 })).toBe('ECONNRESET');
  await app!.close();
  expect(await send('POST', { bytes: 3, every: 10 })).toBe(200);
});

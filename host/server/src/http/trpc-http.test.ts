import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RawAnswer, type RawRequest, rawRequest } from '../testing/raw-request.ts';
import { answerTrpc } from './trpc-http.ts';

/** What the library's own adapters are tested for, asked of our handler. */
const calls: string[] = [];
const aborted: string[] = [];
const t = initTRPC.context<{ user: string }>().create({
  isDev: false,
  errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, stack: undefined } }),
});
const counted = t.procedure.use(({ path, next }) => {
  calls.push(path);
  return next();
});
const router = t.router({
  ping: counted.query(() => 'pong'),
  hello: counted
    .input(z.object({ who: z.string().nullish() }).nullish())
    .query(({ input, ctx }) => ({ text: `hello ${input?.who ?? ctx.user}` })),
  place: counted.input(z.string()).query(({ input, batchIndex }) => ({ input, batchIndex })),
  echo: counted.input(z.string()).query(({ input }) => input),
  nothing: counted.query(() => undefined),
  edit: counted.input(z.object({ id: z.string() })).mutation(({ input }) => ({ edited: input.id })),
  mut: counted.mutation(() => 'changed'),
  fails: counted.query(() => {
    throw new Error('SELECT * FROM secrets -- /etc/shadow');
  }),
  refuses: counted.query(() => {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'No.' });
  }),
  toString: counted.query(() => 'a procedure of that name'),
  nested: t.router({ deep: t.router({ down: counted.query(() => 'here') }) }),
  slow: counted.query(
    ({ signal, path }) =>
      new Promise((_, reject) => {
        signal!.addEventListener('abort', () => {
          aborted.push(path);
          reject(new Error('aborted'));
        });
      }),
  ),
  stream: t.procedure.subscription(async function* () {
    yield 1;
  }),
});

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, reply) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://host');
    const gone = new AbortController();
    reply.once('close', () => reply.writableFinished || gone.abort());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const given = {
        method: request.method!,
        path: decodeURIComponent(pathname.slice('/trpc/'.length)),
        query: searchParams,
        contentType: request.headers['content-type'],
        body: Buffer.concat(chunks).toString(),
        signal: gone.signal,
      };
      const { status, body } = await answerTrpc(router, given, { user: 'anonymous' });
      reply.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`;
});
afterAll(() => void server.close());
beforeEach(() => void calls.splice(0));

const json = { 'content-type': 'application/json' };
const ask = (path: string, given: RawRequest = {}): Promise<RawAnswer> => rawRequest(`${url}/${path}`, given);
const post = (path: string, body: string, headers: Record<string, string> = json): Promise<RawAnswer> =>
  ask(path, { method: 'POST', headers, body });
const query = (input: unknown): string => encodeURIComponent(JSON.stringify(input));
const clients = {
  httpLink: () => createTRPCClient<typeof router>({ links: [httpLink({ url })] }),
  httpBatchLink: () => createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] }),
  'httpLink by POST': () => createTRPCClient<typeof router>({ links: [httpLink({ url, methodOverride: 'POST' })] }),
  'httpBatchLink by POST': () =>
    createTRPCClient<typeof router>({ links: [httpBatchLink({ url, methodOverride: 'POST' })] }),
};

async function failureOf(work: Promise<unknown>): Promise<{ code: string; httpStatus: number; message: string }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    return { ...(error.data as { code: string; httpStatus: number }), message: error.message };
  }
  throw new Error('it was to be refused, and was not');
}

describe.each(Object.entries(clients))('the library’s own client, %s', (_, create) => {
  test('asks with input, without, and with null', async () => {
    const client = create();
    expect(await client.hello.query({ who: 'test' })).toEqual({ text: 'hello test' });
    expect(await client.hello.query()).toEqual({ text: 'hello anonymous' });
    expect(await client.hello.query(null)).toEqual({ text: 'hello anonymous' });
    expect(await client.ping.query()).toBe('pong');
    expect(await client.nothing.query()).toBeUndefined();
  });

  test('asks nested procedures, and one with the name of a method of every object', async () => {
    const client = create();
    expect(await client.nested.deep.down.query()).toBe('here');
    expect(await (client as unknown as { toString: { query(): Promise<string> } }).toString.query()).toBe(
      'a procedure of that name',
    );
  });

  test('changes things', async () => {
    const client = create();
    expect(await client.edit.mutate({ id: '42' })).toEqual({ edited: '42' });
    expect(await client.mut.mutate()).toBe('changed');
    expect(await Promise.all(['a', 'b'].map((id) => client.edit.mutate({ id })))).toEqual([
      { edited: 'a' },
      { edited: 'b' },
    ]);
  });

  test('is told what went wrong, each call for itself', async () => {
    const client = create();
    const [good, ...bad] = await Promise.all([
      client.echo.query('å'),
      failureOf(client.refuses.query()),
      failureOf(client.echo.query(1 as never)),
      failureOf((client as unknown as { nowhere: typeof client.ping }).nowhere.query()),
      failureOf(client.fails.query()),
    ]);
    expect(good).toBe('å');
    expect(bad.map(({ code, httpStatus }) => [code, httpStatus])).toEqual([
      ['FORBIDDEN', 403],
      ['BAD_REQUEST', 400],
      ['NOT_FOUND', 404],
      ['INTERNAL_SERVER_ERROR', 500],
    ]);
  });

  test('carries a body of several packets', async () => {
    const client = create();
    const long = 'A'.repeat(8_192);
    for (let i = 0; i < 4; i++) expect(await client.echo.query(long)).toBe(long);
  });
});

describe('a batch', () => {
  test('goes in one request, and each call knows its place', async () => {
    const client = clients.httpBatchLink();
    const places = await Promise.all(['first', 'second', 'third'].map((input) => client.place.query(input)));
    expect(places).toEqual([
      { input: 'first', batchIndex: 0 },
      { input: 'second', batchIndex: 1 },
      { input: 'third', batchIndex: 2 },
    ]);
  });

  test('answers 200 where all went well, the common status where all failed alike, 207 where they differ', async () => {
    expect((await ask('ping,ping?batch=1')).status).toBe(200);
    expect((await ask('refuses,refuses?batch=1')).status).toBe(403);
    const mixed = await ask('ping,refuses,nowhere?batch=1');
    expect(mixed.status).toBe(207);
    expect(JSON.parse(mixed.text)).toMatchObject([
      { result: { data: 'pong' } },
      { error: { data: { code: 'FORBIDDEN', httpStatus: 403, path: 'refuses' } } },
      { error: { data: { code: 'NOT_FOUND', httpStatus: 404, path: 'nowhere' } } },
    ]);
  });

  test('is the same with its comma written out', async () => {
    const [plain, written] = await Promise.all([
      ask('hello,ping?batch=1&input={}'),
      ask('hello%2Cping?batch=1&input={}'),
    ]);
    expect(written).toMatchObject({ status: 200, text: plain.text });
  });

  test('of twenty runs, of twenty-one does not, and nothing of it', async () => {
    const batch = (count: number) => `${Array.from({ length: count }, () => 'mut').join(',')}?batch=1`;
    expect((await post(batch(20), '{}')).status).toBe(200);
    expect(calls).toHaveLength(20);
    const refused = await post(batch(21), '{}');
    expect(refused.status).toBe(400);
    expect(calls).toHaveLength(20);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { data: { code: 'BAD_REQUEST' } } });
    const [client, wanted] = [clients.httpBatchLink(), Array.from({ length: 21 }, () => 0)];
    const failures = await Promise.all(wanted.map(() => failureOf(client.ping.query())));
    expect(new Set(failures.map(({ httpStatus }) => httpStatus))).toEqual(new Set([400]));
  });

  test.each(['5', '"x"', 'true', 'null'])('refuses the input %s, which is no object', async (input) => {
    const { status, text } = await ask(`ping?batch=1&input=${encodeURIComponent(input)}`);
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { data: { code: 'BAD_REQUEST' } } }]);
    expect(calls).toEqual([]);
  });

  test('of nothing is refused, not run', async () => {
    expect((await ask('?batch=1')).status).toBe(404);
    expect((await ask(',?batch=1')).status).toBe(404);
  });
});

describe('what does not fit the protocol', () => {
  test('an unknown path', async () => {
    for (const path of [
      'nowhere',
      'nested',
      'nested.deep',
      'nested.deep.up',
      '',
      'constructor',
      '__proto__',
      'ping/',
    ]) {
      const { status, text } = await ask(path);
      expect([path, status, JSON.parse(text).error.data.code]).toEqual([path, 404, 'NOT_FOUND']);
    }
  });

  test('a mutation by GET, a subscription, and methods that are neither GET nor POST', async () => {
    expect((await ask('mut')).status).toBe(405);
    expect((await ask('mut,ping?batch=1')).status).toBe(207);
    expect((await ask('stream')).status).toBe(405);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status } = await ask('mut', { method, headers: json });
      expect([method, status]).toEqual([method, 405]);
    }
    expect(calls).toEqual(['ping']);
  });

  test('HEAD is answered without a body, and runs nothing', async () => {
    expect(await ask('ping', { method: 'HEAD' })).toMatchObject({ status: 204, text: '' });
    expect(calls).toEqual([]);
  });

  test('what is not JSON', async () => {
    for (const answer of [
      await post('edit', '{"id":'),
      await ask('hello?input={'),
      await post('edit,mut?batch=1', ']['),
    ]) {
      expect([answer.status, JSON.parse(answer.text).error.data.code]).toEqual([400, 'PARSE_ERROR']);
    }
    expect(calls).toEqual([]);
  });

  test.each([
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'text/plain',
    'application/jsonp',
    'application/json-patch+json',
    'text/plain; application/json',
    '',
  ])('the content type "%s"', async (type) => {
    for (const path of ['mut', 'mut,mut?batch=1']) {
      const { status, text } = await post(path, '{}', type === '' ? {} : { 'content-type': type });
      expect([status, JSON.stringify(JSON.parse(text)).includes('UNSUPPORTED_MEDIA_TYPE')]).toEqual([415, true]);
    }
    expect(calls).toEqual([]);
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'but "%s" is JSON, with a body or without',
    async (type) => {
      expect((await post('mut', '', { 'content-type': type })).status).toBe(200);
      expect((await post('edit', '{"id":"1"}', { 'content-type': type })).status).toBe(200);
    },
  );

  test('an input that does not fit names the field', async () => {
    const { status, text } = await post('edit', '{"id":5}');
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { data: { code: 'BAD_REQUEST', path: 'edit' } } }]);
    expect((await ask(`echo?input=${query('gut')}`)).text).toBe('{"result":{"data":"gut"}}');
  });
});

test('a fault of ours says nothing of itself', async () => {
  const { status, text } = await ask('fails');
  expect(status).toBe(500);
  expect(text).not.toMatch(/SELECT|shadow|stack|\.ts/);
});

test('who no longer waits aborts the call', async () => {
  const gone = new AbortController();
  const pending = clients.httpLink().slow.query(undefined, { signal: gone.signal });
  pending.catch(() => undefined);
  await expect.poll(() => calls).toContain('slow');
  gone.abort();
  await expect(pending).rejects.toThrow();
  await expect.poll(() => aborted).toEqual(['slow']);
});

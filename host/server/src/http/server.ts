import fastifyStatic from '@fastify/static';
import type { AnyTRPCRouter } from '@trpc/server';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AUTH_PATH } from '../accounts/accounts.ts';
import { SignInLimiter } from '../accounts/sign-in-limiter.ts';
import type { HostConfig } from '../config/config.ts';
import type { LiveSocket } from '../live/live-socket.ts';
import type { Standing } from '../people/people.ts';
import type { RequestContext } from '../router/trpc.ts';
import type { HostServices } from '../services.ts';
import { compressed } from './compression.ts';
import { fromOurPages, isJson, type Provenance } from './gate.ts';
import { securityHeaders } from './headers.ts';
import { Page } from './page.ts';
import { answerTrpc, trpcFailure } from './trpc-http.ts';

/** Largest body of a request, in bytes: many times the longest message. */
const BODY_LIMIT = 1 << 20;
const TRPC = '/trpc/';
const LIVE = '/live';

/** What the server needs. */
export interface ServerOptions {
  readonly config: HostConfig;
  readonly services: HostServices;
  readonly router: AnyTRPCRouter;
  readonly live: LiveSocket;
  /** By which the command line shows that it may do everything. */
  readonly cliToken: string;
}

/** Serves the API, the live path, the plugins' inbound routes and the shell. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { config, services } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: config.trustProxy ? config.trustProxy.split(',').map((address) => address.trim()) : false,
    forceCloseConnections: true,
    ...(config.tlsCert ? { https: { cert: readFileSync(config.tlsCert), key: readFileSync(config.tlsKey!) } } : {}),
  }) as unknown as FastifyInstance;
  const secure = services.publicUrl.startsWith('https:');
  const headers = securityHeaders({ secure, publicUrl: services.publicUrl, pluginsDomain: config.pluginsDomain });
  app.addHook('onRequest', async (_, reply) => void reply.headers(headers));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
  addHealth(app, services);
  addTrpc(app, options);
  addAccounts(app, options);
  addInbound(app, services);
  addUpgrade(app, options);
  if (services.workspace.shell) await addShell(app, services, services.workspace.shell.directory);
  addErrors(app, options);
  return app;
}

function addHealth(app: FastifyInstance, { database, kernel, log }: HostServices): void {
  app.get('/healthz', async () => ({ ok: true }));
  app.get('/readyz', async (_, reply) => {
    try {
      await database.db.selectFrom('valfri.host_state').select('key').limit(1).execute();
    } catch (error) {
      log.warn('Not ready: the database does not answer.', { error });
      return reply.code(503).send({ ok: false, reason: 'The database does not answer.' });
    }
    const unserved = kernel.bindings.all.filter(({ instance }) => !kernel.instances.get(instance));
    const degraded = unserved.map(({ capability }) => capability);
    return { ok: true, ...(degraded.length > 0 ? { degraded } : {}) };
  });
}

function addTrpc(app: FastifyInstance, options: ServerOptions): void {
  const { services, router, cliToken } = options;
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.type('application/json').header('cache-control', 'no-store');
    const isCli = request.headers.authorization === `Bearer ${cliToken}`;
    if (!isCli && !fromOurPages(provenance(request), services.publicUrl)) {
      const refused = trpcFailure(router, 'FORBIDDEN', 'This request does not come from a page of this workspace.');
      return reply.code(refused.status).send(refused.body);
    }
    const ctx = await contextOf(request, services, isCli);
    const url = new URL(request.url, 'http://host');
    const aborted = new AbortController();
    reply.raw.once('close', () => reply.raw.writableFinished || aborted.abort());
    const answer = await answerTrpc(
      router,
      {
        method: request.method,
        path: decodeURIComponent(url.pathname.slice(TRPC.length)),
        query: url.searchParams,
        contentType: request.headers['content-type'],
        body: typeof request.body === 'string' ? request.body : '',
        signal: aborted.signal,
      },
      ctx,
    );
    return send(request, reply.code(answer.status), answer.body);
  };
  app.route({ method: ['GET', 'POST', 'HEAD'], url: `${TRPC}*`, handler });
}

async function contextOf(request: FastifyRequest, services: HostServices, isCli: boolean): Promise<RequestContext> {
  const headers = new Headers({ cookie: request.headers.cookie ?? '', 'x-valfri-address': request.ip });
  if (isCli) return { services, headers, actor: 'cli', standing: cliStanding(services.organisation) };
  const standing = await services.sessions.standingOf(request.headers.cookie);
  return { services, headers, standing, actor: standing?.id ?? 'nobody' };
}

/** The command line on the machine itself may do what an operator may. */
function cliStanding(organisation: string): Standing {
  return { id: '00000000-0000-8000-8000-000000000002', organisation, kind: 'member', operator: true, groups: [] };
}

function addAccounts(app: FastifyInstance, { services }: ServerOptions): void {
  const limiter = new SignInLimiter();
  app.route({
    method: ['GET', 'POST'],
    url: `${AUTH_PATH}/*`,
    handler: async (request, reply) => {
      const from = provenance(request);
      if (request.method !== 'GET' && !(fromOurPages(from, services.publicUrl) && isJson(from)))
        return reply.code(403).send({ message: 'This request does not come from a page of this workspace.' });
      const email = request.url.startsWith(`${AUTH_PATH}/sign-in/email`) ? emailIn(request.body) : undefined;
      const wait = email === undefined ? 0 : limiter.waitFor(email);
      if (wait > 0)
        return reply
          .code(429)
          .header('retry-after', wait)
          .send({ message: `Too many attempts. Try again in ${wait} seconds.` });
      const response = await services.accounts.handle(webRequest(request, services.publicUrl));
      if (email !== undefined) limiter.note(email, response.ok);
      return sendWeb(reply, response);
    },
  });
  app.post('/api/welcome', async (request, reply) => {
    const from = provenance(request);
    if (!fromOurPages(from, services.publicUrl) || !isJson(from))
      return reply.code(403).send({ message: 'Not from here.' });
    const token = tokenIn(request.body);
    const headers = new Headers({ 'x-valfri-address': request.ip });
    const response = token === undefined ? undefined : await services.accounts.redeem(token, headers);
    if (!response?.ok) return reply.code(410).send({ message: 'This link has been used, or is too old.' });
    return sendWeb(reply, response);
  });
}

function addInbound(app: FastifyInstance, { runtime, log, publicUrl }: HostServices): void {
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/plugins/:instance/*',
    bodyLimit: 16 << 20,
    handler: async (request, reply) => {
      const { instance } = request.params as { instance: string };
      const prefix = `/plugins/${instance}`;
      const inner = webRequest(request, publicUrl, request.url.slice(prefix.length));
      try {
        const response = await runtime.inbound(instance, inner);
        return response ? sendWeb(reply, response) : reply.code(404).send({ message: 'Nothing is here.' });
      } catch (error) {
        log.error('An inbound route failed.', { instance, error });
        return reply.code(502).send({ message: 'The provider failed.' });
      }
    },
  });
}

function addUpgrade(app: FastifyInstance, { services, live }: ServerOptions): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string) => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname !== LIVE) return refuse('404 Not Found');
    // A browser always says where a WebSocket is opened from, and sends our cookies along from anywhere.
    if (request.headers.origin !== services.publicUrl) return refuse('403 Forbidden');
    services.sessions.standingOf(request.headers.cookie).then(
      (standing) => (standing ? live.upgrade(request, socket, head, standing) : refuse('401 Unauthorized')),
      () => refuse('503 Service Unavailable'),
    );
  });
}

async function addShell(app: FastifyInstance, services: HostServices, directory: string): Promise<void> {
  const page = new Page(services, directory);
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
    wildcard: true,
  });
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const standing = await services.sessions.standingOf(request.headers.cookie);
    const { pathname } = new URL(request.url, 'http://host');
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    return send(request, reply, await page.render(pathname, standing));
  };
  for (const url of [
    '/',
    '/welcome',
    '/sign-in',
    '/chat',
    '/chat/*',
    '/settings',
    '/settings/*',
    '/operate',
    '/operate/*',
  ])
    app.get(url, handler);
}

function addErrors(app: FastifyInstance, { router, services }: ServerOptions): void {
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send({ message: 'Nothing is here.' }));
  app.setErrorHandler(async (error: { statusCode?: number; code?: string }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const refused = trpcFailure(
        router,
        'PAYLOAD_TOO_LARGE',
        `The request is too large: at most ${BODY_LIMIT >> 20} MiB.`,
      );
      return reply.code(413).type('application/json').send(refused.body);
    }
    if (error.statusCode && error.statusCode < 500)
      return reply.code(error.statusCode).send({ message: 'The request is malformed.' });
    services.log.error('A request failed.', { path: request.url.split('?')[0], error });
    return reply.code(500).send({ message: 'Something went wrong on our side.' });
  });
}

async function send(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  const { body, encoding } = await compressed(text, request.headers['accept-encoding']);
  if (encoding) reply.header('content-encoding', encoding).header('vary', 'accept-encoding');
  return reply.send(body);
}

function provenance({ method, headers }: FastifyRequest): Provenance {
  const secFetchSite = headers['sec-fetch-site'];
  return {
    method,
    secFetchSite: Array.isArray(secFetchSite) ? 'cross-site' : secFetchSite,
    origin: headers.origin,
    contentType: headers['content-type'],
  };
}

/** A request as the platform's `fetch` has it; who sent it is ours to say. */
function webRequest(request: FastifyRequest, publicUrl: string, path: string = request.url): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, String(value));
  headers.set('x-valfri-address', request.ip);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && typeof request.body === 'string';
  return new Request(new URL(path, publicUrl), {
    method: request.method,
    headers,
    ...(hasBody ? { body: request.body as string } : {}),
  });
}

async function sendWeb(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) reply.header('set-cookie', cookies);
  return reply.code(response.status).send(Buffer.from(await response.arrayBuffer()));
}

function emailIn(body: unknown): string | undefined {
  const email = jsonField(body, 'email');
  return email?.trim().toLowerCase().slice(0, 200);
}

function tokenIn(body: unknown): string | undefined {
  const token = jsonField(body, 'token');
  return token !== undefined && /^[A-Za-z]{32}$/.test(token) ? token : undefined;
}

function jsonField(body: unknown, name: string): string | undefined {
  try {
    const value = (JSON.parse(String(body)) as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

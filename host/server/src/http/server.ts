import type { AnyTRPCRouter } from '@trpc/server';
import fastify, { type FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError, type HostConfig } from '../config/config.ts';
import { addDav } from '../dav/dav-routes.ts';
import type { HostServices } from '../services.ts';
import { addAccounts } from './account-routes.ts';
import { addArrival } from './arrival.ts';
import { addContent } from './content-routes.ts';
import { securityHeaders } from './headers.ts';
import { addInbound } from './inbound-route.ts';
import { addLinks } from './link-routes.ts';
import { addPageHost, plainPageUrl } from './page-host.ts';
import { addShell } from './shell-routes.ts';
import { trpcFailure } from './trpc-http.ts';
import { addTrpc, TRPC } from './trpc-route.ts';
import { addUpgrade, type Upgraded } from './upgrade.ts';

/** Largest body of a request, in bytes: many times the longest message. */
const BODY_LIMIT = 1 << 20;

/** What the server needs. */
export interface ServerOptions {
  readonly config: HostConfig;
  readonly services: HostServices;
  readonly router: AnyTRPCRouter;
  /** What takes WebSockets over. */
  readonly upgraded: Upgraded;
  /** By which the command line shows that it may do everything. */
  readonly cliToken: string;
}

/** Serves the API, the live path, the plugins' inbound routes and the shell. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { config, services, upgraded } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    // How long a request may take is for addArrival to say.
    requestTimeout: 0,
    trustProxy: config.trustProxy ? config.trustProxy.split(',').map((address) => address.trim()) : false,
    // Who waits for an answer gets it before we stop.
    forceCloseConnections: 'idle',
    rewriteUrl: plainPageUrl(services.pages),
    ...(config.tlsCert ? { https: readCertificate(config.tlsCert, config.tlsKey!) } : {}),
  }) as unknown as FastifyInstance;
  const secure = services.publicUrl.startsWith('https:');
  const headers = securityHeaders({ secure, publicUrl: services.publicUrl });
  addArrival(app);
  addPageHost(app, services.pages, { secure, publicUrl: services.publicUrl });
  app.addHook('onRequest', async (_, reply) => void reply.headers(headers));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  addHealth(app, services);
  addTrpc(app, options);
  addAccounts(app, services);
  addInbound(app, services);
  addContent(app, services);
  addLinks(app, services);
  addDav(app, services);
  addUpgrade(app, services, upgraded);
  if (services.workspace.shell) await addShell(app, services, services.workspace.shell.directory);
  addErrors(app, options);
  return app;
}

/** @throws ConfigError where the two do not fit, or are none. */
function readCertificate(certFile: string, keyFile: string): { cert: Buffer; key: Buffer } {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new ConfigError(
      `--tls-cert ${certFile} and --tls-key ${keyFile} are no certificate with its key, in PEM: ${(error as Error).message}.`,
    );
  }
  return { cert, key };
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

function addErrors(app: FastifyInstance, { router, services }: ServerOptions): void {
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send({ message: 'Nothing is here.' }));
  app.setErrorHandler(async (error: { statusCode?: number; code?: string }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const message = `The request is too large: at most ${(request.routeOptions.bodyLimit ?? BODY_LIMIT) >> 20} MiB.`;
      if (!request.url.startsWith(TRPC)) return reply.code(413).send({ message });
      const refused = trpcFailure(router, 'PAYLOAD_TOO_LARGE', message);
      return reply.code(413).type('application/json').send(refused.body);
    }
    if (error.statusCode && error.statusCode < 500)
      return reply.code(error.statusCode).send({ message: 'The request is malformed.' });
    services.log.error('A request failed.', { path: request.url.split('?')[0], error });
    return reply.code(500).send({ message: 'Something went wrong on our side.' });
  });
}

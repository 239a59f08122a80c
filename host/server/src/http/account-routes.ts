import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AUTH_PATH } from '../accounts/accounts.ts';
import { SignInLimiter } from '../accounts/sign-in-limiter.ts';
import type { HostServices } from '../services.ts';
import { fromOurPages, isJsonType } from './gate.ts';
import { ADDRESS_HEADER, bodyText, provenance, sendWeb, webRequest } from './web.ts';

/** What may be asked of the library's endpoints: what the shell uses, and where identity providers send people back. */
const OPEN: readonly (readonly [method: string, path: RegExp])[] = [
  ['POST', /^\/sign-in\/(email|social)$/],
  ['POST', /^\/sign-out$/],
  ['GET', /^\/callback\/[\w-]+$/],
  ['GET', /^\/error$/],
];

/** Serves signing in by password, by link, and through other identity providers; and signing out. */
export function addAccounts(app: FastifyInstance, services: HostServices): void {
  const limiter = new SignInLimiter();
  app.route({
    method: ['GET', 'POST'],
    url: `${AUTH_PATH}/*`,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const path = request.url.split('?')[0]!.slice(AUTH_PATH.length);
      if (!OPEN.some(([method, open]) => method === request.method && open.test(path)))
        return reply.code(404).send({ message: 'Nothing is here.' });
      if (request.method !== 'GET' && !mayChange(request, services)) return refuse(reply);
      const email = path === '/sign-in/email' ? jsonField(request, 'email')?.trim().toLowerCase() : undefined;
      const attempt = email === undefined ? undefined : limiter.begin(email.slice(0, 200), request.ip);
      if (attempt?.wait) return tooMany(reply, attempt.wait);
      const response = await services.accounts.handle(webRequest(request, services.publicUrl));
      if (response.ok) attempt?.succeeded();
      if (path === '/sign-out') services.sessions.forgetSession(request.headers.cookie);
      return sendWeb(reply, response);
    },
  });
  addWelcome(app, services);
}

function addWelcome(app: FastifyInstance, services: HostServices): void {
  app.post('/api/welcome', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!mayChange(request, services)) return refuse(reply);
    const token = jsonField(request, 'token');
    const headers = new Headers({ [ADDRESS_HEADER]: request.ip });
    const isOne = token !== undefined && /^[A-Za-z]{32}$/.test(token);
    const response = isOne ? await services.accounts.redeem(token, headers) : undefined;
    if (!response?.ok) return reply.code(410).send({ message: 'This link has been used, or is too old.' });
    return sendWeb(reply, response);
  });
}

function mayChange(request: FastifyRequest, { publicUrl }: HostServices): boolean {
  return fromOurPages(provenance(request), publicUrl) && isJsonType(request.headers['content-type']);
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ message: 'This request does not come from a page of this workspace.' });
}

function tooMany(reply: FastifyReply, wait: number): FastifyReply {
  return reply
    .code(429)
    .header('retry-after', wait)
    .send({ message: `Too many attempts. Try again in ${wait} seconds.` });
}

function jsonField(request: FastifyRequest, name: string): string | undefined {
  try {
    const value = (JSON.parse(bodyText(request)) as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AUTH_PATH } from '../accounts/accounts.ts';
import { RefusedSignIns } from '../accounts/refused-sign-ins.ts';
import { SignInLimiter } from '../accounts/sign-in-limiter.ts';
import type { HostServices } from '../services.ts';
import { fromOurPages, isJsonType } from './gate.ts';
import { ADDRESS_HEADER, bodyText, provenance, sendWeb, webRequest } from './web.ts';

/** Fields that say where a person is sent afterwards. */
const RETURNS = ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'];

/** One of the library's endpoints. */
interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** What the library is told of a body. Whatever else stands there opens ways that are not meant. Default: nothing. */
  readonly fields?: readonly string[];
}

/** What may be asked of the library: what the shell uses, and where identity providers send people back. */
const OPEN: readonly Endpoint[] = [
  { method: 'POST', path: /^\/sign-in\/email$/, fields: ['email', 'password', ...RETURNS] },
  { method: 'POST', path: /^\/sign-in\/social$/, fields: ['provider', ...RETURNS] },
  { method: 'POST', path: /^\/sign-out$/ },
  { method: 'GET', path: /^\/callback\/[\w-]+$/ },
  { method: 'GET', path: /^\/error$/ },
];

/** Serves signing in by password, by link, and through other identity providers; and signing out. */
export function addAccounts(app: FastifyInstance, services: HostServices): void {
  const { accounts, sessions, publicUrl } = services;
  const limiter = new SignInLimiter();
  const refused = new RefusedSignIns(services);
  app.route({
    method: ['GET', 'POST'],
    url: `${AUTH_PATH}/*`,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const path = request.url.split('?')[0]!.slice(AUTH_PATH.length);
      const endpoint = OPEN.find(({ method, path: open }) => method === request.method && open.test(path));
      if (!endpoint) return reply.code(404).send({ message: 'Nothing is here.' });
      if (endpoint.method === 'GET') return sendWeb(reply, await accounts.handle(webRequest(request, publicUrl)));
      if (!mayChange(request, services)) return refuse(reply);
      const given = textFields(request, endpoint.fields ?? []);
      if (!given) return reply.code(400).send({ message: 'The request is no JSON object.' });
      if (RETURNS.some((name) => leadsAway(given[name])))
        return reply.code(403).send({ message: 'It would lead to another site: give a path, such as "/".' });
      const email = path === '/sign-in/email' ? (given['email'] ?? '').trim().toLowerCase() : undefined;
      const attempt = email === undefined ? undefined : limiter.begin(email.slice(0, 200), request.ip);
      if (attempt?.wait) {
        if (attempt.firstRefused) refused.keep(email!, 'session.blocked');
        return tooMany(reply, attempt.wait);
      }
      // Exactly what was looked at: another way to read the same bytes must not find anything else in them.
      const asked = webRequest(request, publicUrl, { body: JSON.stringify(given) });
      const response = await accounts.handle(asked);
      if (response.ok) attempt?.succeeded();
      else if (email !== undefined) refused.keep(email, 'session.refused');
      if (path === '/sign-out') sessions.forgetSession(request.headers.cookie);
      return sendWeb(reply, response);
    },
  });
  addWelcome(app, services);
}

function addWelcome(app: FastifyInstance, services: HostServices): void {
  app.post('/api/welcome', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!mayChange(request, services)) return refuse(reply);
    const token = textFields(request, ['token'])?.['token'];
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

/** Whether an address is anything but a path of ours; browsers read a backslash as a slash. */
function leadsAway(address: string | undefined): boolean {
  return address !== undefined && !/^\/(?![/\\])[^\t\r\n]*$/.test(address);
}

/** Some fields of a JSON object, as far as they are texts; `undefined` where the body is none. */
function textFields(request: FastifyRequest, names: readonly string[]): Record<string, string> | undefined {
  const given = jsonOf(bodyText(request) || '{}');
  if (typeof given !== 'object' || given === null) return undefined;
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => names.includes(name) && typeof value === 'string'),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

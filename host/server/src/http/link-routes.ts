import { CapabilityError } from '@valfri/core';
import { documents } from '@valfri/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SignInLimiter } from '../accounts/sign-in-limiter.ts';
import { type LinkRow, visitorOf } from '../links/links.ts';
import { callOperation } from '../router/call-operation.ts';
import type { HostServices } from '../services.ts';
import { jsonIn, refuseForeign } from './content-request.ts';
import { addContentDoor, sendError } from './content-routes.ts';

/** Under which addresses people come by a link. */
export const LINKS = '/l/';

const COOKIE = 'valfri-visit';
const READS: ReadonlySet<string> = new Set(['get', 'list', 'readFile']);
const WRITES: ReadonlySet<string> = new Set(['createFile', 'saveFile']);

/** Serves who comes by a link: the password, one file or folder, and nothing else. */
export function addLinks(app: FastifyInstance, services: HostServices): void {
  const limiter = new SignInLimiter();
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body));
    scope.addHook('onRequest', async (_, reply) => void reply.headers({ 'cache-control': 'no-store' }));
    scope.setErrorHandler(async (error, _, reply) => sendError(reply, error, services));
    scope.get(`${LINKS}:token/state`, async (request) => {
      const link = await linkOf(request, services);
      return (await isVisitor(request, link, services))
        ? { open: true, node: link.node, role: link.role }
        : { open: false, needsPassword: link.password !== null };
    });
    scope.post(`${LINKS}:token/open`, (request, reply) => open(request, reply, { services, limiter }));
    scope.post(`${LINKS}:token/call/:operation`, async (request) => {
      const { operation: name } = request.params as { operation: string };
      const link = await visited(request, name, services);
      const operation = documents.operations[name as 'get' | 'list'];
      if (operation === undefined || 'content' in operation) throw nothingHere();
      const input = jsonIn(request);
      return callOperation({ capability: documents, name, operation, input, services, standing: visitorOf(link) });
    });
  });
  addContentDoor(app, services, {
    prefix: `${LINKS}:token/content/`,
    standingOf: async (request, called) => visitorOf(await visited(request, called, services)),
  });
}

function nothingHere(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'Nothing is here.');
}

/** The link that is asked by. @throws NOT_FOUND where it is wrong, revoked or past its end: all the same to who asks. */
async function linkOf(request: FastifyRequest, services: HostServices): Promise<LinkRow> {
  refuseForeign(request, services);
  const { token } = request.params as { token: string };
  const link = await services.links.byToken(token);
  if (link) return link;
  throw new CapabilityError('NOT_FOUND', 'This link does not lead anywhere, or no longer does.', { reason: 'CLOSED' });
}

async function isVisitor({ headers }: FastifyRequest, link: LinkRow, { links }: HostServices): Promise<boolean> {
  const visits = (headers.cookie ?? '').split(/; */).filter((part) => part.startsWith(`${COOKIE}=`));
  for (const visit of visits) if (await links.isVisit(link, visit.slice(COOKIE.length + 1))) return true;
  return false;
}

/** The link of a visit that may call an operation. */
async function visited(request: FastifyRequest, operation: string, services: HostServices): Promise<LinkRow> {
  const link = await linkOf(request, services);
  if (!(await isVisitor(request, link, services)))
    throw new CapabilityError('DENIED', 'Open the link first.', { reason: 'NOT_OPENED' });
  const isWrite = WRITES.has(operation) || operation === 'upload';
  if (isWrite && link.role !== 'editor') throw new CapabilityError('DENIED', 'This link is for reading.');
  if (!isWrite && !READS.has(operation)) throw nothingHere();
  return link;
}

interface Opening {
  readonly services: HostServices;
  readonly limiter: SignInLimiter;
}

/** Begins a visit, whose cookie goes to the addresses of this link alone. */
async function open(request: FastifyRequest, reply: FastifyReply, { services, limiter }: Opening): Promise<unknown> {
  const link = await linkOf(request, services);
  const { password } = jsonIn(request);
  if (link.password !== null) {
    const attempt = limiter.begin(link.id, request.ip);
    if (attempt.wait > 0) {
      reply.header('retry-after', String(attempt.wait));
      throw new CapabilityError('QUOTA', 'Too many attempts. Wait a while.', { reason: 'ATTEMPTS' });
    }
    if (!(await services.links.isRight(link, typeof password === 'string' ? password : '')))
      throw new CapabilityError('DENIED', 'The password is not right.', { reason: 'PASSWORD', field: 'password' });
    attempt.succeeded();
  }
  const visit = await services.links.begin(link);
  const { token } = request.params as { token: string };
  const secure = services.publicUrl.startsWith('https:') ? '; Secure' : '';
  reply.header('set-cookie', `${COOKIE}=${visit}; Path=${LINKS}${token}; HttpOnly; SameSite=Strict${secure}`);
  return { open: true, node: link.node, role: link.role };
}

import { isCapabilityError } from '@valfri/core';
import { documents } from '@valfri/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { BasicSignIn } from '../accounts/basic-sign-in.ts';
import { CONTENT_POLICY } from '../http/content-headers.ts';
import { provenance } from '../http/web.ts';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { mkcol, remove } from './collections.ts';
import type { DavContext } from './context.ts';
import { copyOrMove } from './copy-move.ts';
import { DavFault, faultOf } from './dav-fault.ts';
import { DAV, pathOf } from './dav-path.ts';
import { DeadProperties } from './dead-properties.ts';
import { get } from './get.ts';
import { lock, unlock } from './lock.ts';
import { DavLocks } from './locks.ts';
import { PersonFiles } from './person-files.ts';
import { propfind } from './propfind.ts';
import { proppatch } from './proppatch.ts';
import { put } from './put.ts';
import { Tree } from './tree.ts';
import { DAV_NAMESPACE, escapeXml, XML_HEAD } from './xml-writer.ts';

type Handler = (context: DavContext) => Promise<FastifyReply>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  GET: get,
  HEAD: get,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  MKCOL: mkcol,
  PUT: put,
  DELETE: remove,
  COPY: (context) => copyOrMove(context, false),
  MOVE: (context) => copyOrMove(context, true),
  LOCK: lock,
  UNLOCK: unlock,
};

/** Methods that HTTP alone does not have. */
const OWN = ['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'];
const ALLOW = ['OPTIONS', ...Object.keys(HANDLERS)].join(', ');

/** Serves people's documents to programs that speak WebDAV. @see RFC 4918 */
export function addDav(app: FastifyInstance, services: HostServices): void {
  if (!services.kernel.capabilities.has(documents.id)) return;
  for (const method of OWN) app.addHttpMethod(method, { hasBody: true });
  const signIn = new BasicSignIn(services, 'webdav');
  const properties = new DeadProperties(services.database.db);
  sweepHourly(app, properties, services);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_, body, done) => done(null, body));
    scope.setErrorHandler(async (error, request, reply) => sendFault(reply, error, request, services));
    scope.addHook('onRequest', async (_, reply) => void reply.headers(HEADERS));
    // What of a body was not looked at must not stand in the way of the next request of the connection.
    scope.addHook('onResponse', async ({ raw }) => void raw.resume());
    const method = ['OPTIONS', 'POST', 'PATCH', ...Object.keys(HANDLERS)] as HTTPMethods[];
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      if (request.method === 'OPTIONS') return options(reply, services);
      const handle = HANDLERS[request.method];
      if (!handle) throw new DavFault(405, 'This method is none that is answered here.', { headers: { allow: ALLOW } });
      const standing = await standingOf(request, services, signIn);
      return handle(contextOf({ request, reply, services, standing, properties }));
    };
    for (const url of [DAV, `${DAV}/*`]) scope.route({ method, url, handler, exposeHeadRoute: false });
    // Whoever mounts a folder may first ask what is above it.
    scope.options('/', async (_, reply) => options(reply, services));
    scope.route({
      method: 'PROPFIND' as HTTPMethods,
      url: '/',
      handler: async (request, reply) => {
        await standingOf(request, services, signIn);
        return reply.code(207).type('application/xml; charset=utf-8').send(ABOVE);
      },
    });
  });
}

const SWEEP_EVERY = 3_600_000; // ms

/** Forgets what belongs to nodes that are long gone. */
function sweepHourly(app: FastifyInstance, properties: DeadProperties, services: HostServices): void {
  const sweep = () =>
    properties
      .sweep((node, person) => isThere(services, node, person))
      .catch((error: unknown) => services.log.warn('Old WebDAV properties could not be forgotten.', { error }));
  const timer = setInterval(() => void sweep(), SWEEP_EVERY).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}

/** @throws whatever keeps us from knowing */
export async function isThere(services: HostServices, node: string, person: string): Promise<boolean> {
  const standing = await services.people.standing(person);
  if (!standing) return false;
  try {
    await new PersonFiles(services, standing).ask('get', { node });
    return true;
  } catch (error) {
    if (isCapabilityError(error) && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

const HEADERS = { 'content-security-policy': CONTENT_POLICY, 'cache-control': 'private, no-cache' };

/** What is above the tree: a folder with the tree in it, and nothing else. */
const ABOVE = `${XML_HEAD}<D:multistatus ${DAV_NAMESPACE}>${['/', `${DAV}/`]
  .map(
    (href) =>
      `<D:response><D:href>${href}</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`,
  )
  .join('')}</D:multistatus>`;

/** Who serves whom may depend on who asks, and nobody is asked here: locks are there where anybody has them. */
function options(reply: FastifyReply, { kernel }: HostServices): FastifyReply {
  const bound = kernel.bindings.instancesOf(documents.id).flatMap((id) => kernel.instances.get(id) ?? []);
  const locks = bound.some(({ provider }) => 'locks' in provider.features);
  return reply
    .headers({ dav: locks ? '1, 2, 3' : '1, 3', 'ms-author-via': 'DAV', allow: ALLOW, 'content-length': '0' })
    .send();
}

/** Who asks: by an app password, and by nothing that a browser sends along. @throws DavFault 401, 403, 429 */
async function standingOf(
  request: FastifyRequest,
  { publicUrl }: HostServices,
  signIn: BasicSignIn,
): Promise<Standing> {
  const { secFetchSite = 'none' } = provenance(request);
  if (secFetchSite !== 'none' && secFetchSite !== 'same-origin')
    throw new DavFault(403, 'Pages of other sites have nothing to do here.');
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol !== 'https:' && !LOCAL.test(hostname))
    throw new DavFault(403, 'App passwords go over HTTPS only. Whoever runs the workspace can set it up.');
  const { standing, ...refused } = await signIn.of(request.headers.authorization, request.ip);
  if (standing) return standing;
  const { wait } = refused as { wait: number };
  if (wait > 0)
    throw new DavFault(429, `Too many attempts. Try again in ${wait} seconds.`, {
      headers: { 'retry-after': String(wait) },
    });
  throw new DavFault(401, 'Sign in with your e-mail address and an app password.', {
    headers: { 'www-authenticate': 'Basic realm="Valfri", charset="UTF-8"' },
  });
}

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function contextOf({
  request,
  reply,
  services,
  standing,
  properties,
}: Pick<DavContext, 'request' | 'reply' | 'services' | 'properties'> & { readonly standing: Standing }): DavContext {
  const files = new PersonFiles(services, standing);
  return {
    ...{ request, reply, services, files, properties },
    tree: new Tree(files),
    locks: new DavLocks(files),
    path: pathOf(request.raw.url ?? ''),
    hosts: new Set([new URL(services.publicUrl).host, request.host.toLowerCase()]),
  };
}

async function sendFault(
  reply: FastifyReply,
  error: unknown,
  request: FastifyRequest,
  { log }: HostServices,
): Promise<FastifyReply> {
  const known = (error as { statusCode?: number }).statusCode;
  const fault = faultOf(error) ?? (known && known < 500 ? new DavFault(known, 'The request is malformed.') : undefined);
  if (!fault && !request.raw.destroyed) log.error('A WebDAV request failed.', { method: request.method, error });
  const { status, message, options: more } = fault ?? new DavFault(500, 'Something went wrong on our side.');
  reply.code(status).headers({ ...HEADERS, ...more.headers });
  if (more.condition === undefined) return reply.type('text/plain; charset=utf-8').send(`${message}\n`);
  const href = more.href === undefined ? '' : `<D:href>${escapeXml(more.href)}</D:href>`;
  return reply
    .type('application/xml; charset=utf-8')
    .send(
      `${XML_HEAD}<D:error ${DAV_NAMESPACE}><D:${more.condition}>${href}</D:${more.condition}><!-- ${escapeXml(message).replaceAll('--', '- -')} --></D:error>`,
    );
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import { isHashed } from '../pages/page-files.ts';
import { PLAIN_PAGE, policyHeaders } from '../pages/page-policy.ts';
import type { PluginPages, ServedFile } from '../pages/plugin-pages.ts';
import { type HeaderOptions, transport } from './headers.ts';

/** The headers of every answer on a plugin's hostname, beside those of the policy. */
function pageHeaders({ secure }: HeaderOptions): Readonly<Record<string, string>> {
  return {
    // A sandboxed document has no origin that could be named, and modules are fetched with CORS.
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
    ...transport(secure),
  };
}

/** Gives what is asked of a plugin's hostname an address that every router understands; the own one is kept beside. */
export function plainPageUrl(pages: PluginPages): (request: IncomingMessage) => string {
  return (request) => {
    const { url = '/', headers } = request;
    if (pages.nameIn(headers.host) === undefined) return url;
    (request as { originalUrl?: string }).originalUrl = url;
    return '/';
  };
}

/**
 * Answers on the hostnames of plugins' pages, before any route is looked at: files of the instance, and nothing else.
 * Whose cookies come along is not looked at.
 */
export function addPageHost(app: FastifyInstance, pages: PluginPages, options: HeaderOptions): void {
  const common = pageHeaders(options);
  const plain = policyHeaders(PLAIN_PAGE, options.publicUrl);
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const name = pages.nameIn(request.headers.host);
    if (name === undefined) return;
    reply.headers({ ...common, ...plain });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('Only GET and HEAD.');
    const found = pages.file(name, request.originalUrl.split('?')[0]!);
    if (!found) return reply.code(404).type('text/plain').send('Nothing is here.');
    if (!mayBeShown(found, request))
      return reply.code(403).type('text/plain').send('This page is shown within the workspace alone.');
    reply.headers(policyHeaders(found.policy, options.publicUrl));
    return sendFile(request, reply, found);
  });
}

/** A document with an origin of its own is given to a frame and to nothing else: opened by its address it would be a page of the plugin's. */
function mayBeShown({ policy }: ServedFile, { headers }: FastifyRequest): boolean {
  return policy.kind !== 'vendor' || headers['sec-fetch-dest'] === 'iframe';
}

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, type }: ServedFile,
): Promise<FastifyReply> {
  const { size, mtimeMs } = await stat(file);
  const etag = `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  reply.header('etag', etag);
  if (isHashed(file)) reply.header('cache-control', 'public, max-age=31536000, immutable');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(await readFile(file));
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { compressed } from './compression.ts';
import type { Provenance } from './gate.ts';

/** The host's own header with the address that a request came from; whatever a client puts there is overwritten. */
export const ADDRESS_HEADER = 'x-valfri-address';

/** The body of a request as text; empty where there is none. */
export function bodyText({ body }: FastifyRequest): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

/** Where a request says that it comes from. */
export function provenance({ headers }: FastifyRequest): Provenance {
  const site = headers['sec-fetch-site'];
  return { secFetchSite: Array.isArray(site) ? 'cross-site' : site, origin: headers.origin };
}

/** What of a request is handed on other than as it came. */
interface InPlace {
  readonly path?: string;
  readonly body?: string | ReadableStream<Uint8Array>;
}

/** A request as the platform's `fetch` has it; from which address it came is ours to say. */
export function webRequest(request: FastifyRequest, publicUrl: string, inPlace: InPlace = {}): Request {
  const { path = request.url, body = Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : undefined } =
    inPlace;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, String(value));
  headers.set(ADDRESS_HEADER, request.ip);
  if (typeof inPlace.body === 'string') headers.delete('content-length');
  const { method } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
  // Joined, not resolved: a path that begins with two slashes would name another host.
  const url = `${publicUrl}${path.startsWith('/') ? path : `/${path}`}`;
  return new Request(url, { method, headers, ...(hasBody ? { body, duplex: 'half' } : {}) });
}

/** Sends an answer as the platform's `fetch` has it. */
export async function sendWeb(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) reply.header('set-cookie', cookies);
  return reply.code(response.status).send(Buffer.from(await response.arrayBuffer()));
}

/** Sends a text, compressed where that is worthwhile. */
export async function sendText(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  const { body, encoding } = await compressed(text, request.headers['accept-encoding']);
  if (encoding) reply.header('content-encoding', encoding).header('vary', 'accept-encoding');
  return reply.send(body);
}

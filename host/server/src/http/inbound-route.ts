import { CapabilityError, isCapabilityError } from '@valfri/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import type { HostServices } from '../services.ts';
import { webRequest } from './web.ts';

/** Whatever a provider answers is for other servers: opened in a browser it is nobody's page, least of all ours. */
const POLICY = `sandbox; default-src 'none'; frame-ancestors 'none'`;

/** What of an answer is about the connection that it came by, and cookies, which would be those of our own address. */
const KEPT_BACK: ReadonlySet<string> = new Set(
  'set-cookie connection content-length keep-alive transfer-encoding upgrade'.split(' '),
);

/**
 * Hands requests to the routes that plugins declare for other servers, without our people's cookies. Bodies are handed on as
 * they come, both ways: neither is ever kept here as a whole. A fault in a provider is told as its own.
 */
export function addInbound(app: FastifyInstance, services: HostServices): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_, body, done) => done(null, body));
    scope.route({
      method: ['GET', 'POST', 'PUT', 'DELETE'],
      url: '/plugins/:instance/*',
      // Bodies are counted as they come.
      bodyLimit: Number.MAX_SAFE_INTEGER,
      handler: (request, reply) => handOn(request, reply, services),
    });
  });
}

async function handOn(request: FastifyRequest, reply: FastifyReply, services: HostServices): Promise<FastifyReply> {
  const { runtime, log, publicUrl } = services;
  const { instance } = request.params as { instance: string };
  const path = request.url.replace(/^\/plugins\/[^/]+/, '');
  const body = request.body as IncomingMessage | undefined;
  const largest = runtime.inboundRoute(
    instance,
    new URL(webRequest(request, publicUrl, { path }).url).pathname,
  )?.largest;
  if (largest === undefined) return reply.code(404).send({ message: 'Nothing is here.' });
  if (Number(request.headers['content-length'] ?? 0) > largest) return tooLarge(reply, largest);
  const counted = new CountedBody(largest);
  const inPlace = body ? { path, body: counted.of(body) } : { path };
  const inner = webRequest(request, publicUrl, inPlace);
  inner.headers.delete('cookie');
  try {
    const response = await runtime.inbound(instance, inner, () => counted.lastRead);
    if (counted.over) return tooLarge(reply, largest);
    return response ? await send(reply, response) : await reply.code(404).send({ message: 'Nothing is here.' });
  } catch (error) {
    if (counted.over) return tooLarge(reply, largest);
    log.error('An inbound route failed.', { instance, error });
    const late = isCapabilityError(error) && error.code === 'TIMEOUT';
    return reply.code(late ? 504 : 502).send({ message: late ? error.message : 'The provider failed.' });
  }
}

/** What is left of the body is not waited for. */
function tooLarge(reply: FastifyReply, largest: number): FastifyReply {
  const message = `The request is too large: at most ${largest >> 20} MiB.`;
  return reply.code(413).header('connection', 'close').send({ message });
}

/** A body that is counted while it is read. */
class CountedBody {
  lastRead = Date.now();
  over = false;
  readonly #largest: number;

  constructor(largest: number) {
    this.#largest = largest;
  }

  of(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
    return Readable.toWeb(Readable.from(this.#count(body), { objectMode: false })) as ReadableStream<Uint8Array>;
  }

  async *#count(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let room = this.#largest;
    for await (const piece of body) {
      this.lastRead = Date.now();
      room -= piece.length;
      this.over = room < 0;
      if (this.over) throw new CapabilityError('INVALID', 'The body is larger than the route takes.');
      yield piece;
    }
  }
}

/** The headers of every answer of ours stay as they are. */
async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const [name, value] of response.headers)
    if (!KEPT_BACK.has(name) && !reply.hasHeader(name)) reply.header(name, value);
  reply.header('content-security-policy', POLICY).code(response.status);
  return reply.send(response.body ? Readable.fromWeb(response.body as NodeStream) : Buffer.alloc(0));
}

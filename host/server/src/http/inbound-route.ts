import { isCapabilityError } from '@valfri/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HostServices } from '../services.ts';
import { webRequest } from './web.ts';

/** Largest body that a plugin's inbound route takes, in bytes. */
const MOST = 16 << 20;

/** Whatever a provider answers is for other servers: opened in a browser it is nobody's page, least of all ours. */
const POLICY = `sandbox; default-src 'none'; frame-ancestors 'none'`;

/** What of an answer is about the connection that it came by, and cookies, which would be those of our own address. */
const KEPT_BACK: ReadonlySet<string> = new Set(
  'set-cookie connection content-length keep-alive transfer-encoding upgrade'.split(' '),
);

/**
 * Hands requests to the routes that plugins declare for other servers, without our people's cookies. A fault in one is
 * told as its own.
 */
export function addInbound(app: FastifyInstance, { runtime, log, publicUrl }: HostServices): void {
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/plugins/:instance/*',
    bodyLimit: MOST,
    handler: async (request, reply) => {
      const { instance } = request.params as { instance: string };
      const inner = webRequest(request, publicUrl, { path: request.url.replace(/^\/plugins\/[^/]+/, '') });
      inner.headers.delete('cookie');
      try {
        const response = await runtime.inbound(instance, inner);
        return response ? await send(reply, response) : await reply.code(404).send({ message: 'Nothing is here.' });
      } catch (error) {
        log.error('An inbound route failed.', { instance, error });
        const late = isCapabilityError(error) && error.code === 'TIMEOUT';
        return reply.code(late ? 504 : 502).send({ message: late ? error.message : 'The provider failed.' });
      }
    },
  });
}

/** The headers of every answer of ours stay as they are. */
async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers)
    if (!KEPT_BACK.has(name) && !reply.hasHeader(name)) reply.header(name, value);
  return reply.header('content-security-policy', POLICY).code(response.status).send(body);
}

import type { FastifyInstance } from 'fastify';
import type { HostServices } from '../services.ts';
import { sendWeb, webRequest } from './web.ts';

/** Largest body that a plugin's inbound route takes, in bytes. */
const MOST = 16 << 20;

/** Hands requests to the routes that plugins declare for other servers. A fault in one is told as its own. */
export function addInbound(app: FastifyInstance, { runtime, log, publicUrl }: HostServices): void {
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/plugins/:instance/*',
    bodyLimit: MOST,
    handler: async (request, reply) => {
      const { instance } = request.params as { instance: string };
      const inner = webRequest(request, publicUrl, { path: request.url.slice(`/plugins/${instance}`.length) });
      try {
        const response = await runtime.inbound(instance, inner);
        return response ? await sendWeb(reply, response) : await reply.code(404).send({ message: 'Nothing is here.' });
      } catch (error) {
        log.error('An inbound route failed.', { instance, error });
        return reply.code(502).send({ message: 'The provider failed.' });
      }
    },
  });
}

import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { join } from 'node:path';
import type { HostServices } from '../services.ts';
import { contentPolicy } from './headers.ts';
import { Page } from './page.ts';
import { sendText } from './web.ts';

const VIEWS = ['/', '/welcome', '/sign-in', '/chat', '/files', '/settings', '/operate'];
const WITHIN = ['/chat/*', '/files/*', '/edit/*', '/settings/*', '/operate/*'];

/** Serves the shell's page under the address of each of its views, and its files. */
export async function addShell(app: FastifyInstance, services: HostServices, directory: string): Promise<void> {
  const page = new Page(services, directory);
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
    wildcard: true,
  });
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const standing = await services.sessions.standingOf(request.headers.cookie);
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    if (standing)
      reply.header('content-security-policy', contentPolicy(services.publicUrl, services.pages.originsFor(standing)));
    return sendText(request, reply, await page.render(request.url.split('?')[0]!, standing));
  };
  for (const url of [...VIEWS, ...WITHIN]) app.get(url, handler);
}

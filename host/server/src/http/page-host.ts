import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { PluginPages } from '../pages/plugin-pages.ts';
import { type HeaderOptions, transport } from './headers.ts';

/** What a document may be given; a page of a plugin is given none of it. */
const POWERS =
  'accelerometer autoplay bluetooth camera clipboard-read clipboard-write display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture publickey-credentials-create publickey-credentials-get screen-wake-lock serial storage-access usb web-share window-management xr-spatial-tracking'.split(
    ' ',
  );

/** The headers of every answer on a plugin's hostname. */
export function pageHeaders({ secure, publicUrl }: HeaderOptions): Readonly<Record<string, string>> {
  const policy = [
    'sandbox allow-scripts',
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self' data:`,
    `connect-src 'none'`,
    `frame-ancestors ${publicUrl}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    // What the policy leaves open: WebRTC, and the connections of navigations that it stops.
    'connection-allowlist': '(response-origin)',
    // A sandboxed document has no origin that could be named, and modules are fetched with CORS.
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': POWERS.map((power) => `${power}=()`).join(', '),
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
export function addPageHost(app: FastifyInstance, pages: PluginPages, headers: Readonly<Record<string, string>>): void {
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const name = pages.nameIn(request.headers.host);
    if (name === undefined) return;
    reply.headers(headers);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('Only GET and HEAD.');
    const found = pages.file(name, request.originalUrl.split('?')[0]!);
    if (!found) return reply.code(404).type('text/plain').send('Nothing is here.');
    return reply.type(found.type).send(await readFile(found.file));
  });
}

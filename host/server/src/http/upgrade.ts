import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveSocket } from '../live/live-socket.ts';
import type { HostServices } from '../services.ts';

const LIVE = '/live';

/** Hands WebSockets on the live path to it, for whoever is signed in and comes from a page of ours. */
export function addUpgrade(app: FastifyInstance, services: HostServices, live: LiveSocket): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string) => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', () => socket.destroy());
    const ofPlugin = services.pages.nameIn(request.headers.host) !== undefined;
    if (ofPlugin || request.url?.split('?')[0] !== LIVE) return refuse('404 Not Found');
    // A browser always says where a WebSocket is opened from, and sends our cookies along from anywhere.
    if (request.headers.origin !== services.publicUrl) return refuse('403 Forbidden');
    services.sessions.holderOf(request.headers.cookie).then(
      (holder) => (holder ? live.upgrade(request, socket, head, holder) : refuse('401 Unauthorized')),
      () => refuse('503 Service Unavailable'),
    );
  });
}

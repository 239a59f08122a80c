import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveSocket } from '../live/live-socket.ts';
import type { FrameChannels } from '../office/frame-channels.ts';
import type { HostServices } from '../services.ts';

const LIVE = '/live';
/** Where pages that show a file have their channel, by the id of its session. */
const FRAME = /^\/frames\/([0-9a-f-]{36})$/;

/** What takes WebSockets over. */
export interface Upgraded {
  readonly live: LiveSocket;
  readonly frames: FrameChannels;
}

/**
 * Hands WebSockets to what is on their path, for whoever is signed in and comes from a page of ours: the live path, and the
 * channels of pages that show a file.
 */
export function addUpgrade(app: FastifyInstance, services: HostServices, { live, frames }: Upgraded): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string) => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', () => socket.destroy());
    const ofPlugin = services.pages.nameIn(request.headers.host) !== undefined;
    const path = request.url?.split('?')[0] ?? '';
    const frame = FRAME.exec(path)?.[1];
    if (ofPlugin || (path !== LIVE && frame === undefined)) return refuse('404 Not Found');
    // A browser always says where a WebSocket is opened from, and sends our cookies along from anywhere.
    if (request.headers.origin !== services.publicUrl) return refuse('403 Forbidden');
    const work = async () => {
      const holder = await services.sessions.holderOf(request.headers.cookie);
      if (!holder) return refuse('401 Unauthorized');
      if (frame === undefined) return live.upgrade(request, socket, head, holder);
      const session = await frames.sessionOf(frame, holder);
      if (!session) return refuse('404 Not Found');
      frames.upgrade(request, socket, head, { holder, session });
    };
    work().catch(() => refuse('503 Service Unavailable'));
  });
}

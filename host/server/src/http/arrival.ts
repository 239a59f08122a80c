import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';

/** How long a request may take to arrive. In milliseconds, as all that follows. */
const WHOLE = 120_000;
/** How long one with a file may stand still. */
const STILL = 60_000;
/** How long its headers may take. */
const HEADERS = 60_000;
const LOOK_EVERY = 10_000;

/** Requests that bring files. */
const FILES: ReadonlySet<string> = new Set(['PUT', 'PATCH']);

interface Arriving {
  since: number;
  bytes: number;
}

/** How long requests may take to arrive, where that is not as usual. */
export interface Patience {
  readonly whole?: number;
  readonly still?: number;
  readonly lookEvery?: number;
}

/**
 * Cuts off requests that do not arrive. Node's own limit is one for all, and would cut off a large file on a slow line:
 * here a file may take any time, as long as it moves.
 */
export function addArrival(
  app: FastifyInstance,
  { whole = WHOLE, still = STILL, lookEvery = LOOK_EVERY }: Patience = {},
): void {
  app.server.headersTimeout = HEADERS;
  const arriving = new Map<IncomingMessage, Arriving>();
  const look = setInterval(() => {
    const now = Date.now();
    for (const [request, state] of arriving) {
      // One that has gone has no connection any more.
      const { socket } = request as { socket: IncomingMessage['socket'] | null };
      if (request.complete || request.destroyed || !socket) {
        arriving.delete(request);
        continue;
      }
      const file = FILES.has(request.method ?? '');
      if (file && socket.bytesRead !== state.bytes) Object.assign(state, { bytes: socket.bytesRead, since: now });
      if (now - state.since > (file ? still : whole)) socket.destroy();
    }
  }, lookEvery).unref();
  app.addHook('onClose', async () => clearInterval(look));
  app.addHook('onRequest', async ({ raw }) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = raw.headers;
    if (encoding === undefined && length === '0') return;
    arriving.set(raw, { since: Date.now(), bytes: raw.socket.bytesRead });
  });
}

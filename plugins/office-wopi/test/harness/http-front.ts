import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A server on this machine. */
export interface Front extends AsyncDisposable {
  readonly url: string;
}

/** Serves what a function answers, as streams both ways, over real HTTP. */
export async function serve(answer: (request: Request) => Promise<Response>): Promise<Front> {
  const server = createServer((incoming, outgoing) => {
    void answer(requestOf(incoming))
      .then(async ({ status, headers, body }) => {
        outgoing.writeHead(status, Object.fromEntries(headers));
        if (body) await pipeline(Readable.fromWeb(body as never), outgoing);
        else outgoing.end();
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => closed(server) };
}

function requestOf(incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const body = method === 'GET' ? {} : { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const };
  return new Request(`http://front.invalid${url}`, { method, headers, ...body });
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

import type { LookupFunction } from 'node:net';
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Stall } from './stall.ts';

const BODILESS = new Set([204, 205, 304]);
const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

/** A `fetch` over connections of its own. */
export type BrokeredFetch = (request: Request, signal?: AbortSignal) => Promise<Response>;

/** How long nothing may move, in milliseconds. */
export interface StallLimits {
  /** Where it is the server's turn: to connect, to take what is sent, to answer, to send. */
  readonly server: number;
  /** Where it is the turn of whoever reads the answer: one that nobody reads would hold its connection for ever. */
  readonly reader: number;
}

/**
 * Makes a `fetch` that looks names up as it is told, at the moment it connects, so that nothing can change between the
 * look and the connection. It follows no redirects. It takes as long as it takes, as long as something moves.
 */
export function createBrokeredFetch(lookup: LookupFunction, limits: StallLimits): BrokeredFetch {
  const options = { keepAlive: true, lookup, maxSockets: 64 };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const protocol = url.protocol as keyof typeof agents;
      const make = protocol === 'https:' ? requestHttps : requestHttp;
      const headers = { 'accept-encoding': 'gzip, br', ...Object.fromEntries(request.headers) };
      const given = { method: request.method, headers, agent: agents[protocol], lookup, signal };
      const stall = new Stall(limits.server, () => outgoing.destroy(stalled(url, limits.server)));
      const outgoing = make(url, given, (answer) => {
        try {
          resolve(asResponse(request, answer, { stall, limits }));
        } catch (cause) {
          answer.destroy();
          const { statusCode, statusMessage } = answer;
          const said = `${statusCode} ${statusMessage}`;
          reject(new TypeError(`${url.origin} answered with something that is no answer (${said}).`, { cause }));
        }
      });
      outgoing.on('error', reject).on('close', () => stall.end());
      if (request.body) send(request.body as ReadableStream, outgoing, stall).catch(reject);
      else outgoing.end();
    });
}

function stalled(url: URL, limit: number): DOMException {
  return new DOMException(`${url.origin}: nothing moved for ${limit / 1_000} seconds.`, 'TimeoutError');
}

async function send(body: ReadableStream, outgoing: ClientRequest, stall: Stall): Promise<void> {
  try {
    for await (const piece of body) {
      // Answered before all of it was sent, or broken: that is told elsewhere.
      if (outgoing.destroyed) return;
      const isTaken = outgoing.write(piece);
      stall.moved();
      if (!isTaken && !outgoing.destroyed) await drained(outgoing);
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

/** Settles when more can be written, or nothing can any more. */
function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
  });
}

interface Watched {
  readonly stall: Stall;
  readonly limits: StallLimits;
}

function asResponse({ method, url }: Request, answer: IncomingMessage, watched: Watched): Response {
  const headers = new Headers();
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i]!, answer.rawHeaders[i + 1]!);
  const status = answer.statusCode ?? 502;
  const init = { status, statusText: answer.statusMessage ?? '', headers };
  if (method === 'HEAD' || BODILESS.has(status)) {
    answer.resume();
    return new Response(null, init);
  }
  const decode = decoders[(headers.get('content-encoding') ?? '').trim().toLowerCase() as keyof typeof decoders];
  if (!decode) return new Response(watchedBody(answer, answer, new URL(url), watched) as never, init);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const decoded = decode();
  answer.on('error', (error) => decoded.destroy(error));
  return new Response(watchedBody(answer.pipe(decoded), answer, new URL(url), watched) as never, init);
}

/** What is read of an answer: the server's turn while somebody waits for a piece, the reader's while nobody does. */
function watchedBody(
  body: Readable,
  answer: IncomingMessage,
  url: URL,
  { stall, limits }: Watched,
): ReadableStream<Uint8Array> {
  const pieces = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  const end = (error?: Error) => {
    stall.end();
    body.destroy(error);
    answer.destroy(error);
  };
  const turnOf = (whose: keyof StallLimits) => stall.restart(limits[whose], () => end(stalled(url, limits[whose])));
  turnOf('reader');
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        turnOf('server');
        const { done, value } = await pieces.next();
        if (!done) {
          turnOf('reader');
          return controller.enqueue(value);
        }
        stall.end();
        controller.close();
      },
      cancel: () => end(),
    },
    { highWaterMark: 0 },
  );
}

import type { LookupFunction } from 'node:net';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const BODILESS = new Set([204, 205, 304]);
const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

/** A `fetch` over connections of its own. */
export type BrokeredFetch = (request: Request, signal?: AbortSignal) => Promise<Response>;

/**
 * Makes a `fetch` that looks names up as it is told, at the moment it connects, so that nothing can change between the
 * look and the connection. It follows no redirects.
 * @param patience how long it waits for the other side to send or take anything, in milliseconds.
 */
export function createBrokeredFetch(lookup: LookupFunction, patience: number): BrokeredFetch {
  const options = { keepAlive: true, lookup, maxSockets: 64 };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const protocol = url.protocol as keyof typeof agents;
      const make = protocol === 'https:' ? requestHttps : requestHttp;
      const headers = { 'accept-encoding': 'gzip, br', ...Object.fromEntries(request.headers) };
      const given = { method: request.method, headers, agent: agents[protocol], lookup, timeout: patience };
      let received: IncomingMessage | undefined;
      const outgoing = make(url, { ...given, ...(signal ? { signal } : {}) }, (answer) => {
        received = answer;
        try {
          resolve(asResponse(request, answer));
        } catch (cause) {
          answer.destroy();
          const { statusCode, statusMessage } = answer;
          const said = `${statusCode} ${statusMessage}`;
          reject(new TypeError(`${url.origin} answered with something that is no answer (${said}).`, { cause }));
        }
      });
      outgoing.on('error', reject);
      outgoing.on('timeout', () => {
        // What has come and was not read yet is no fault of the other side.
        if (received && received.readableLength > 0) outgoing.socket?.setTimeout(patience);
        else outgoing.destroy(new DOMException(`Nothing came or went for ${patience / 1_000} s.`, 'TimeoutError'));
      });
      if (request.body)
        Readable.fromWeb(request.body as ReadableStream)
          .on('error', (error) => outgoing.destroy(error))
          .pipe(outgoing);
      else outgoing.end();
    });
}

function asResponse({ method }: Request, answer: IncomingMessage): Response {
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
  if (!decode) return new Response(Readable.toWeb(answer) as never, init);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const decoded = decode();
  answer.on('error', (error) => decoded.destroy(error));
  return new Response(Readable.toWeb(answer.pipe(decoded)) as never, init);
}

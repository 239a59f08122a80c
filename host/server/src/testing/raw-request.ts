import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** An answer, as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What to send. */
export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sent as the request's target instead of the URL's path, however malformed. */
  readonly path?: string;
}

/** Sends a request with exactly the headers given: `fetch` adds some of its own and refuses others. */
export function rawRequest(url: string, given: RawRequest = {}): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, path } = given;
  const make = url.startsWith('https:') ? requestHttps : requestHttp;
  // Node leaves the length of a DELETE's body out, and the body then reads as the next request.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { ...length, ...headers },
    rejectUnauthorized: false,
    ...(path === undefined ? {} : { path }),
  };
  return new Promise((resolve, reject) => {
    const request = make(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode!, headers: answer.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

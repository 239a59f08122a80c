import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';

const BLOCK = Buffer.alloc(1 << 20, 'Valfri ');
const agent = new Agent({ keepAlive: true });

/** A request with a body of any length. */
export interface Sending {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of no particular content, or a text. */
  readonly body?: number | string;
}

/** Sends a request. @returns the text of its answer. @throws where it is refused */
export async function send(sending: Sending): Promise<string> {
  let text = '';
  for await (const piece of await answer(sending)) text += String(piece);
  return text;
}

/** Reads all of an answer. @returns how many bytes it had. */
export async function receive(sending: Sending): Promise<number> {
  const incoming = await answer(sending);
  return new Promise((resolve, reject) => {
    let bytes = 0;
    incoming.on('data', (piece: Buffer) => (bytes += piece.length));
    incoming.on('end', () => resolve(bytes)).on('error', reject);
  });
}

function answer({ method, url, headers = {}, body = '' }: Sending): Promise<IncomingMessage> {
  const length = typeof body === 'number' ? body : Buffer.byteLength(body);
  return new Promise((resolve, reject) => {
    const given = { method, agent, headers: { 'content-length': String(length), ...headers } };
    const request = requestHttp(url, given, (incoming) => {
      if (incoming.statusCode! < 300) return resolve(incoming);
      incoming.resume();
      return reject(new Error(`${method} ${url}: ${incoming.statusCode}`));
    });
    request.on('error', reject);
    if (typeof body === 'string') return void request.end(body);
    let left = body;
    const write = () => {
      while (left > 0) {
        const piece = BLOCK.subarray(0, left);
        left -= piece.length;
        if (!request.write(piece)) return void request.once('drain', write);
      }
      return request.end();
    };
    return write();
  });
}

/** From now on {@link peakMegabytes} is about what comes. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most that a process has had in memory. */
export function peakMegabytes(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Math.round(Number(kilobytes) / 1_024);
}

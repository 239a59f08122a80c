import type { Bytes, Content } from '@valfri/core';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How long the scanner may be silent, in milliseconds: it looks into archives when it has all of them. */
const PATIENCE = 180_000;

/** Looks for malware in what comes in. */
export interface Scanner {
  /**
   * The name of what is found; `undefined` where nothing is.
   * @throws where it cannot be told: the scanner does not answer, or does not take this.
   */
  scan(content: Content): Promise<string | undefined>;
}

/** The scanner does not take so much. */
export class TooLargeToScanError extends Error {
  override readonly name = 'TooLargeToScanError';
}

/**
 * A scanner that is handed content over a socket, by the command `INSTREAM`: pieces, each after its length, and an
 * empty one at the end.
 */
export class StreamScanner implements Scanner {
  readonly #address: NetConnectOpts;

  /** @param address `tcp://host:port` or `unix:/path` */
  constructor(address: string) {
    this.#address = socketAddress(address);
  }

  async scan(content: Content): Promise<string | undefined> {
    const said = await ask(connect(this.#address), content);
    const [, found] = /^stream: (.+) FOUND$/.exec(said) ?? [];
    if (found !== undefined) return found;
    if (said === 'stream: OK') return undefined;
    if (said.startsWith('INSTREAM size limit exceeded')) throw new TooLargeToScanError(said);
    throw new Error(`The scanner said: ${said || 'nothing'}`);
  }
}

/** Where a scanner listens. @throws TypeError */
export function socketAddress(address: string): NetConnectOpts {
  if (address.startsWith('unix:/')) return { path: address.slice('unix:'.length) };
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'tcp:' || hostname === '' || port === '')
    throw new TypeError('tcp://host:port or unix:/path is due');
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

async function ask(socket: Socket, content: Content): Promise<string> {
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('The scanner was silent for too long.')));
  const answer = answerOf(socket);
  // Where it has heard enough it answers and hangs up, and what is still being sent goes nowhere.
  const sent = pipeline(Readable.from(framed(content.read())), socket, { end: false });
  sent.catch(() => undefined);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const done = () => said !== '' && resolve(said.replace(/\0.*$/s, ''));
    socket.on('data', (bytes) => {
      said += bytes.toString();
      if (said.includes('\0')) done();
    });
    socket.on('error', (error) => done() || reject(error));
    socket.on('close', () => done() || reject(new Error('The scanner hung up without a word.')));
  });
}

async function* framed(pieces: Bytes): Bytes {
  yield Buffer.from('zINSTREAM\0');
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    yield length;
    yield piece;
  }
  yield Buffer.alloc(4);
}

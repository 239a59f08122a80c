import type { Bytes, BytesReader } from '@valfri/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { notePassed } from '../content/garbage.ts';

/** How much is read at once, in bytes; there are two such buffers for an answer, however long it is. */
const BUFFER = 512 << 10;

/** Sends bytes as the body of an answer whose status and headers, the length among them, have been set. */
export async function sendBytes(request: FastifyRequest, reply: FastifyReply, bytes: Bytes): Promise<FastifyReply> {
  if (!bytes.openReader) return reply.send(Readable.from(noted(bytes), { objectMode: false }));
  await using reader = await bytes.openReader();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>);
  try {
    if (request.method !== 'HEAD') await pump(reader, raw);
    raw.end();
  } catch {
    // Its length has been said: whoever reads it sees that it broke off.
    raw.destroy();
  }
  return reply;
}

async function* noted(bytes: Bytes): Bytes {
  for await (const piece of bytes) {
    notePassed(piece.length);
    yield piece;
  }
}

/** One buffer is filled while the other is on its way. */
async function pump(reader: BytesReader, to: ServerResponse): Promise<void> {
  const buffers = [Buffer.allocUnsafeSlow(BUFFER), Buffer.allocUnsafeSlow(BUFFER)];
  let writing: Promise<void> = Promise.resolve();
  for (let turn = 0; ; turn = 1 - turn) {
    const buffer = buffers[turn]!;
    const length = await reader.read(buffer);
    await writing;
    if (length === 0) return;
    writing = written(to, buffer.subarray(0, length));
    // It is waited for in the next turn, and may fail before that.
    writing.catch(() => undefined);
  }
}

/** Settles when a buffer has been handed to the system, and may be used again. @throws where nobody reads any more */
function written(to: ServerResponse, buffer: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('The connection is closed.'));
    if (to.destroyed) return gone();
    to.once('close', gone);
    to.write(buffer, (error) => {
      to.off('close', gone);
      if (error) reject(error);
      else resolve();
    });
  });
}

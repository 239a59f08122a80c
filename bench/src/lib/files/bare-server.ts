import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

// The least that takes a file in and gives it out: one process, buffers of 1 MiB, nothing checked, nothing made safe.
const directory = mkdtempSync(join(tmpdir(), 'valfri-bench-bare-'));
const highWaterMark = 1 << 20;

const server = createServer({ highWaterMark }, async (request, reply) => {
  const path = join(directory, 'file');
  if (request.method === 'PUT') {
    await pipeline(request, createWriteStream(path, { highWaterMark }));
    return reply.writeHead(204).end();
  }
  reply.writeHead(200, { 'content-length': statSync(path).size });
  return pipeline(createReadStream(path, { highWaterMark }), reply);
});
server.listen(0, '127.0.0.1', () =>
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file` }),
);
process.once('disconnect', () => {
  rmSync(directory, { recursive: true });
  process.exit();
});

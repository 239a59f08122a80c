import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContents } from '../../src/server/content-store.ts';

/** Puts a gibibyte into the store that the settings on the command line name, reads it, and says what that took beside what it had. */
const SIZE = 1 << 30;
const settings = JSON.parse(process.argv[2]!) as object;
const directory = mkdtempSync(join(tmpdir(), 'valfri-s3-stream-'));

const pieces = Array.from({ length: 16 }, (_, i) => Buffer.alloc(1 << 20, i));

async function* read() {
  for (let at = 0; at < SIZE; at += 1 << 20) yield pieces[(at >> 20) % 16]!;
}

async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

const context = { directory, settings, instance: randomUUID(), fetch };
const { store } = await openContents(context as never, async () => true);
const sha256 = await hashOf(read());
const before = process.memoryUsage.rss();
const began = performance.now();
await store.keep({ size: SIZE, sha256, read });
const kept = performance.now();
const whole = (await hashOf((await store.open(sha256)).read())) === sha256;
const seconds = { up: (kept - began) / 1_000, down: (performance.now() - kept) / 1_000 };
await store.drop([sha256], async () => false);
rmSync(directory, { recursive: true });
const grewMegabytes = Math.round(process.resourceUsage().maxRSS / 1_024 - before / (1 << 20));
process.stdout.write(JSON.stringify({ whole, grewMegabytes, seconds }));

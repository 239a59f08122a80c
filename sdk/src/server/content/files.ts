import { type Bytes, CapabilityError, type Content } from '@valfri/core';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeyedLock } from '../keyed-lock.ts';
import type { ContentStore } from './content-store.ts';
import { fileContent } from './file-content.ts';

/** Content as files of a folder, each under its SHA-256: `ab/cd/abcd…`. One process only may use a folder. */
export class FileContentStore implements ContentStore {
  readonly #directory: string;
  readonly #lock = new KeyedLock();

  /** @param directory made where it is not there. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async keep(content: Content): Promise<void> {
    await this.#lock.run(content.sha256, async () => {
      if (await this.#size(content.sha256)) return;
      const path = this.#path(content.sha256);
      await mkdir(dirname(path), { recursive: true });
      const incoming = join(this.#directory, `.incoming-${randomUUID()}`);
      try {
        if (content.linkTo) await content.linkTo(incoming);
        else await writeChecked(incoming, content);
        await synced(incoming);
        await rename(incoming, path);
      } finally {
        await rm(incoming, { force: true });
      }
      await synced(dirname(path));
    });
  }

  async has(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const there = await Promise.all(hashes.map((hash) => this.#lock.run(hash, () => this.#size(hash))));
    return new Set(hashes.filter((_, i) => there[i] !== undefined));
  }

  async open(sha256: string): Promise<Content> {
    const size = (await this.#size(sha256))?.bytes;
    if (size === undefined) throw new CapabilityError('NOT_FOUND', 'The content is not there.', { field: 'sha256' });
    return fileContent({ path: this.#path(sha256), size, sha256 });
  }

  async drop(hashes: readonly string[], isWanted: (sha256: string) => Promise<boolean>): Promise<void> {
    for (const hash of hashes)
      await this.#lock.run(hash, async () => {
        if (!(await isWanted(hash))) await rm(this.#path(hash), { force: true });
      });
  }

  /** Of what is whole: a file comes to its name only when it is. */
  async #size(sha256: string): Promise<{ readonly bytes: number } | undefined> {
    try {
      return { bytes: (await stat(this.#path(sha256))).size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** @throws INVALID where it is no hash: nothing else becomes part of a path. */
  #path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new CapabilityError('INVALID', `sha256: ${sha256} is none.`, { field: 'sha256' });
    return join(this.#directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

/** @throws CONFLICT where it is not what it was said to be. */
async function writeChecked(path: string, { read, size, sha256 }: Content): Promise<void> {
  const hash = createHash('sha256');
  let written = 0;
  await using file = await open(path, 'wx');
  for await (const piece of read() as Bytes) {
    hash.update(piece);
    written += piece.length;
    await file.writeFile(piece);
  }
  if (written === size && hash.digest('hex') === sha256) return;
  throw new CapabilityError('CONFLICT', 'The content is not what it was said to be.', { field: 'sha256' });
}

async function synced(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

import type { ByteRange, Bytes, BytesReader, Content } from '@valfri/core';
import { createReadStream } from 'node:fs';
import { constants, copyFile, link, open } from 'node:fs/promises';

/** How much is read at once, in bytes: with less, reading large files takes twice as long. */
const PIECE = 1 << 20;

/** What is known of a file. */
export interface KnownFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file as content. It must stay as it is. */
export function fileContent({ path, size, sha256 }: KnownFile): Content {
  return {
    size,
    sha256,
    read: ({ start = 0, end = size }: Partial<ByteRange> = {}) => readFrom(path, start, Math.min(end, size)),
    linkTo: (to) => linkOrCopy(path, to),
  };
}

function readFrom(path: string, start: number, end: number): Bytes {
  if (end <= start) return nothing();
  return {
    [Symbol.asyncIterator]: () =>
      createReadStream(path, { start, end: end - 1, highWaterMark: PIECE })[Symbol.asyncIterator](),
    openReader: () => openReader(path, start, end),
  };
}

async function openReader(path: string, start: number, end: number): Promise<BytesReader> {
  const file = await open(path, 'r');
  let at = start;
  return {
    async read(into) {
      const { bytesRead } = await file.read(into, 0, Math.min(into.length, end - at), at);
      at += bytesRead;
      return bytesRead;
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function* nothing(): Bytes {
  // There is nothing to read.
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** Another file system, or one that has no links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK']);

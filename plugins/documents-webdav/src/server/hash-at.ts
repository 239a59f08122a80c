import { createHash } from 'node:crypto';
import type { DavServer } from './dav/dav-server.ts';
import type { Path } from './dav/path.ts';

/** Reads a file on the server to find what it is; `undefined` where there is none. */
export async function hashAt(
  server: DavServer,
  path: Path,
): Promise<{ readonly size: number; readonly sha256: string } | undefined> {
  const pieces = await server.get(path);
  if (!pieces) return undefined;
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest('hex') };
}

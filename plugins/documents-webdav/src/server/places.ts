import type { Path } from './dav/path.ts';

/** Names on the server that are the provider's own begin so. */
export const OWN = '.valfri';

/** What comes in, until it is whole. */
export const INCOMING: Path = [OWN, 'tmp'];
/** What files hold and held, by hash. */
export const CONTENT: Path = [OWN, 'content'];

/** The folder of the contents whose hashes begin as this one does. */
export function shelfOf(sha256: string): Path {
  return [...CONTENT, sha256.slice(0, 2)];
}

/** Where a content lies. */
export function contentAt(sha256: string): Path {
  return [...shelfOf(sha256), sha256];
}

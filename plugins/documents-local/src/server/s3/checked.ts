import { type Bytes, CapabilityError, type Content } from '@valfri/sdk';
import { createHash } from 'node:crypto';

/**
 * The bytes of some content. The last piece is handed on only when they are known to be what they were said to be, so
 * that nobody ever has all of something else.
 * @throws CONFLICT
 */
export async function* checked({ read, size, sha256 }: Content): Bytes {
  const hash = createHash('sha256');
  let count = 0;
  let held: Uint8Array | undefined;
  for await (const piece of read()) {
    count += piece.length;
    if (count > size) throw notAsSaid();
    hash.update(piece);
    if (held) yield held;
    held = piece;
  }
  if (count !== size || hash.digest('hex') !== sha256) throw notAsSaid();
  if (held) yield held;
}

function notAsSaid(): CapabilityError {
  return new CapabilityError('CONFLICT', 'The content is not what it was said to be.', { field: 'sha256' });
}

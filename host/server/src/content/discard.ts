/**
 * Lets go of content that is not read to its end. What was opened for it is closed by whoever reads it, and only once it
 * has been read from: so a piece is taken first.
 */
export async function discard(content: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    const pieces = content[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.return?.();
  } catch {
    // What cannot be read is not open either.
  }
}

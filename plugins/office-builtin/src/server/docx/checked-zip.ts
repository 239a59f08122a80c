import { CapabilityError } from '@valfri/sdk';
import { Buffer } from 'node:buffer';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';

/** What an archive may be at most. */
export interface ZipLimits {
  readonly entries: number;
  /** All of it unpacked, in bytes. */
  readonly total: number;
  /** How many times longer unpacked than packed; what is small may be packed as well as it likes. */
  readonly ratio: number;
}

const LIMITS: ZipLimits = { entries: 10_000, total: 500 * 1024 * 1024, ratio: 200 };
const SMALL = 1024 * 1024;

/**
 * Looks through an archive before anything is made of it: every entry is unpacked once, in pieces, and measured as it
 * comes out, whatever its header says.
 * @throws INVALID with `TOO_LARGE`, `DOCTYPE` or `BROKEN`
 */
export async function checkZip(bytes: Uint8Array, limits: ZipLimits = LIMITS): Promise<void> {
  const zip = await opened(bytes);
  if (zip.entryCount > limits.entries) throw refusal('TOO_LARGE', `The file has more than ${limits.entries} parts.`);
  let total = 0;
  const seen = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    if (seen.size >= limits.entries || seen.has(entry.fileName))
      throw refusal('BROKEN', 'A part of the file is there twice.');
    seen.add(entry.fileName);
    total += entry.uncompressedSize;
    if (total > limits.total) throw refusal('TOO_LARGE', 'The file is too large when it is unpacked.');
    if (entry.uncompressedSize > Math.max(SMALL, entry.compressedSize * limits.ratio))
      throw refusal('TOO_LARGE', 'A part of the file is packed too tightly to be what it says.');
    await look(zip, entry);
  }
}

async function opened(bytes: Uint8Array): Promise<ZipFile> {
  try {
    return await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    throw refusal('BROKEN', 'The file is no archive of the kind that its name says.', error);
  }
}

/** Unpacks an entry, which fails where it is longer than it says, and looks for declarations that documents do not have. */
async function look(zip: ZipFile, entry: Entry): Promise<void> {
  if (entry.fileName.endsWith('/')) return;
  const isXml = /\.(xml|rels|vml)$/i.test(entry.fileName);
  let end = '';
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      if (!isXml) continue;
      const text = end + (piece as Buffer).toString('latin1').replaceAll('\0', '');
      if (/<!(DOCTYPE|ENTITY)/i.test(text))
        throw refusal('DOCTYPE', 'A part of the file declares what documents do not.');
      end = text.slice(-10);
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'INVALID') throw error;
    throw refusal('BROKEN', 'A part of the file cannot be unpacked.', error);
  }
}

function refusal(reason: string, message: string, cause?: unknown): CapabilityError {
  return new CapabilityError('INVALID', message, { reason, cause });
}

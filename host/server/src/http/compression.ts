import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const WORTHWHILE = 1_024; // bytes

/** A body as a client takes it, and the name of its encoding. */
export async function compressed(
  body: string,
  accepts: string | undefined,
): Promise<{ body: string | Buffer; encoding?: string }> {
  if (body.length < WORTHWHILE) return { body };
  if (accepts?.includes('br')) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
    return { body: await brotli(body, { params }), encoding: 'br' };
  }
  if (accepts?.includes('gzip')) return { body: await zip(body, { level: 5 }), encoding: 'gzip' };
  return { body };
}

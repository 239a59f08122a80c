import type { Bytes, Content } from '@valfri/sdk';
import { createHash } from 'node:crypto';
import { checked } from './checked.ts';
import { S3Refusal } from './refusals.ts';
import { element, type S3Body, type S3Client, textBody } from './s3-client.ts';

/** The least of a part, in bytes; each that is on its way is in memory. */
const PART = 8 << 20;
/** Parts that one object may have: where that is too little the parts are larger. */
const MOST = 10_000;
/** Parts on their way at once. */
const AT_ONCE = 2;
/** What is handed to the connection at once, in bytes. */
const PIECE = 256 << 10;

/**
 * Puts a large object in parts, each signed, and sent again by itself where it did not arrive. The object is there when
 * all of it is, or not at all.
 * @throws S3Refusal; CONFLICT where it is not what it was said to be.
 */
export async function putInParts(client: S3Client, key: string, content: Content): Promise<void> {
  const started = await (await client.ask({ method: 'POST', key, query: { uploads: '' } })).text();
  const uploadId = element(started, 'UploadId');
  if (!uploadId) throw new S3Refusal(502, '', 'It began an upload without saying which.');
  try {
    const tags = await putParts(client, { key, uploadId }, content);
    await complete(client, { key, uploadId }, tags);
  } catch (error) {
    await abandon(client, { key, uploadId });
    throw error;
  }
}

interface Multipart {
  readonly key: string;
  readonly uploadId: string;
}

async function putParts(client: S3Client, { key, uploadId }: Multipart, content: Content): Promise<readonly string[]> {
  const size = Math.max(PART, Math.ceil(content.size / MOST));
  const parts = new Parts(checked(content));
  const tags: string[] = [];
  const worker = async () => {
    const buffer = Buffer.allocUnsafe(size);
    for (let part = await parts.next(buffer); part; part = await parts.next(buffer)) {
      const query = { partNumber: String(part.number), uploadId };
      const answer = await client.ask({ method: 'PUT', key, query, body: bodyOf(part.bytes) });
      await answer.body?.cancel();
      tags[part.number - 1] = answer.headers.get('etag') ?? '';
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, () => worker().catch((error: unknown) => parts.end(error))),
  );
  const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) throw failed.reason;
  return tags;
}

function bodyOf(bytes: Uint8Array): S3Body {
  const read = async function* () {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  };
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), read };
}

/** A stream, cut into parts for several who take one at a time. */
class Parts {
  readonly #source: AsyncIterator<Uint8Array>;
  #turn: Promise<unknown> = Promise.resolve();
  #rest: Uint8Array = new Uint8Array();
  #count = 0;
  #ended = false;

  constructor(source: Bytes) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Fills a buffer with the next part; `undefined` where there is no more. */
  next(buffer: Buffer): Promise<{ readonly number: number; readonly bytes: Buffer } | undefined> {
    const mine = this.#turn.then(() => this.#fill(buffer));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Nobody gets any more. @throws what it is given */
  async end(error: unknown): Promise<never> {
    this.#ended = true;
    await this.#source.return?.();
    throw error;
  }

  async #fill(buffer: Buffer) {
    let filled = 0;
    while (filled < buffer.length && !this.#ended) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#source.next();
        if (done) break;
        this.#rest = value;
      }
      const taken = this.#rest.subarray(0, buffer.length - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    if (filled === 0 || this.#ended) return undefined;
    return { number: ++this.#count, bytes: buffer.subarray(0, filled) };
  }
}

/** A store may say yes first, and in the end that it failed. */
async function complete(client: S3Client, { key, uploadId }: Multipart, tags: readonly string[]): Promise<void> {
  const parts = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
  const body = textBody(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const answer = await client.ask({ method: 'POST', key, query: { uploadId }, body });
  const text = await answer.text();
  const code = element(text, 'Code');
  if (text.includes('<Error>') || code) throw new S3Refusal(500, code ?? '', element(text, 'Message') ?? '');
}

function escaped(tag: string): string {
  return tag.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
}

/** What has arrived of it takes no room any more; where that fails it is found at the next start. */
async function abandon(client: S3Client, { key, uploadId }: Multipart): Promise<void> {
  await client.ask({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
}

/** Gives up what an earlier run of this instance left half done. */
export async function abandonAll(client: S3Client): Promise<void> {
  const { prefix } = client.place;
  const text = await (await client.ask({ method: 'GET', query: { uploads: '', prefix } })).text();
  for (const [, upload = ''] of text.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
    const [key, uploadId] = [element(upload, 'Key'), element(upload, 'UploadId')];
    if (key?.startsWith(prefix) && uploadId) await abandon(client, { key: key.slice(prefix.length), uploadId });
  }
}

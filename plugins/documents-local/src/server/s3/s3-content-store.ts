import { type Bytes, CapabilityError, type Content, type Health } from '@valfri/sdk';
import { type ContentStore, KeyedLock } from '@valfri/sdk/server';
import { setTimeout as passing } from 'node:timers/promises';
import { checked } from './checked.ts';
import type { Claim } from './claim.ts';
import { putInParts } from './multipart.ts';
import { advice, isPassing, S3Refusal, unavailable } from './refusals.ts';
import type { S3Client } from './s3-client.ts';

/** What is larger goes in parts, in bytes. */
const WHOLE = 64 << 20;
/** Requests about many objects that are under way at once. */
const AT_ONCE = 8;
/** How often reading goes on where it broke off, without a byte having come in between. */
const TRIES = 3;

/** Content as objects of an S3 store, each under its SHA-256. One process only may use a prefix. */
export class S3ContentStore implements ContentStore {
  readonly #client: S3Client;
  readonly #claim: Claim;
  readonly #lock = new KeyedLock();

  constructor(client: S3Client, claim: Claim) {
    this.#client = client;
    this.#claim = claim;
  }

  async keep(content: Content): Promise<void> {
    const key = keyOf(content.sha256);
    await this.#lock.run(key, () =>
      told(async () => {
        await this.#claim.made();
        if ((await this.#size(key)) === content.size) return;
        try {
          await this.#put(key, content);
        } catch (error) {
          // The answer may have been lost, and not the object.
          if (!isPassing(error) || (await this.#size(key)) !== content.size) throw error;
        }
      }),
    );
  }

  async #put(key: string, content: Content): Promise<void> {
    if (content.size > WHOLE) return putInParts(this.#client, key, content);
    const { size, sha256 } = content;
    // Nothing is sent of nothing, and so nothing would be checked.
    if (size === 0) for await (const _ of checked(content));
    const answer = await this.#client.ask({
      method: 'PUT',
      key,
      headers: { 'content-type': 'application/octet-stream' },
      body: { size, sha256, read: () => checked(content) },
    });
    await answer.body?.cancel();
  }

  async has(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    await eachOf(hashes, async (hash) => {
      const key = keyOf(hash);
      if ((await this.#lock.run(key, () => told(() => this.#size(key)))) !== undefined) there.add(hash);
    });
    return there;
  }

  async open(sha256: string): Promise<Content> {
    const key = keyOf(sha256);
    const size = await told(() => this.#size(key));
    if (size === undefined) throw new CapabilityError('NOT_FOUND', 'The content is not there.', { field: 'sha256' });
    const read: Content['read'] = ({ start = 0, end = size } = { start: 0 }) =>
      this.#read(key, start, Math.min(end, size));
    return { size, sha256, read };
  }

  /** Where the connection breaks it goes on from there. */
  async *#read(key: string, start: number, end: number): Bytes {
    let [at, failures] = [start, 0];
    while (at < end) {
      try {
        for await (const piece of await this.#piecesOf(key, at, end)) {
          at += piece.length;
          failures = 0;
          yield piece;
        }
        if (at < end) throw new S3Refusal(0, '', 'its answer ended early');
      } catch (error) {
        if (!isPassing(error) || ++failures === TRIES) throw unavailable(error);
        await passing(200 * failures);
      }
    }
  }

  async #piecesOf(key: string, start: number, end: number): Promise<Bytes> {
    const headers = { range: `bytes=${start}-${end - 1}` };
    const answer = await this.#client.ask({ method: 'GET', key, headers });
    if (answer.status === 206) return broken(answer.body as unknown as Bytes);
    await answer.body?.cancel();
    throw new S3Refusal(answer.status, '', 'it gave all of it where a part was asked for');
  }

  async drop(hashes: readonly string[], isWanted: (sha256: string) => Promise<boolean>): Promise<void> {
    if (hashes.length > 0) await told(() => this.#claim.made());
    await eachOf(hashes, (hash) =>
      this.#lock.run(keyOf(hash), async () => {
        if (await isWanted(hash)) return;
        await told(async () => (await this.#client.ask({ method: 'DELETE', key: keyOf(hash) })).body?.cancel());
      }),
    );
  }

  /** Whether the store answers, takes the keys, and is the one in which the content was put. */
  async health(): Promise<Health> {
    try {
      await this.#claim.check();
      return { ok: true };
    } catch (error) {
      const { message } = error as Error;
      return { ok: false, message: error instanceof S3Refusal ? advice(error, this.#client.place) : message };
    }
  }

  /** In bytes; `undefined` where it is not there. */
  async #size(key: string): Promise<number | undefined> {
    try {
      const { headers } = await this.#client.ask({ method: 'HEAD', key });
      return Number(headers.get('content-length'));
    } catch (error) {
      if (error instanceof S3Refusal && error.status === 404) return undefined;
      throw error;
    }
  }
}

/** @throws INVALID where it is no hash: nothing else becomes a key. */
function keyOf(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new CapabilityError('INVALID', `sha256: ${sha256} is none.`, { field: 'sha256' });
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

/** What breaks off on its way is as if nobody had answered. */
async function* broken(body: Bytes): Bytes {
  const pieces = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await pieces.next().catch((cause: Error) => {
        throw new S3Refusal(0, '', cause.message, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await pieces.return?.().catch(() => undefined);
  }
}

async function eachOf(hashes: readonly string[], work: (hash: string) => Promise<void>): Promise<void> {
  const queue = hashes.values();
  const worker = async () => {
    for (const hash of queue) await work(hash);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

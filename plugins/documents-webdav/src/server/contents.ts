import { type ByteRange, type Bytes, CapabilityError, type Content } from '@valfri/sdk';
import type { ContentStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import { createHash, randomUUID } from 'node:crypto';
import type { DavServer } from './dav/dav-server.ts';
import { isRefusal, isUnavailable, unavailable } from './dav/faults.ts';
import type { Path } from './dav/path.ts';
import { inParallel } from './in-parallel.ts';
import { KeyedLock } from './keyed-lock.ts';
import { contentAt, INCOMING, shelfOf } from './places.ts';
import type { WebdavTables } from './tables.ts';

/** Content on the server, by its hash. What is there stands in a table, so that nobody needs to ask. */
export class WebdavContents implements ContentStore {
  readonly #server: DavServer;
  readonly #db: Kysely<WebdavTables>;
  readonly #lock = new KeyedLock();

  constructor(server: DavServer, db: Kysely<WebdavTables>) {
    this.#server = server;
    this.#db = db;
  }

  async keep(content: Content): Promise<void> {
    await this.#lock.alone(content.sha256, async () => {
      if ((await this.has([content.sha256])).has(content.sha256)) return;
      const incoming = newIncoming();
      await this.#server.put(incoming, checked(content)).catch(async (error: unknown) => {
        // The answer may have been lost, and not the bytes.
        if (!isUnavailable(error) || (await this.#server.stat(incoming))?.size !== content.size) throw error;
      });
      await this.#shelve(incoming, content);
    });
  }

  /** Keeps what lies under a temporary name, and has been read to find its hash. */
  async keepIncoming(incoming: Path, content: Pick<Content, 'size' | 'sha256'>): Promise<void> {
    await this.#lock.alone(content.sha256, async () => {
      if ((await this.has([content.sha256])).has(content.sha256)) await this.#server.remove(incoming);
      else await this.#shelve(incoming, content);
    });
  }

  async has(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ sha256: string }>`
      SELECT sha256 FROM contents WHERE sha256 = ANY(${hashes}) AND NOT unwanted`.execute(this.#db);
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  async open(sha256: string): Promise<Content> {
    const { rows } = await sql<{ size: number }>`
      SELECT size FROM contents WHERE sha256 = ${sha256} AND NOT unwanted`.execute(this.#db);
    if (!rows[0]) throw gone();
    const { size } = rows[0];
    return { size, sha256, read: (range) => this.#read({ size, sha256 }, range) };
  }

  /** Where the server does not answer, it is removed later; see {@link sweep}. */
  async drop(hashes: readonly string[], isWanted: (sha256: string) => Promise<boolean>): Promise<void> {
    await inParallel(8, hashes, (sha256) =>
      this.#lock.alone(sha256, async () => {
        if (await isWanted(sha256)) return;
        await sql`UPDATE contents SET unwanted = true WHERE sha256 = ${sha256}`.execute(this.#db);
      }),
    );
    await this.sweep().catch((error: unknown) => {
      if (!isUnavailable(error)) throw error;
    });
  }

  /** Removes what nobody wants. */
  async sweep(): Promise<void> {
    const { rows } = await sql<{ sha256: string }>`SELECT sha256 FROM contents WHERE unwanted`.execute(this.#db);
    await inParallel(8, rows, ({ sha256 }) =>
      this.#lock.alone(sha256, async () => {
        const still = await sql`SELECT FROM contents WHERE sha256 = ${sha256} AND unwanted`.execute(this.#db);
        if (still.rows.length === 0) return;
        await this.#server.remove(contentAt(sha256));
        await sql`DELETE FROM contents WHERE sha256 = ${sha256}`.execute(this.#db);
      }),
    );
  }

  /** Gives what came in its name, and looks whether it is there as long as it should be. */
  async #shelve(incoming: Path, { sha256, size }: Pick<Content, 'size' | 'sha256'>): Promise<void> {
    const move = async () => void (await this.#server.move(incoming, contentAt(sha256), 'whatever'));
    await move().catch(async (error: unknown) => {
      // Where the answer was lost, it is seen below whether it was done.
      if (isUnavailable(error)) return;
      if (!isRefusal(error, 409)) throw error;
      await this.#server.makeFolder(shelfOf(sha256));
      await move();
    });
    const there = await this.#server.stat(contentAt(sha256));
    if (there?.size !== size)
      throw unavailable(`The WebDAV server kept ${there?.size ?? 'none'} of ${size} bytes. Try again.`);
    await sql`
      INSERT INTO contents (sha256, size) VALUES (${sha256}, ${size})
      ON CONFLICT (sha256) DO UPDATE SET unwanted = false`.execute(this.#db);
  }

  async *#read({ size, sha256 }: { size: number; sha256: string }, range?: ByteRange): Bytes {
    if (size === 0) return;
    const [start, end] = [range?.start ?? 0, Math.min(range?.end ?? size, size)];
    const whole = start === 0 && end === size;
    const pieces = await this.#server.get(contentAt(sha256), whole ? undefined : { start, end });
    if (!pieces) throw gone();
    const hash = createHash('sha256');
    let length = 0;
    for await (const piece of pieces) {
      if (whole) hash.update(piece);
      length += piece.length;
      yield piece;
    }
    if (length !== end - start || (whole && hash.digest('hex') !== sha256))
      throw unavailable('The WebDAV server handed out something else than it was given.');
  }
}

/** A free temporary name. */
export function newIncoming(): Path {
  return [...INCOMING, randomUUID()];
}

function gone(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'The content is not there.', { field: 'sha256' });
}

/** Content that ends in a fault where it is not what it was said to be: then nothing is kept. */
function checked(content: Content): Pick<Content, 'size' | 'read'> {
  const { size, sha256 } = content;
  async function* pieces(): Bytes {
    const hash = createHash('sha256');
    let length = 0;
    for await (const piece of content.read()) {
      hash.update(piece);
      length += piece.length;
      yield piece;
    }
    if (length !== size || hash.digest('hex') !== sha256)
      throw new CapabilityError('CONFLICT', 'The content is not what it was said to be.', { field: 'sha256' });
  }
  return { size, read: pieces };
}

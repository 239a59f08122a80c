import { type Bytes, CapabilityError, type Content, isId, newId } from '@valfri/core';
import { fileContent } from '@valfri/sdk/server';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../log.ts';
import { notePassed } from './garbage.ts';

/** How long an upload that nobody goes on with is kept, in milliseconds. */
const KEPT = 24 * 3_600_000;

/** Uploads under way that one person may have. */
const MOST = 50;

/** What stays free on the disk, in bytes: others want to write too. */
const RESERVE = 64 << 20;

const PIECE = 1 << 20;

/** What is known of an upload. */
export interface Upload {
  readonly id: string;
  readonly person: string;
  /** In bytes. */
  readonly length: number;
}

/** Content that came in one piece, until it is disposed of. */
export interface TakenIn extends Content, AsyncDisposable {
  readonly path: string;
}

/** The SHA-256 of what has come so far. */
interface Running {
  readonly hash: Hash;
  at: number;
}

/**
 * Takes content in, piece by piece, on the host's own disk. Whoever is cut off asks how much has come and goes on from
 * there, also after the host was restarted.
 */
export class Uploads {
  readonly #directory: string;
  readonly #log: Log;
  readonly #running = new Map<string, Running>();
  readonly #busy = new Set<string>();
  /** How many come in at one go, by person. */
  readonly #receiving = new Map<string, number>();

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Removes what nobody went on with, and what was taken over; now and every ten minutes. */
  async open(): Promise<Disposable> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#sweep();
    const timer = setInterval(() => {
      this.#sweep().catch((error: unknown) => this.#log.warn('Old uploads could not be removed.', { error }));
    }, 600_000).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  /**
   * Begins an upload; the same again changes nothing.
   * @throws QUOTA where there is no room, or too many are under way; CONFLICT where the id is another's.
   */
  async begin(upload: Upload): Promise<void> {
    const known = await this.#read(upload.id);
    if (known) {
      if (known.person === upload.person && known.length === upload.length) return;
      throw new CapabilityError('CONFLICT', 'id: another upload has it.', { field: 'id' });
    }
    await this.#requireRoom(upload);
    await writeFile(this.#path(upload.id, 'part'), '', { flag: 'wx', mode: 0o600 });
    await writeFile(this.#path(upload.id, 'json'), JSON.stringify(upload), { mode: 0o600 });
  }

  async #requireRoom({ person, length }: Upload): Promise<void> {
    if (length > (await this.#room())) throw noRoom();
    const mine = (await this.#all()).filter((upload) => upload.person === person);
    const sizes = await Promise.all(mine.map(async ({ id }) => this.#size(id)));
    if (mine.filter((upload, i) => sizes[i]! < upload.length).length < MOST) return;
    throw tooMany();
  }

  /** How much of an upload has come, in bytes. @throws NOT_FOUND */
  async offset(id: string, person: string): Promise<{ readonly offset: number; readonly length: number }> {
    const { length } = await this.#require(id, person);
    return { offset: await this.#size(id), length };
  }

  /**
   * Takes a piece in. What has come when the connection breaks is kept.
   * @param at where the piece begins, in bytes.
   * @returns how much has come now.
   * @throws CONFLICT where it does not begin where the last one ended, or another is coming in.
   */
  async append(
    id: string,
    person: string,
    { at, piece }: { at: number; piece: AsyncIterable<Uint8Array> },
  ): Promise<number> {
    const { length } = await this.#require(id, person);
    if (this.#busy.has(id)) throw outOfStep('Another piece is coming in.');
    this.#busy.add(id);
    try {
      const has = await this.#size(id);
      if (at !== has) throw outOfStep(`${has} bytes have come, not ${at}.`);
      await this.#write(id, { at, most: length - at, piece });
    } finally {
      this.#busy.delete(id);
    }
    return this.#size(id);
  }

  async #write(
    id: string,
    { at, most, piece }: { at: number; most: number; piece: Iterable<Uint8Array> | AsyncIterable<Uint8Array> },
  ): Promise<void> {
    const running = at === 0 ? { hash: createHash('sha256'), at: 0 } : this.#running.get(id);
    if (running) this.#running.set(id, running);
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      let room = most;
      for await (const bytes of source) {
        room -= bytes.length;
        notePassed(bytes.length);
        if (room < 0) throw new CapabilityError('INVALID', 'More comes than was said.', { field: 'length' });
        if (running) {
          running.hash.update(bytes);
          running.at += bytes.length;
        }
        yield bytes;
      }
    };
    try {
      const file = createWriteStream(this.#path(id, 'part'), { flags: 'r+', start: at, highWaterMark: PIECE });
      await pipeline(piece, counted, file);
    } catch (error) {
      // What was hashed and what was written may differ: it is hashed again in the end.
      this.#running.delete(id);
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom() : error;
    }
  }

  /** The content of an upload of which everything has come. @throws NOT_FOUND, CONFLICT */
  async content(id: string, person: string): Promise<Content & { readonly path: string }> {
    const { length } = await this.#require(id, person);
    const path = this.#path(id, 'part');
    const size = await this.#size(id);
    if (size !== length || this.#busy.has(id)) throw outOfStep(`${size} of ${length} bytes have come.`);
    const sha256 = await this.#hash(id, size);
    return { ...fileContent({ path, size, sha256 }), path };
  }

  async #hash(id: string, size: number): Promise<string> {
    const running = this.#running.get(id);
    if (running?.at === size) return running.hash.copy().digest('hex');
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(this.#path(id, 'part'), { highWaterMark: PIECE }))
      hash.update(bytes as Buffer);
    return hash.digest('hex');
  }

  /**
   * Takes in what comes in one piece, of a length that nobody knows before it has come. Dispose of it once it was taken
   * over.
   * @throws QUOTA where there is no room.
   */
  async takeIn(bytes: Bytes): Promise<TakenIn> {
    const path = this.#path(newId(), 'part');
    const remove = () => rm(path, { force: true });
    try {
      const hash = createHash('sha256');
      let size = 0;
      const room = await this.#room();
      const counted = async function* (source: Bytes) {
        for await (const piece of source) {
          size += piece.length;
          if (size > room) throw noRoom();
          hash.update(piece);
          yield piece;
        }
      };
      await pipeline(bytes, counted, createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: PIECE }));
      const content = fileContent({ path, size, sha256: hash.digest('hex') });
      return { ...content, path, [Symbol.asyncDispose]: remove };
    } catch (error) {
      await remove();
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom() : error;
    }
  }

  /** What may still be written, in bytes. */
  async #room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    return bavail * bsize - RESERVE;
  }

  /**
   * Takes content in at one go. What was cut off leaves nothing; what has come is to be discarded once it is taken over.
   * @param upload its length may not be known beforehand.
   * @throws QUOTA where there is no room, or too many are under way; INVALID where it has another length.
   */
  async receive(
    { id, person, length }: Omit<Upload, 'length'> & { readonly length: number | undefined },
    body: AsyncIterable<Uint8Array> | undefined,
  ): Promise<Content & { readonly path: string }> {
    await this.#requireRoom({ id, person, length: length ?? 0 });
    const own = this.#receiving.get(person) ?? 0;
    if (own >= MOST) throw tooMany();
    this.#receiving.set(person, own + 1);
    const path = this.#path(id, 'part');
    try {
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      await this.#write(id, { at: 0, most: length ?? Infinity, piece: body ?? [] });
      const size = await this.#size(id);
      if (length !== undefined && size !== length)
        throw new CapabilityError('INVALID', `${size} of ${length} bytes have come.`, { field: 'length' });
      return { ...fileContent({ path, size, sha256: await this.#hash(id, size) }), path };
    } catch (error) {
      await this.#drop(id);
      throw error;
    } finally {
      const left = this.#receiving.get(person)! - 1;
      if (left > 0) this.#receiving.set(person, left);
      else this.#receiving.delete(person);
    }
  }

  /** Removes what was received. */
  async discard(id: string): Promise<void> {
    await this.#drop(id);
  }

  /** It has been taken over. It is kept a little longer, for whoever asks again because the answer did not reach them. */
  async finish(id: string): Promise<void> {
    await utimes(this.#path(id, 'part'), 0, 0);
  }

  /** Forgets an upload. @throws NOT_FOUND */
  async remove(id: string, person: string): Promise<void> {
    await this.#require(id, person);
    await this.#drop(id);
  }

  async #drop(id: string): Promise<void> {
    this.#running.delete(id);
    await rm(this.#path(id, 'json'), { force: true });
    await rm(this.#path(id, 'part'), { force: true });
  }

  async #require(id: string, person: string): Promise<Upload> {
    const upload = await this.#read(id);
    if (upload?.person === person) return upload;
    throw new CapabilityError('NOT_FOUND', 'There is no such upload. Begin again.', { field: 'upload' });
  }

  async #read(id: string): Promise<Upload | undefined> {
    if (!isId(id)) throw new CapabilityError('INVALID', 'upload: is no id.', { field: 'upload' });
    try {
      return JSON.parse(await readFile(this.#path(id, 'json'), 'utf8')) as Upload;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #size(id: string): Promise<number> {
    return (await stat(this.#path(id, 'part'))).size;
  }

  async #all(): Promise<readonly Upload[]> {
    const names = await readdir(this.#directory);
    const ids = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
    return (await Promise.all(ids.map((id) => this.#read(id)))).filter((upload) => upload !== undefined);
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const { mtimeMs } = await stat(join(this.#directory, name));
      if (name.endsWith('.part') && mtimeMs < Date.now() - KEPT) await this.#drop(name.slice(0, -5));
    }
  }

  #path(id: string, ending: 'part' | 'json'): string {
    return join(this.#directory, `${id}.${ending}`);
  }
}

function outOfStep(message: string): CapabilityError {
  return new CapabilityError('CONFLICT', `${message} Ask how much has come, and go on from there.`, {
    reason: 'OFFSET',
    field: 'offset',
  });
}

function tooMany(): CapabilityError {
  return new CapabilityError('QUOTA', `You have ${MOST} uploads under way. Wait until some are done.`, {
    reason: 'UPLOADS',
  });
}

function noRoom(): CapabilityError {
  return new CapabilityError('QUOTA', 'The server has no room for it. Tell whoever runs it.', { reason: 'DISK_FULL' });
}

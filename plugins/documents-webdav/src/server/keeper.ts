import type { PluginLog } from '@valfri/sdk';
import { type Kysely, sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { WebdavContents } from './contents.ts';
import type { DavServer } from './dav/dav-server.ts';
import { isUnavailable, unavailable } from './dav/faults.ts';
import type { Watch } from './foreign/watch.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { Placements } from './place/placements.ts';
import type { Placer } from './place/placer.ts';
import { CONTENT, INCOMING, OWN } from './places.ts';
import type { SharedLock } from './shared-lock.ts';
import type { WebdavTables } from './tables.ts';

/** What a keeper works with. */
export interface KeeperOptions {
  readonly db: Kysely<WebdavTables>;
  readonly server: DavServer;
  readonly contents: WebdavContents;
  readonly placements: Placements;
  readonly placer: Placer;
  readonly watch: Watch;
  readonly lock: SharedLock;
  readonly log: PluginLog;
  /** In milliseconds. */
  readonly interval: number;
}

/** The part of the time that looking through everything takes at most. */
const SHARE = 10;

/** Keeps mirror and server the same: brings what is due, looks for what others did, at an interval and when woken. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #stopped = new AbortController();
  /** One looks through everything at a time. */
  readonly #walks = new KeyedLock();
  #ready: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  /** Whether the server answered when it was last asked at an interval. */
  isUp = true;
  /** Whether others are not listened to. */
  frozen = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    await this.#running;
  }

  /** Looks at once. */
  wake(): void {
    this.#wake();
  }

  /** Settles when the provider's own folders are there. @throws UNAVAILABLE */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  /** The own folders have to be made anew. */
  forgetReady(): void {
    this.#ready = undefined;
  }

  /** Takes in what others did until now, and from then on nothing; or listens again. */
  async freeze(frozen: boolean): Promise<void> {
    if (frozen) await this.ready();
    await this.#walks.alone('', async () => {
      if (frozen) await this.#options.watch.walk(this.#stopped.signal);
      await sql`UPDATE webdav_state SET frozen = ${frozen}`.execute(this.#options.db);
      this.frozen = frozen;
    });
    this.wake();
  }

  async #prepare(): Promise<void> {
    const { server, placements, db } = this.#options;
    const known = await sql`SELECT FROM placements LIMIT 1`.execute(db);
    const there = await server.stat(CONTENT, 'folder');
    if (!there && known.rows.length > 0)
      throw unavailable('The folder on the WebDAV server is not what it was: what lay in it is not there.');
    for (const path of [[], [OWN], CONTENT]) if (!there) await server.makeFolder(path);
    await placements.repair();
    await server.remove(INCOMING, { kind: 'folder' });
    await server.makeFolder(INCOMING);
    this.#options.watch.tagsTellOfAll = await this.#tagsTellOfAll();
  }

  /** Tries out whether the entity tag of a folder changes with what is further down. */
  async #tagsTellOfAll(): Promise<boolean> {
    const { server } = this.#options;
    const probe = [...INCOMING, randomUUID()];
    const before = await server.stat([OWN], 'folder');
    await server.makeFolder(probe);
    const after = await server.stat([OWN], 'folder');
    await server.remove(probe, { kind: 'folder' });
    return before !== undefined && after !== undefined && before.etag !== after.etag;
  }

  async #run(): Promise<void> {
    const { interval } = this.#options;
    while (!this.#stopped.signal.aborted) {
      const began = performance.now();
      await this.#once();
      await this.#rest(Math.max(interval, (performance.now() - began) * SHARE));
    }
  }

  async #once(): Promise<void> {
    const { db, placer, contents, watch, lock, log } = this.#options;
    try {
      await this.ready();
      await lock.alone(() => placer.settle());
      await contents.sweep();
      await this.#walks.alone('', async () => {
        const { rows } = await sql<{ frozen: boolean }>`SELECT frozen FROM webdav_state`.execute(db);
        this.frozen = rows[0]?.frozen === true;
        if (!this.frozen) await watch.walk(this.#stopped.signal);
      });
      if (!this.isUp) log.info('The WebDAV server answers again.');
      this.isUp = true;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (this.isUp || !isUnavailable(error))
        log.warn('Mirror and WebDAV server could not be brought together; it is tried again.', {
          error: (error as Error).message,
        });
      this.isUp = false;
    }
  }

  #rest(time: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.isUp ? time : Math.min(time, 5_000));
      this.#wake = () => (clearTimeout(timer), resolve());
      if (this.#stopped.signal.aborted) this.#wake();
    });
  }
}

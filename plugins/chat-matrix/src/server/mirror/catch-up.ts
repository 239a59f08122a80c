import { inParallel } from '../in-parallel.ts';
import { type MatrixEvent, readEvent } from '../matrix/event.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import type { Mirror } from './mirror.ts';

const PAGE = 100;
const ROOMS_AT_ONCE = 2;

/** Reads what the homeserver should have handed over, and has not. */
export class CatchUp {
  readonly #homeserver: Homeserver;
  readonly #mirror: Mirror;
  readonly #running = new Map<string, Promise<void>>();
  readonly #doubted = new Set<string>();
  #doubting: Promise<void> = Promise.resolve();

  constructor(parts: { homeserver: Homeserver; mirror: Mirror }) {
    this.#homeserver = parts.homeserver;
    this.#mirror = parts.mirror;
  }

  /** Takes in a room's events from the newest back to one that is in; whoever asks meanwhile gets the same. */
  room(room: string): Promise<void> {
    const running = this.#running.get(room) ?? this.#read(room).finally(() => this.#running.delete(room));
    this.#running.set(room, running);
    return running;
  }

  /**
   * Reads every room: a homeserver that ended by force never hands over what it had taken just before (seen with
   * Synapse 1.163.2). What could not be read is read before the next that comes from there, see {@link before}.
   */
  async everything(): Promise<void> {
    this.#doubting = this.#mirror.rooms().then((rooms) => rooms.forEach((room) => this.#doubted.add(room)));
    await this.#doubting;
    await inParallel(ROOMS_AT_ONCE, [...this.#doubted], (room) => this.#settle(room));
  }

  /** To be awaited before what comes from some rooms is taken in: what they still owe us comes first. */
  async before(rooms: ReadonlySet<string>): Promise<void> {
    await this.#doubting.catch(() => undefined);
    for (const room of rooms) await this.#settle(room).catch(() => undefined);
  }

  /** A room that cannot be read by us owes us nothing. */
  async #settle(room: string): Promise<void> {
    if (!this.#doubted.has(room)) return;
    await this.room(room).catch((error: { code?: string }) => {
      if (error.code !== 'DENIED' && error.code !== 'NOT_FOUND') throw error;
    });
    this.#doubted.delete(room);
  }

  async #read(room: string): Promise<void> {
    const path = `/v3/rooms/${encodeURIComponent(room)}/messages`;
    const missed: MatrixEvent[] = [];
    for (let from: string | undefined; ;) {
      const query = { dir: 'b', limit: String(PAGE), ...(from === undefined ? {} : { from }) };
      const page = await this.#homeserver.call<{ chunk: unknown[]; end?: string }>({ method: 'GET', path, query });
      const events = page.chunk.map(readEvent).filter((event) => event !== undefined);
      const unseen = await this.#mirror.unseen(events);
      missed.push(...unseen);
      from = page.end;
      if (unseen.length < events.length || from === undefined || page.chunk.length === 0) break;
    }
    await this.#mirror.take(undefined, missed.reverse());
  }
}

import { type MatrixEvent, readEvent } from '../matrix/event.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import type { Mirror } from './mirror.ts';

const PAGE = 100;

/** Reads what the homeserver should have handed over, and has not. */
export class CatchUp {
  readonly #homeserver: Homeserver;
  readonly #mirror: Mirror;
  readonly #running = new Map<string, Promise<void>>();

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

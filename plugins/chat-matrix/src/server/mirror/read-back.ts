import { FoldedChat } from '@valfri/sdk/server';
import { type Accounts } from '../matrix/accounts.ts';
import { type MatrixEvent, OWN, readEvent, stampOf } from '../matrix/event.ts';
import { fold } from '../fold/fold.ts';
import type { Trust } from '../fold/folded.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import { Known } from '../fold/known.ts';
import { loadPeople } from '../fold/look-up.ts';
import type { Mirror } from './mirror.ts';

const PAGE = 500;

/**
 * Reads what the homeserver itself holds, room by room, in the order in which it came here: the homeserver lists
 * events by another order than the one in which it hands them over, and a message has its place from when it came.
 */
export class ReadBack {
  readonly #homeserver: Homeserver;
  readonly #accounts: Accounts;
  readonly #trust: Trust;
  readonly #mirror: Mirror;
  /** Rooms of the bot, and whether they are this instance's: that never changes. */
  readonly #ours = new Map<string, boolean>();

  constructor(parts: { homeserver: Homeserver; accounts: Accounts; trust: Trust; mirror: Mirror }) {
    this.#homeserver = parts.homeserver;
    this.#accounts = parts.accounts;
    this.#trust = parts.trust;
    this.#mirror = parts.mirror;
  }

  /** Everything that the homeserver holds of this instance, as records. */
  async everything(): Promise<FoldedChat> {
    const chat = new FoldedChat();
    for (const room of await this.rooms()) await this.#read(room, chat);
    return chat;
  }

  /** The instance's rooms, by what the homeserver says. */
  async rooms(): Promise<readonly string[]> {
    const { joined_rooms: rooms } = await this.#homeserver.call<{ joined_rooms: string[] }>({
      ...{ method: 'GET', path: '/v3/joined_rooms' },
    });
    for (const room of rooms) if (!this.#ours.has(room)) this.#ours.set(room, await this.#isOurs(room));
    return rooms.filter((room) => this.#ours.get(room));
  }

  async #isOurs(room: string): Promise<boolean> {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/${OWN.room}/`;
    const answer = this.#homeserver.call<{ instance?: unknown }>({ method: 'GET', path });
    const { instance } = await answer.catch((error: { code?: string }) => {
      if (error.code === 'NOT_FOUND') return { instance: undefined };
      throw error;
    });
    return instance === this.#trust.instance;
  }

  async #read(room: string, chat: FoldedChat): Promise<void> {
    const events = await this.#inOrder(await this.#eventsOf(room));
    const known = new Known();
    await loadPeople(this.#accounts, events, known);
    for (const event of events) {
      const { of } = stampOf(event);
      if (event.type === OWN.trace && event.sender === this.#trust.bot && of) known.traces.set(of, stampOf(event));
    }
    for (const event of events) chat.apply(fold(event, known, this.#trust).records);
  }

  /** What has not come here yet is last. */
  async #inOrder(events: readonly MatrixEvent[]): Promise<readonly MatrixEvent[]> {
    const arrivals = await this.#mirror.arrivals(events);
    const place = ({ id }: MatrixEvent) => arrivals.get(id) ?? Infinity;
    return events.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  }

  async #eventsOf(room: string): Promise<readonly MatrixEvent[]> {
    const events: MatrixEvent[] = [];
    const path = `/v3/rooms/${encodeURIComponent(room)}/messages`;
    for (let from: string | undefined; ;) {
      const query = { dir: 'f', limit: String(PAGE), ...(from === undefined ? {} : { from }) };
      const page = await this.#homeserver.call<{ chunk: unknown[]; end?: string }>({ method: 'GET', path, query });
      events.push(...page.chunk.map(readEvent).filter((event) => event !== undefined));
      if (page.end === undefined || page.chunk.length === 0) return events;
      from = page.end;
    }
  }
}

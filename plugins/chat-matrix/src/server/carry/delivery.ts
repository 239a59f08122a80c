import type { ChatChanges } from '@valfri/sdk/server';
import type { Carrier } from './carrier.ts';
import type { CatchUp } from '../mirror/catch-up.ts';
import type { Echoes } from '../mirror/echoes.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Manner, Sent } from './room-context.ts';

/** Brings changes to the homeserver and waits until it has handed them back: then they are true, here and there. */
export class Delivery {
  readonly #carrier: Carrier;
  readonly #homeserver: Homeserver;
  readonly #mirror: Mirror;
  readonly #echoes: Echoes;
  readonly #catchUp: CatchUp;

  constructor(parts: { carrier: Carrier; homeserver: Homeserver; mirror: Mirror; echoes: Echoes; catchUp: CatchUp }) {
    this.#carrier = parts.carrier;
    this.#homeserver = parts.homeserver;
    this.#mirror = parts.mirror;
    this.#echoes = parts.echoes;
    this.#catchUp = parts.catchUp;
  }

  /**
   * @param patience how long what was sent may take to come back, in milliseconds.
   * @throws UNAVAILABLE where the homeserver is away, TIMEOUT where what it took does not come back.
   */
  async deliver(changes: ChatChanges, manner: Manner, patience: number): Promise<void> {
    await this.heard(await this.#carrier.carry(changes, manner), patience, manner.signal);
  }

  /** Settles when the homeserver has handed back what was sent; where that is late it is gone and fetched. */
  async heard(sent: readonly Sent[], patience: number, signal?: AbortSignal): Promise<void> {
    if (sent.length === 0) return;
    const end = AbortSignal.timeout(patience);
    const keys = sent.map(({ key }) => key);
    const rooms = [...new Set(sent.map(({ room }) => room))];
    const late = setInterval(() => void this.#fetch(rooms), patience / 6);
    try {
      await this.#echoes.all(keys, (some) => this.#mirror.has(some), signal ? AbortSignal.any([signal, end]) : end);
    } finally {
      clearInterval(late);
    }
  }

  /** It may be that nobody could reach us, or that the homeserver ended before it had handed everything over. */
  async #fetch(rooms: readonly string[]): Promise<void> {
    await this.#homeserver.ping().catch(() => undefined);
    for (const room of rooms) await this.#catchUp.room(room).catch(() => undefined);
  }
}

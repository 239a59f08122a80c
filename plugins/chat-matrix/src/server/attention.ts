import type { chat, Announcement, Call, PluginContext } from '@valfri/sdk';
import type { ChatStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { Accounts } from './matrix/accounts.ts';
import { isObject } from './matrix/event.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { inParallel } from './in-parallel.ts';
import type { MatrixTables } from './tables.ts';

const AT_ONCE = 12;
const TYPING_LASTS = 10_000;

/** What the attention of people works with. */
export interface AttentionOptions {
  readonly db: Kysely<MatrixTables>;
  readonly store: ChatStore;
  readonly homeserver: Homeserver;
  readonly accounts: Accounts;
  readonly events: PluginContext['events'];
}

/** How far a person has read. */
export interface Marker {
  readonly room: string;
  readonly person: string;
  readonly seq: number;
}

/** Who writes, and who has read how far: passed on, and kept nowhere here. */
export class Attention {
  readonly #options: AttentionOptions;
  /** People of other clients who write, by room of the homeserver. */
  readonly #typing = new Map<string, ReadonlySet<string>>();

  constructor(options: AttentionOptions) {
    this.#options = options;
  }

  async setTyping(
    { room, on }: { room: string; on: boolean },
    { person, signal }: Call,
  ): Promise<Record<string, never>> {
    const { store, events, homeserver } = this.#options;
    await store.requireMembership(room, person);
    this.#signal({ room, person, on }, events);
    const place = await this.#placeOf(room, person);
    if (!place) return {};
    const { native, account } = place;
    const path = `/v3/rooms/${encodeURIComponent(native)}/typing/${encodeURIComponent(account)}`;
    const body = on ? { typing: true, timeout: TYPING_LASTS } : { typing: false };
    await homeserver.call({ method: 'PUT', path, as: account, body, signal }).catch(() => undefined);
    return {};
  }

  async setReadMarker(
    { room, message }: { room: string; message: string },
    call: Call,
  ): Promise<Record<string, never>> {
    const { store, db } = this.#options;
    await store.requireMembership(room, call.person);
    const row = await db
      .selectFrom('messages')
      .select('native')
      .where('id', '=', message)
      .where('room', '=', room)
      .executeTakeFirst();
    if (row?.native) await this.#receipt(room, call.person, row.native);
    return {};
  }

  /** Passes on how far people have read, where there is a message at that place. */
  async passOn(markers: readonly Marker[]): Promise<void> {
    const { db } = this.#options;
    await inParallel(AT_ONCE, markers, async ({ room, person, seq }) => {
      const row = await db
        .selectFrom('messages')
        .select('native')
        .where('room', '=', room)
        .where('seq', '<=', seq)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      // Who has left the room has nothing to mark in it.
      if (row?.native) await this.#receipt(room, person, row.native).catch(unlessRefused);
    });
  }

  /** Takes in who writes by another client. */
  async heardTyping(native: string, accounts: readonly string[]): Promise<void> {
    const { db, accounts: names, events } = this.#options;
    const now = new Set(accounts.filter((account) => !names.isOurs(account)));
    const before = this.#typing.get(native) ?? new Set<string>();
    if (now.size > 0) this.#typing.set(native, now);
    else this.#typing.delete(native);
    const changed = [...now, ...before].filter((account) => now.has(account) !== before.has(account));
    if (changed.length === 0) return;
    const room = await db.selectFrom('rooms').select('id').where('native', '=', native).executeTakeFirst();
    if (!room) return;
    for (const [account, person] of await names.peopleOf(changed))
      this.#signal({ room: room.id, person, on: now.has(account) }, events);
  }

  #signal(data: { room: string; person: string; on: boolean }, events: PluginContext['events']): void {
    events.signal({ type: 'typing', data } satisfies Announcement<typeof chat>);
  }

  /** Private: only the homeserver and the person's own clients are told. */
  async #receipt(room: string, person: string, event: string): Promise<void> {
    const place = await this.#placeOf(room, person);
    if (!place) return;
    const path = `/v3/rooms/${encodeURIComponent(place.native)}/receipt/m.read.private/${encodeURIComponent(event)}`;
    await this.#options.homeserver.call({ method: 'POST', path, as: place.account, body: {} });
  }

  async #placeOf(room: string, person: string): Promise<{ native: string; account: string } | undefined> {
    const { db, accounts } = this.#options;
    const row = await db
      .selectFrom('rooms')
      .select('native')
      .where('id', '=', sql<string>`${room}::uuid`)
      .executeTakeFirst();
    const account = (await accounts.of([person])).get(person)!;
    return row?.native && accounts.isOurs(account) ? { native: row.native, account } : undefined;
  }
}

/** Accounts that a content of `m.typing` names. */
export function typingIn(content: unknown): readonly string[] {
  const ids = isObject(content) ? content['user_ids'] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

function unlessRefused(error: { code?: string }): void {
  if (error.code !== 'DENIED' && error.code !== 'NOT_FOUND') throw error;
}

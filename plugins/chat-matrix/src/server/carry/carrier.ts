import type { ChatChanges } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { Accounts } from '../matrix/accounts.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import { inParallel } from '../in-parallel.ts';
import { makeOrFindRoom, renameRoom } from './carry-room.ts';
import { carryLeavers, carryMembers } from './carry-members.ts';
import { carryMessages } from './carry-messages.ts';
import { carryReactions } from './carry-reactions.ts';
import type { MatrixTables } from '../tables.ts';
import type { Manner, RoomContext, Sent } from './room-context.ts';
import { peopleIn, type RoomWork, workByRoom } from './room-work.ts';

/** Rooms that are written to at once: more than that a homeserver does not take any faster. */
const ROOMS_AT_ONCE = 12;

/** What a carrier works with. */
export interface CarrierOptions {
  readonly db: Kysely<MatrixTables>;
  readonly homeserver: Homeserver;
  readonly accounts: Accounts;
  readonly instance: string;
}

/** Brings changes to the homeserver: each room in its order, rooms beside each other. */
export class Carrier {
  readonly #options: CarrierOptions;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  /**
   * Sends what changes. Repeated after a failure, it sends what was sent before as the same events.
   * @throws UNAVAILABLE and its like, with some of it sent.
   */
  async carry(changes: ChatChanges, manner: Manner): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    const works = await workByRoom(this.#options.db, changes);
    const people = works.flatMap(peopleIn);
    const accounts = await this.#options.accounts.of(manner.actor ? [...people, manner.actor] : people);
    await inParallel(ROOMS_AT_ONCE, works, async (work) => this.#carryRoom(work, { ...manner, accounts, sent }));
    return sent;
  }

  async #carryRoom(
    work: RoomWork,
    given: Manner & { accounts: ReadonlyMap<string, string>; sent: Sent[] },
  ): Promise<void> {
    const { homeserver, instance } = this.#options;
    const keys: string[] = [];
    const base = { ...given, homeserver, work, sent: (event: string) => void keys.push(event) };
    const room = work.native ?? (await makeOrFindRoom(base, instance));
    const context: RoomContext = { ...base, room, ...(await this.#standing(room, work, given.accounts)) };
    if (work.native) await renameRoom(context, instance);
    await carryMembers(context);
    await carryMessages(context);
    await carryReactions(context);
    await carryLeavers(context);
    given.sent.push(...keys.map((key) => ({ key, room })));
  }

  async #standing(
    room: string,
    work: RoomWork,
    accounts: ReadonlyMap<string, string>,
  ): Promise<Pick<RoomContext, 'owners' | 'muted' | 'closed' | 'inside' | 'events'>> {
    const { db } = this.#options;
    const known = await db.selectFrom('matrix_rooms').select('owners').where('id', '=', room).executeTakeFirst();
    const { frozen } = await db.selectFrom('matrix_state').select('frozen').executeTakeFirstOrThrow();
    const strangers = await db.selectFrom('matrix_strangers').select('account').where('room', '=', room).execute();
    const row = await db.selectFrom('rooms').select('archived_at').where('id', '=', work.id).executeTakeFirst();
    const archivedAt = work.row ? work.row.archivedAt : (row?.archived_at ?? null);
    const closed = frozen || archivedAt !== null;
    return {
      ...{ owners: known?.owners ?? [], closed },
      muted: closed ? strangers.map(({ account }) => account) : [],
      inside: await this.#inside(work, accounts),
      events: new Map(work.events),
    };
  }

  async #inside(work: RoomWork, accounts: ReadonlyMap<string, string>): Promise<Set<string>> {
    const { db, accounts: names } = this.#options;
    const people = peopleIn(work);
    const rows = await db
      .selectFrom('members')
      .select('person')
      .where('room', '=', work.id)
      .where('gone', '=', false)
      .where('person', '=', sql<string>`ANY(${people}::uuid[])`)
      .execute();
    const inside = rows.map(({ person }) => accounts.get(person)!);
    return new Set(inside.filter((account) => names.isOurs(account)));
  }
}

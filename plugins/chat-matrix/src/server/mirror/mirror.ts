import type { PluginLog, PortableRecord } from '@valfri/sdk';
import type { ChatStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { Accounts } from '../matrix/accounts.ts';
import type { Echoes } from './echoes.ts';
import type { MatrixEvent, Stamp } from '../matrix/event.ts';
import { fold } from '../fold/fold.ts';
import type { Folded, Trust } from '../fold/folded.ts';
import type { Known } from '../fold/known.ts';
import { lookUp } from '../fold/look-up.ts';
import type { MatrixTables } from '../tables.ts';

type Step = Folded & { readonly quiet: boolean };

/** What the mirror works with. */
export interface MirrorOptions {
  readonly db: Kysely<MatrixTables>;
  readonly store: ChatStore;
  readonly accounts: Accounts;
  readonly trust: Trust;
  readonly echoes: Echoes;
  /** Has the bot write down what another client took away. */
  writeDown(room: string, trace: Stamp): Promise<unknown>;
  readonly log: PluginLog;
}

/**
 * Takes in what the homeserver hands over, one transaction after another. A transaction, or an event, that comes
 * again changes nothing: an event is marked once it is in, and what was in before it could be marked is the last
 * thing that happened, so that it may happen again.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Settles when everything in the transaction is in; one without a name was read, not handed over. */
  take(transaction: string | undefined, events: readonly MatrixEvent[]): Promise<void> {
    const turn = this.#last.then(() => this.#take(transaction, events));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Which of some events (or `room` and the id of a room) are in. */
  async has(keys: readonly string[]): Promise<readonly string[]> {
    const { db } = this.#options;
    const rooms = keys.flatMap((key) => (key.startsWith('room ') ? [key.slice(5)] : []));
    const found = await db.selectFrom('matrix_events').select('id').where('id', 'in', keys).execute();
    const there = await db
      .selectFrom('rooms')
      .select('id')
      .where('id', '=', sql<string>`ANY(${rooms}::uuid[])`)
      .execute();
    return [...found.map(({ id }) => id), ...there.map(({ id }) => `room ${id}`)];
  }

  /** The rooms that are in, by the id that the homeserver has for them. */
  async rooms(): Promise<readonly string[]> {
    const rows = await this.#options.db.selectFrom('rooms').select('native').where('native', 'is not', null).execute();
    return rows.map(({ native }) => native!);
  }

  /** When some events came, in numbers that grow; those that have not come are absent. */
  async arrivals(events: readonly MatrixEvent[]): Promise<ReadonlyMap<string, number>> {
    const ids = events.map(({ id }) => id);
    const { rows } = await sql<{ id: string; arrived: number }>`
      SELECT id, arrived::float8 AS arrived FROM matrix_events WHERE id = ANY(${ids}::text[])`.execute(
      this.#options.db,
    );
    return new Map(rows.map(({ id, arrived }) => [id, arrived]));
  }

  /** Settles when nothing is being taken in. */
  async idle(): Promise<void> {
    await this.#last;
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await sql`TRUNCATE matrix_events, matrix_transactions, matrix_rooms, matrix_strangers`.execute(this.#options.db);
  }

  async #take(transaction: string | undefined, events: readonly MatrixEvent[]): Promise<void> {
    const { db, echoes } = this.#options;
    const done =
      transaction !== undefined &&
      (await db.selectFrom('matrix_transactions').select('id').where('id', '=', transaction).executeTakeFirst());
    const fresh = done ? [] : await this.unseen(events);
    if (fresh.length > 0) await this.#apply(fresh);
    if (!done) await this.#mark(transaction, fresh);
    echoes.heard(events.map(({ id }) => id));
  }

  /** Those of some events that are not in yet, each once. */
  async unseen(events: readonly MatrixEvent[]): Promise<readonly MatrixEvent[]> {
    if (events.length === 0) return [];
    const ids = events.map(({ id }) => id);
    const rows = await this.#options.db.selectFrom('matrix_events').select('id').where('id', 'in', ids).execute();
    const seen = new Set(rows.map(({ id }) => id));
    return events.filter(({ id }) => !seen.has(id) && seen.add(id));
  }

  async #apply(events: readonly MatrixEvent[]): Promise<void> {
    const { db, accounts, trust, echoes } = this.#options;
    const known = await lookUp(db, accounts, events);
    const steps = events.map((event) => fold(event, known, trust));
    await this.#keepRooms(known);
    const kept = steps.map(({ trace }, i) => trace && this.#options.writeDown(events[i]!.room, trace));
    for (const run of runsOf(steps.filter(({ records }) => records.length > 0))) await this.#keep(run);
    await Promise.all(kept);
    echoes.heard(steps.flatMap(({ native }) => (native?.table === 'rooms' ? [`room ${native.key}`] : [])));
  }

  async #keep(steps: readonly Step[]): Promise<void> {
    const { store, log } = this.#options;
    const records: PortableRecord[] = steps.flatMap((step) => step.records);
    const { rejected, lossy } = await store.mirror(records, nativesOf(steps), !steps[0]!.quiet);
    for (const { type, key, message } of [...rejected, ...lossy])
      log.warn('The homeserver told of something that does not fit.', { type, key, message });
  }

  async #keepRooms(known: Known): Promise<void> {
    const { db } = this.#options;
    for (const id of known.newOwners) {
      const owners = [...known.owners.get(id)!];
      await db
        .insertInto('matrix_rooms')
        .values({ id, owners })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ owners }))
        .execute();
    }
    for (const [room, accounts] of known.strangers)
      for (const [account, inside] of accounts) await this.#keepStranger(room, account, inside && known);
  }

  async #keepStranger(room: string, account: string, inside: Known | false): Promise<void> {
    const { db } = this.#options;
    if (!inside) {
      await db.deleteFrom('matrix_strangers').where('room', '=', room).where('account', '=', account).execute();
      return;
    }
    const person = inside.people.get(account)!;
    await db
      .insertInto('matrix_strangers')
      .values({ room, account, person })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #mark(transaction: string | undefined, events: readonly MatrixEvent[]): Promise<void> {
    const { db } = this.#options;
    const ids = events.map(({ id }) => id);
    await sql`
      WITH marked AS (INSERT INTO matrix_events (id)
          SELECT id FROM unnest(${ids}::text[]) WITH ORDINALITY AS given (id, place) ORDER BY place ON CONFLICT DO NOTHING),
        old AS (DELETE FROM matrix_transactions WHERE at < now() - interval '2 days')
      INSERT INTO matrix_transactions (id) SELECT ${transaction ?? null} WHERE ${transaction !== undefined} ON CONFLICT DO NOTHING`.execute(
      db,
    );
  }
}

/** Steps that may be kept together: told of, or not; and one event for each row that is named. */
function runsOf(steps: readonly Step[]): Step[][] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run && run[0]!.quiet === step.quiet) run.push(step);
    else runs.push([step]);
  }
  return runs;
}

function nativesOf(steps: readonly Step[]): Record<'rooms' | 'messages' | 'reactions', ReadonlyMap<string, string>> {
  const natives = { rooms: new Map(), messages: new Map(), reactions: new Map() };
  for (const { native } of steps) if (native) natives[native.table].set(native.key, native.id);
  return natives;
}

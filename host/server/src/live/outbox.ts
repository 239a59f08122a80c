import { type Announcement, type CapabilityDefinition, disposable } from '@valfri/core';
import { readHorizon } from '@valfri/sdk/postgres';
import { checkAnnouncement, withTopics } from '@valfri/sdk/server';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { keepState, keptState } from '../database/host-state.ts';
import type { HostTables } from '../database/tables.ts';
import type { Log } from '../log.ts';

/** An event on its way to people. */
export interface LiveEvent {
  /** Its place in the one order of events; a client that says it resumes after it. Absent where it is not kept. */
  readonly at?: string;
  /** The capability whose event it is, or `host`. */
  readonly capability: string;
  readonly topic: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Somebody who is told of events, in order. */
export type EventSink = (events: readonly LiveEvent[]) => void | Promise<void>;

interface Origin {
  readonly instance: string;
  readonly capabilities: readonly CapabilityDefinition[];
}

/** Which events to hand out again. */
export interface ReplayRequest {
  /** Ids of topics, whichever capability's. */
  readonly topics: readonly string[];
  /** Events that say that this person left a topic come as well. */
  readonly person: string;
  /** Types of such events. */
  readonly leaving: readonly string[];
  readonly after: string;
  readonly upTo: string;
  readonly limit: number;
}

interface OutboxRow {
  readonly made: string;
  readonly id: number;
  readonly origin: string;
  readonly topic: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const HOST = 'host';
const PAGE = 500;
const POLL = 1_000;
/** While something is held back: at first, and at most, in milliseconds. */
const [SOON, LATER] = [4, 100];
const KEEP = 7 * 24 * 3_600_000;
/** Names in the host's state. */
const [FLOOR, BASE, POSITION] = ['outbox.floor', 'outbox.base', 'outbox.position'];
/** Between two restores, places grow by more than a server numbers transactions in that time. */
const PLACES_A_SECOND = 1_000_000_000n;

/**
 * Reads events in the order in which they were committed, and hands them on. An event is read when no transaction
 * that began before it can still commit one, so none is overtaken and none is skipped.
 */
export class Outbox {
  readonly #db: Kysely<HostTables>;
  readonly #log: Log;
  readonly #origins = new Map<string, Origin>();
  readonly #sinks = new Set<EventSink>();
  /** What is added to a transaction's number: places go on growing where a restore begins to count anew. */
  #base = 0n;
  #position: string | undefined;
  #kept: string | undefined;
  #keptAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = false;
  #again = false;
  #stopped = false;
  #heldBackFor = 0;
  #delivered: Promise<void> = Promise.resolve();

  constructor(db: Kysely<HostTables>, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** The place of the last event handed on. */
  get position(): string {
    return this.#position ?? '0.0';
  }

  /**
   * Says whose an instance's events are, those that it left in its own database role and those that it announced. It
   * holds when the instance has stopped: what it said is still to be told.
   */
  addOrigin(role: string, origin: Origin): void {
    this.#origins.set(role, origin);
    this.#origins.set(announcedBy(origin.instance), origin);
  }

  addSink(sink: EventSink): Disposable {
    this.#sinks.add(sink);
    return disposable(() => this.#sinks.delete(sink));
  }

  /** Begins where it ended the last time, so that what was committed just before a crash is handed on as well. */
  async start(): Promise<void> {
    this.#base = BigInt((await this.#state(BASE)) ?? '0');
    const kept = await this.#state(POSITION);
    this.#position = kept ?? (await this.#head());
    this.#kept = kept;
    // To the end, so that a client that comes back at once is not ahead of us.
    await this.#read();
  }

  /** A place after everything that is committed now. */
  async #head(): Promise<string> {
    const { rows } = await sql<{ made: string }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot()) AS made`.execute(this.#db);
    return this.#place({ made: rows[0]!.made, id: 0 });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    while (this.#reading) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.#keepPosition().catch((error: unknown) =>
      this.#log.warn('Where events end could not be kept.', { error }),
    );
  }

  /** Says that something was committed, so that it is read at once. */
  wake(): void {
    if (this.#reading) this.#again = true;
    else if (!this.#stopped && this.#position !== undefined) void this.#read();
  }

  /** Keeps events of the host's own, in the transaction given or in one of its own. */
  async announceOwn(
    events: readonly { topic: string; type: string; data: object }[],
    db: Kysely<HostTables> = this.#db,
  ): Promise<void> {
    await db
      .insertInto('valfri.outbox')
      .values(events.map(({ topic, type, data }) => ({ origin: HOST, topic, type, data: JSON.stringify(data) })))
      .execute();
    if (db === this.#db) this.wake();
  }

  /**
   * Keeps events that an instance announced outside its database.
   * @throws VF_ERR_EVENT
   */
  async announce(
    instance: string,
    capabilities: readonly CapabilityDefinition[],
    announcements: readonly Announcement[],
  ): Promise<void> {
    const rows = announcements.flatMap((given) => {
      const { capability, announcement } = checkAnnouncement(instance, capabilities, given, 'kept');
      return withTopics(capability, [announcement]).map(({ topic, type, data }) => ({
        ...{ origin: announcedBy(instance), topic, type },
        data: JSON.stringify(data),
      }));
    });
    if (rows.length === 0) return;
    await this.#db.insertInto('valfri.outbox').values(rows).execute();
    this.wake();
  }

  /**
   * Hands on an event that is not kept.
   * @throws VF_ERR_EVENT
   */
  signal(instance: string, capabilities: readonly CapabilityDefinition[], given: Announcement): void {
    const { capability, announcement } = checkAnnouncement(instance, capabilities, given, 'ephemeral');
    const [event] = withTopics(capability, [announcement]);
    this.#deliver([{ capability: capability.id, ...event! } as LiveEvent]);
  }

  /**
   * Events after a place and up to another, in order; `undefined` where there are some of an instance that is there no
   * more, so that nobody can tell any longer what they say.
   */
  async replay(request: ReplayRequest): Promise<readonly LiveEvent[] | undefined> {
    const { topics, person, leaving, after, upTo, limit } = request;
    const { rows } = await sql<OutboxRow>`
      SELECT made, id, origin, topic, type, data FROM valfri.outbox
      WHERE ${this.#placed('>', after)} AND ${this.#placed('<=', upTo)}
        AND (topic = ANY(${topics}::uuid[]) OR (type = ANY(${leaving}::text[]) AND data->>'person' = ${person}))
      ORDER BY made, id LIMIT ${limit}`.execute(this.#db);
    if (rows.some(({ origin }) => origin !== HOST && !this.#origins.has(origin))) return undefined;
    return rows.flatMap((row) => this.#eventOf(row));
  }

  /** Whether everything after a place is still kept. */
  async covers(after: string): Promise<boolean> {
    if (BigInt(after.split('.')[0]!) < this.#base) return false;
    const floor = await this.#state(FLOOR);
    return floor === undefined || compare(after, floor) >= 0;
  }

  /** Forgets events that are older than a week; who was away longer reads everything anew. */
  async prune(): Promise<void> {
    const before = new Date(Date.now() - KEEP);
    await this.#db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ made: string; id: number }>`
        WITH gone AS (DELETE FROM valfri.outbox WHERE at < ${before} RETURNING made, id)
        SELECT made, id FROM gone ORDER BY made DESC, id DESC LIMIT 1`.execute(trx);
      if (rows[0]) await keepState(trx, FLOOR, this.#place(rows[0]));
    });
  }

  async #state(key: string): Promise<string | undefined> {
    const kept = await keptState(this.#db, key);
    return kept === undefined ? undefined : String(kept);
  }

  /** Kept once everybody was told, so that after a crash they are told again rather than not at all. */
  async #keepPosition(): Promise<void> {
    const position = this.#position;
    if (position === undefined || position === this.#kept) return;
    await this.#delivered;
    await keepState(this.#db, POSITION, position);
    this.#kept = position;
    this.#keptAt = Date.now();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    clearTimeout(this.#timer);
    let wait = POLL;
    try {
      do {
        this.#again = false;
        wait = await this.#readPage();
      } while ((wait === 0 || this.#again) && !this.#stopped);
    } catch (error) {
      this.#log.error('Events could not be read; trying again.', { error });
    }
    this.#reading = false;
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), wait);
    this.#timer?.unref();
  }

  /** Reads one page; returns after how many milliseconds to look again. */
  async #readPage(): Promise<number> {
    const first = await this.#handOn(sql`pg_snapshot_xmin(pg_current_snapshot())`);
    if (first.heldBack === 0) {
      if (first.handedOn === PAGE) return 0;
      this.#heldBackFor = 0;
      if (Date.now() - this.#keptAt >= POLL) await this.#keepPosition();
      return POLL;
    }
    // An older transaction, still running, holds something back. Whose it is costs more to find out.
    const horizon = await readHorizon(this.#db);
    if ((await this.#handOn(sql`${horizon}::xid8`)).handedOn > 0) return 0;
    return (this.#heldBackFor = Math.min(LATER, this.#heldBackFor * 2 || SOON));
  }

  /** Hands on the next events below a horizon, and counts those of the page that are at or above it. */
  async #handOn(horizon: RawBuilder<unknown>): Promise<{ readonly handedOn: number; readonly heldBack: number }> {
    const { rows } = await sql<OutboxRow & { readonly ready: boolean }>`
      SELECT made, id, origin, topic, type, data, made < ${horizon} AS ready FROM valfri.outbox
      WHERE ${this.#placed('>', this.position)} ORDER BY made, id LIMIT ${PAGE}`.execute(this.#db);
    const ready = rows.filter((row) => row.ready);
    const last = ready.at(-1);
    if (last) {
      this.#heldBackFor = 0;
      this.#position = this.#place(last);
      this.#deliver(ready.flatMap((row) => this.#eventOf(row)));
    }
    return { handedOn: ready.length, heldBack: rows.length - ready.length };
  }

  #place({ made, id }: { readonly made: string; readonly id: number }): string {
    return `${BigInt(made) + this.#base}.${id}`;
  }

  #placed(operator: '>' | '<=', place: string) {
    const [made, id] = place.split('.') as [string, string];
    const number = BigInt(made) - this.#base;
    return sql`(made, id) ${sql.raw(operator)} (${String(number < 0n ? 0n : number)}::xid8, ${id}::bigint)`;
  }

  #eventOf(row: OutboxRow): LiveEvent[] {
    const { origin, topic, type, data } = row;
    const at = this.#place(row);
    if (origin === HOST) return [{ at, capability: HOST, topic, type, data }];
    const capability = this.#origins.get(origin)?.capabilities.find(({ events }) => type in events);
    const parsed = capability?.events[type]?.payload.safeParse(data);
    if (capability && parsed?.success && String(data[capability.events[type]!.topic]) === topic)
      return [{ at, capability: capability.id, topic, type, data: parsed.data as LiveEvent['data'] }];
    const what = capability
      ? 'VF_ERR_EVENT: an event does not follow its contract and was dropped.'
      : 'VF_ERR_EVENT: an event whose origin no instance answers for was dropped.';
    const [issue] = parsed?.error?.issues ?? [];
    this.#log.warn(what, { origin, type, ...(issue ? { field: issue.path.join('.'), problem: issue.message } : {}) });
    return [];
  }

  #deliver(events: readonly LiveEvent[]): void {
    if (events.length === 0) return;
    const told = [...this.#sinks].map(async (sink) => sink(events));
    const log = (error: unknown) => this.#log.error('Somebody could not be told of events.', { error });
    // Only that it is done: the answers would pile up, each within the next.
    this.#delivered = Promise.all([this.#delivered, ...told.map((each) => each.catch(log))]).then(() => undefined);
  }
}

/**
 * In a database that was filled from a backup: what clients saw before means nothing in it, so each of them reads
 * everything anew, and no event comes twice.
 */
export async function beginAnew(db: Kysely<HostTables>, now: number = Date.now()): Promise<void> {
  await sql`TRUNCATE valfri.outbox`.execute(db);
  await sql`DELETE FROM valfri.host_state WHERE key IN (${FLOOR}, ${POSITION})`.execute(db);
  await keepState(db, BASE, String(BigInt(Math.floor(now / 1_000)) * PLACES_A_SECOND));
}

/** The origin of what an instance announced from a store of its own. */
function announcedBy(instance: string): string {
  return `instance:${instance}`;
}

/** Orders two places: negative, zero or positive. */
export function compare(a: string, b: string): number {
  const [[a1, a2], [b1, b2]] = [a.split('.').map(BigInt), b.split('.').map(BigInt)] as [bigint[], bigint[]];
  const [x, y] = a1 === b1 ? [a2!, b2!] : [a1!, b1!];
  return x < y ? -1 : x > y ? 1 : 0;
}

const LARGEST_ID = 2n ** 63n - 1n;

/** Whether a text is a place. */
export function isPlace(text: string): boolean {
  return /^\d{1,20}\.\d{1,19}$/.test(text) && BigInt(text.split('.')[1]!) <= LARGEST_ID;
}

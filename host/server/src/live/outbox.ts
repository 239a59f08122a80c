import { type Announcement, type CapabilityDefinition, disposable, PluginError } from '@valfri/core';
import { withTopics } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
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

interface OutboxRow {
  readonly place: string;
  readonly origin: string;
  readonly topic: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const HOST = 'host';
const PAGE = 500;
const POLL = 1_000;
const KEEP = 7 * 24 * 3_600_000;

/**
 * Reads events in the order in which they were committed, and hands them on. An event is read when no transaction
 * that began before it can still commit one, so none is overtaken and none is skipped.
 */
export class Outbox {
  readonly #db: Kysely<HostTables>;
  readonly #log: Log;
  readonly #origins = new Map<string, Origin>();
  readonly #sinks = new Set<EventSink>();
  #position: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = false;
  #again = false;
  #stopped = false;

  constructor(db: Kysely<HostTables>, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** The place of the last event handed on. */
  get position(): string {
    return this.#position ?? '0.0';
  }

  /** Says which instance signs in with a database role. */
  addOrigin(role: string, origin: Origin): Disposable {
    this.#origins.set(role, origin);
    return disposable(() => this.#origins.delete(role));
  }

  addSink(sink: EventSink): Disposable {
    this.#sinks.add(sink);
    return disposable(() => this.#sinks.delete(sink));
  }

  /** Begins where the last event committed so far ends. */
  async start(): Promise<void> {
    const { rows } = await sql<{ place: string }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot()) || '.0' AS place`.execute(this.#db);
    this.#position = rows[0]!.place;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    while (this.#reading) await new Promise((resolve) => setTimeout(resolve, 5));
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

  /** Keeps events that an instance announced outside its database. */
  async announce(
    instance: string,
    capabilities: readonly CapabilityDefinition[],
    announcements: readonly Announcement[],
  ): Promise<void> {
    const [capability] = capabilities;
    if (!capability) return;
    const rows = withTopics(capability, announcements).map(({ topic, type, data }) => ({
      ...{ origin: `instance:${instance}`, topic, type },
      data: JSON.stringify(data),
    }));
    this.#origins.set(`instance:${instance}`, { instance, capabilities });
    await this.#db.insertInto('valfri.outbox').values(rows).execute();
    this.wake();
  }

  /** Hands on an event that is not kept. */
  signal(instance: string, capabilities: readonly CapabilityDefinition[], announcement: Announcement): void {
    const capability = capabilities.find(({ events }) => announcement.type in events);
    if (!capability?.events[announcement.type]?.ephemeral) {
      throw new PluginError('VF_ERR_EVENT', {
        given: `instance "${instance}" signalled "${announcement.type}"`,
        due: 'an event that its contract marks ephemeral',
        remedy: 'Announce it instead.',
      });
    }
    const [event] = withTopics(capability, [announcement]);
    this.#deliver([{ capability: capability.id, ...event! } as LiveEvent]);
  }

  /** Events of some topics after a place and up to another, in order; at most so many. */
  async replay(topics: readonly string[], after: string, upTo: string, limit: number): Promise<readonly LiveEvent[]> {
    const { rows } = await sql<OutboxRow>`
      SELECT made || '.' || id AS place, origin, topic, type, data FROM valfri.outbox
      WHERE ${placed('>', after)} AND ${placed('<=', upTo)} AND topic = ANY(${topics}::uuid[])
      ORDER BY made, id LIMIT ${limit}`.execute(this.#db);
    return rows.flatMap((row) => this.#eventOf(row));
  }

  /** Whether everything after a place is still kept. */
  async covers(after: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('valfri.host_state')
      .select('value')
      .where('key', '=', 'outbox.floor')
      .executeTakeFirst();
    return row === undefined || compare(after, String(row.value)) >= 0;
  }

  /** Forgets events that are older than a week; who was away longer reads everything anew. */
  async prune(): Promise<void> {
    const before = new Date(Date.now() - KEEP);
    await this.#db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ floor: string | null }>`
        WITH gone AS (DELETE FROM valfri.outbox WHERE at < ${before} RETURNING made, id)
        SELECT made || '.' || id AS floor FROM gone ORDER BY made DESC, id DESC LIMIT 1`.execute(trx);
      if (!rows[0]?.floor) return;
      const value = JSON.stringify(rows[0].floor);
      await trx
        .insertInto('valfri.host_state')
        .values({ key: 'outbox.floor', value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
    });
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
    const { rows } = await sql<OutboxRow>`
      SELECT made || '.' || id AS place, origin, topic, type, data FROM valfri.outbox
      WHERE ${placed('>', this.position)} AND made < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY made, id LIMIT ${PAGE}`.execute(this.#db);
    const last = rows.at(-1);
    if (!last) return (await this.#anyHeldBack()) ? 4 : POLL;
    this.#position = last.place;
    this.#deliver(rows.flatMap((row) => this.#eventOf(row)));
    return 0;
  }

  /** Whether something is committed that an older transaction, still running, keeps from being read. */
  async #anyHeldBack(): Promise<boolean> {
    const { rows } = await sql<{ some: boolean }>`
      SELECT EXISTS (SELECT FROM valfri.outbox WHERE ${placed('>', this.position)}) AS some`.execute(this.#db);
    return rows[0]!.some;
  }

  #eventOf({ place, origin, topic, type, data }: OutboxRow): LiveEvent[] {
    if (origin === HOST) return [{ at: place, capability: HOST, topic, type, data }];
    const capability = this.#origins.get(origin)?.capabilities.find(({ events }) => type in events);
    const parsed = capability?.events[type]?.payload.safeParse(data);
    if (capability && parsed?.success && String(data[capability.events[type]!.topic]) === topic)
      return [{ at: place, capability: capability.id, topic, type, data }];
    this.#log.warn('VF_ERR_EVENT: an announcement does not follow its contract and was dropped.', { origin, type });
    return [];
  }

  #deliver(events: readonly LiveEvent[]): void {
    if (events.length === 0) return;
    for (const sink of this.#sinks) void sink(events);
  }
}

function placed(operator: '>' | '<=', place: string) {
  const [made, id] = place.split('.');
  return sql`(made, id) ${sql.raw(operator)} (${made}::xid8, ${id}::bigint)`;
}

/** Orders two places: negative, zero or positive. */
export function compare(a: string, b: string): number {
  const [[a1, a2], [b1, b2]] = [a.split('.').map(BigInt), b.split('.').map(BigInt)] as [bigint[], bigint[]];
  const [x, y] = a1 === b1 ? [a2!, b2!] : [a1!, b1!];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Whether a text is a place. */
export function isPlace(text: string): boolean {
  return /^\d{1,20}\.\d{1,19}$/.test(text);
}

import { canonicalText } from '@valfri/core';
import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { HostTables } from '../database/tables.ts';
import type { Head, HeadStore } from './audit-head.ts';

/** Something that somebody did, worth remembering. */
export interface AuditEntry {
  /** Person id, or `host`, or `cli`. */
  readonly actor: string;
  /** What was done, e.g. `person.disabled`. */
  readonly action: string;
  /** What it was done to. */
  readonly target: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a look through the whole trail found. */
export interface AuditReport {
  /** Entries that are as they were written. */
  readonly entries: number;
  /** Place of the first that is not, or is missing, or was put in; absent where there is none. */
  readonly broken?: number;
}

/** An entry, and its place in the chain. */
export interface PlacedEntry extends AuditEntry {
  readonly place: number;
  readonly at: number;
}

/** Which entries to read. */
export interface AuditQuery {
  /** The place of the last entry of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** What an action begins with, up to the dot, e.g. `person`. */
  readonly area?: string | undefined;
  /** Who did it. */
  readonly actor?: string | undefined;
  /** What it was done to. */
  readonly target?: string | undefined;
  /** Not before this time, in milliseconds since the epoch. */
  readonly since?: number | undefined;
}

const BEGINNING = Buffer.alloc(32);

/** A record of what was done, in which each entry holds the hash of the one before. */
export class AuditTrail {
  readonly #db: Kysely<HostTables>;
  readonly #head: HeadStore | undefined;
  #noting: Promise<void> = Promise.resolve();

  constructor(db: Kysely<HostTables>, head?: HeadStore) {
    this.#db = db;
    this.#head = head;
  }

  /** Adds an entry, in the transaction given or in one of its own. */
  async add(entry: AuditEntry, trx?: Transaction<HostTables>): Promise<void> {
    if (trx) return this.#append(trx, entry);
    await this.#db.transaction().execute((own) => this.#append(own, entry));
    await this.noteHead();
  }

  /**
   * Keeps where the trail ends now; to be called after a transaction with an entry in it was committed. Where the end
   * that was kept before is not in the trail any more, that stays kept: it is the proof.
   */
  noteHead(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#noting = this.#noting.then(() => this.#note().then(resolve, reject));
    return promise;
  }

  async #note(): Promise<void> {
    const known = this.#head?.read();
    if (!this.#head || (known && !(await this.#holds(known)))) return;
    const last = await this.#last(this.#db);
    if (last) this.#head.write({ place: last.place, hash: last.hash.toString('hex') });
  }

  async #holds({ place, hash }: Head): Promise<boolean> {
    const row = await this.#db.selectFrom('valfri.audit').select('hash').where('place', '=', place).executeTakeFirst();
    return row?.hash.toString('hex') === hash;
  }

  async #append(trx: Transaction<HostTables>, { actor, action, target, details = {} }: AuditEntry): Promise<void> {
    // A lock on the table, not an advisory one: those a plugin could take too.
    await sql`LOCK TABLE valfri.audit IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
    const last = await this.#last(trx);
    const row = { place: (last?.place ?? 0) + 1, at: Date.now(), actor, action, target, details };
    const previous = last?.hash ?? BEGINNING;
    await trx
      .insertInto('valfri.audit')
      .values({ ...row, details: JSON.stringify(details), previous, hash: hashOf(row, previous) })
      .execute();
  }

  async #last(db: Kysely<HostTables>): Promise<{ readonly place: number; readonly hash: Buffer } | undefined> {
    return db.selectFrom('valfri.audit').select(['place', 'hash']).orderBy('place', 'desc').limit(1).executeTakeFirst();
  }

  /** The newest entries first. */
  async read({ before, limit, area, actor, target, since }: AuditQuery): Promise<readonly PlacedEntry[]> {
    let query = this.#db
      .selectFrom('valfri.audit')
      .select(['place', 'at', 'actor', 'action', 'target', 'details'])
      .orderBy('place', 'desc')
      .limit(limit);
    if (before !== undefined) query = query.where('place', '<', before);
    if (area !== undefined) query = query.where('action', 'like', `${area}.%`);
    if (actor !== undefined) query = query.where('actor', '=', actor);
    if (target !== undefined) query = query.where('target', '=', target);
    if (since !== undefined) query = query.where('at', '>=', since);
    return query.execute();
  }

  /** Checks the whole chain, and that it ends where it did when the last entry was added. */
  async verify(): Promise<AuditReport> {
    await this.#noting;
    const head = this.#head?.read();
    let [previous, place]: [Buffer, number] = [BEGINNING, 0];
    for (;;) {
      const rows = await this.#page(place);
      for (const row of rows) {
        const sound =
          row.place === place + 1 && previous.equals(row.previous) && hashOf(row, previous).equals(row.hash);
        const vouchedFor = !head || row.place < head.place || row.hash.toString('hex') === head.hash;
        if (!sound || !vouchedFor) return { entries: place, broken: place + 1 };
        [previous, place] = [row.hash, row.place];
      }
      if (rows.length > 0) continue;
      return head && place < head.place ? { entries: place, broken: place + 1 } : { entries: place };
    }
  }

  async #page(after: number) {
    return this.#db
      .selectFrom('valfri.audit')
      .selectAll()
      .where('place', '>', after)
      .orderBy('place')
      .limit(1_000)
      .execute();
  }
}

type Hashed = Required<AuditEntry> & { readonly place: number; readonly at: number };

function hashOf({ place, at, actor, action, target, details }: Hashed, previous: Buffer): Buffer {
  const text = canonicalText({ type: 'audit', key: String(place), value: { at, actor, action, target, details } });
  return createHash('sha256').update(previous).update(text).digest();
}

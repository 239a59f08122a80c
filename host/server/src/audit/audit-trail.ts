import { canonicalText } from '@valfri/core';
import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { HostTables } from '../database/tables.ts';

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

const LOCK = 0x61756474; // "audt"
const BEGINNING = Buffer.alloc(32);

/** A record of what was done, in which each entry holds the hash of the one before. */
export class AuditTrail {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  /** Adds an entry, in the transaction given or in one of its own. */
  async add(entry: AuditEntry, trx?: Transaction<HostTables>): Promise<void> {
    if (trx) return this.#append(trx, entry);
    await this.#db.transaction().execute((own) => this.#append(own, entry));
  }

  async #append(trx: Transaction<HostTables>, { actor, action, target, details = {} }: AuditEntry): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(trx);
    const last = await trx
      .selectFrom('valfri.audit')
      .select(['place', 'hash'])
      .orderBy('place', 'desc')
      .limit(1)
      .executeTakeFirst();
    const row = { place: (last?.place ?? 0) + 1, at: Date.now(), actor, action, target, details };
    const previous = last?.hash ?? BEGINNING;
    await trx
      .insertInto('valfri.audit')
      .values({ ...row, details: JSON.stringify(details), previous, hash: hashOf(row, previous) })
      .execute();
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

  /** Checks the whole chain. Returns the place of the first entry that is not as it was written, if any. */
  async verify(): Promise<{ readonly entries: number; readonly broken?: number }> {
    let previous: Buffer = BEGINNING;
    let place = 0;
    for (;;) {
      const rows = await this.#db
        .selectFrom('valfri.audit')
        .selectAll()
        .where('place', '>', place)
        .orderBy('place')
        .limit(1_000)
        .execute();
      if (rows.length === 0) return { entries: place };
      for (const row of rows) {
        const sound =
          row.place === place + 1 && previous.equals(row.previous) && hashOf(row, previous).equals(row.hash);
        if (!sound) return { entries: place, broken: place + 1 };
        previous = row.hash;
        place = row.place;
      }
    }
  }
}

type Hashed = Required<AuditEntry> & { readonly place: number; readonly at: number };

function hashOf({ place, at, actor, action, target, details }: Hashed, previous: Buffer): Buffer {
  const text = canonicalText({ type: 'audit', key: String(place), value: { at, actor, action, target, details } });
  return createHash('sha256').update(previous).update(text).digest();
}

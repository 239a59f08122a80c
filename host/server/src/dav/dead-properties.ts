import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';
import { DavFault } from './dav-fault.ts';

/** What is kept at most of one node. */
export const PROPERTY_LIMITS = {
  /** Of a property with its name, in bytes. */
  size: 64 << 10,
  /** Of its namespace and of its name, in bytes. */
  namespace: 1_000,
  name: 250,
  count: 100,
} as const;

/** How long what belongs to a node is kept that nobody sees any more, in milliseconds. */
const KEPT = 30 * 24 * 3_600_000;
/** How often a node is asked for, in milliseconds. */
const ASKED_EVERY = 24 * 3_600_000;
/** How many are asked for at once. */
const ASKED_AT_ONCE = 200;

/** A property that a client has made up, as the element that it sent. */
export interface DeadProperty {
  readonly namespace: string;
  readonly name: string;
  readonly xml: string;
}

/** What to do with one of them; without `xml` it is removed. */
export interface PropertyChange extends Omit<DeadProperty, 'xml'> {
  readonly xml?: string;
}

/** Keeps properties by the id of the node that they are of. */
export class DeadProperties {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  /** Those of some nodes. Whoever is asked about is there. */
  async of(nodes: readonly string[]): Promise<ReadonlyMap<string, readonly DeadProperty[]>> {
    const { rows } = await sql<DeadProperty & { node: string; missing: boolean }>`
      SELECT node, namespace, name, xml, missing_since IS NOT NULL AS missing FROM valfri.dav_properties
      WHERE node = ANY(${nodes}::uuid[]) ORDER BY node, namespace, name`.execute(this.#db);
    const found = [...new Set(rows.filter(({ missing }) => missing).map(({ node }) => node))];
    if (found.length > 0) await this.#note(found, null);
    return new Map(Object.entries(Object.groupBy(rows, ({ node }) => node)) as [string, DeadProperty[]][]);
  }

  /** Makes some changes, all of them or none. @throws DavFault 507 */
  async change(node: string, person: string, changes: readonly PropertyChange[]): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      // One at a time, so that what is counted stands.
      await sql`LOCK TABLE valfri.dav_properties IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      for (const { namespace, name, xml } of changes)
        if (xml === undefined)
          await sql`DELETE FROM valfri.dav_properties WHERE node = ${node} AND namespace = ${namespace} AND name = ${name}`.execute(
            trx,
          );
        else
          await sql`
            INSERT INTO valfri.dav_properties (node, namespace, name, xml, person, asked_at)
            VALUES (${node}, ${namespace}, ${name}, ${xml}, ${person}, ${Date.now()})
            ON CONFLICT (node, namespace, name) DO UPDATE SET xml = excluded.xml, person = excluded.person`.execute(
            trx,
          );
      const { rows } = await sql<{ count: number }>`
        SELECT count(*)::int AS count FROM valfri.dav_properties WHERE node = ${node}`.execute(trx);
      if (rows[0]!.count > PROPERTY_LIMITS.count)
        throw new DavFault(507, `It has ${PROPERTY_LIMITS.count} properties already.`);
    });
  }

  /** Gives one node what another has, and nothing else. */
  async copy(from: string, to: string, person: string): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await sql`DELETE FROM valfri.dav_properties WHERE node = ${to}`.execute(trx);
      await sql`
        INSERT INTO valfri.dav_properties (node, namespace, name, xml, person, asked_at)
        SELECT ${to}, namespace, name, xml, ${person}, ${Date.now()} FROM valfri.dav_properties WHERE node = ${from}`.execute(
        trx,
      );
    });
  }

  /** Those of some nodes that have any. */
  async having(nodes: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ node: string }>`
      SELECT DISTINCT node FROM valfri.dav_properties WHERE node = ANY(${nodes}::uuid[])`.execute(this.#db);
    return new Set(rows.map(({ node }) => node));
  }

  /** Forgets what belongs to a node that is gone for good. */
  async forget(node: string): Promise<void> {
    await sql`DELETE FROM valfri.dav_properties WHERE node = ${node}`.execute(this.#db);
  }

  /**
   * Forgets what belongs to nodes that have long been gone: each is asked for once a day, in the name of the one who
   * wrote there last.
   * @returns how many properties were forgotten.
   */
  async sweep(isThere: (node: string, person: string) => Promise<boolean>, now: number = Date.now()): Promise<number> {
    const { rows } = await sql<{ node: string; person: string }>`
      SELECT node, max(person::text) AS person FROM valfri.dav_properties WHERE asked_at < ${now - ASKED_EVERY}
      GROUP BY node ORDER BY min(asked_at) LIMIT ${ASKED_AT_ONCE}`.execute(this.#db);
    const [there, missing]: [string[], string[]] = [[], []];
    for (const { node, person } of rows) ((await isThere(node, person)) ? there : missing).push(node);
    await this.#note(there, null, now);
    await this.#note(missing, now, now);
    const old = now - KEPT;
    const { numAffectedRows } = await sql`DELETE FROM valfri.dav_properties WHERE missing_since < ${old}`.execute(
      this.#db,
    );
    return Number(numAffectedRows ?? 0);
  }

  async #note(nodes: readonly string[], missing: number | null, now = Date.now()): Promise<void> {
    await sql`
      UPDATE valfri.dav_properties SET asked_at = ${now},
        missing_since = CASE WHEN ${missing}::bigint IS NULL THEN NULL ELSE coalesce(missing_since, ${missing}) END
      WHERE node = ANY(${nodes}::uuid[])`.execute(this.#db);
  }
}

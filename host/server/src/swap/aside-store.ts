import {
  type AsideStore,
  type CapabilityDefinition,
  CapabilityError,
  type ChangePage,
  type Content,
  contentsNamed,
  type Digest,
  formatDigest,
  type IngestOptions,
  type IngestReport,
  type PortableRecord,
} from '@valfri/core';
import { type ContentStore, hashOf } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** What the host keeps of one capability because a provider could not hold it. */
export class PostgresAsideStore implements AsideStore {
  readonly #db: Kysely<HostTables>;
  readonly #capability: string;
  readonly #records: CapabilityDefinition['records'];
  readonly #contents: ContentStore;

  /** @param contents where the bytes are that its records name. */
  constructor(db: Kysely<HostTables>, { id, records }: CapabilityDefinition, contents: ContentStore) {
    this.#db = db;
    this.#capability = id;
    this.#records = records;
    this.#contents = contents;
  }

  async changes({ after, limit }: { after?: string | undefined; limit: number }): Promise<ChangePage> {
    if (after !== undefined && !/^\d+$/.test(after))
      throw new CapabilityError('INVALID', 'The cursor is none of these.', { field: 'after' });
    const rows = await this.#db
      .selectFrom('valfri.aside')
      .select(['type', 'key', 'value', 'place'])
      .where('capability', '=', this.#capability)
      .where('place', '>', Number(after ?? 0))
      .orderBy('place')
      .limit(limit)
      .execute();
    const records: PortableRecord[] = rows.map(({ type, key, value }) => ({ type, key, value }));
    return { records, next: String(rows.at(-1)?.place ?? after ?? 0), caughtUp: rows.length < limit };
  }

  async head(): Promise<string> {
    const { rows } = await sql<{ place: number }>`
      SELECT coalesce(max(place), 0) AS place FROM valfri.aside WHERE capability = ${this.#capability}`.execute(
      this.#db,
    );
    return String(rows[0]!.place);
  }

  async ingest(records: readonly PortableRecord[], { contentOf }: IngestOptions = {}): Promise<IngestReport> {
    const last = new Map(records.map((record) => [`${record.type} ${record.key}`, record]));
    const kept = [...last.values()].filter(({ value }) => value !== null);
    const gone = [...last.values()].filter(({ value }) => value === null);
    await this.#keepContents(kept, contentOf);
    const before = await this.#before(gone);
    await this.#db.transaction().execute(async (trx) => {
      const rows = kept.map((record) => ({ ...record, hash: hashOf(record).toString() }));
      await sql`
        INSERT INTO valfri.aside AS a (capability, type, key, value, hash)
        SELECT ${this.#capability}, type, key, value, hash
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(type text, key text, value jsonb, hash numeric)
        ON CONFLICT (capability, type, key) DO UPDATE SET value = excluded.value, hash = excluded.hash`.execute(trx);
      await sql`
        DELETE FROM valfri.aside WHERE capability = ${this.#capability} AND (type, key) IN (
          SELECT type, key FROM jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) AS r(type text, key text))`.execute(
        trx,
      );
    });
    await this.#dropContents(before);
    return { accepted: records.length, rejected: [], lossy: [] };
  }

  /** What is kept of records that are to go, where they have content. */
  async #before(gone: readonly PortableRecord[]): Promise<readonly PortableRecord[]> {
    const read = this.#typesWithContent.map((type) =>
      this.read(
        type,
        gone.filter((record) => record.type === type).map(({ key }) => key),
      ),
    );
    return (await Promise.all(read)).flat();
  }

  async #keepContents(records: readonly PortableRecord[], contentOf: IngestOptions['contentOf']): Promise<void> {
    const named = [...new Set(records.flatMap((record) => this.#contentsOf(record)))];
    const there = await this.#contents.has(named);
    for (const hash of named) if (!there.has(hash)) await this.#contents.keep(await contentOf!(hash));
  }

  #contentsOf({ type, value }: PortableRecord): readonly string[] {
    return contentsNamed(this.#records[type] ?? {}, value);
  }

  content(sha256: string): Promise<Content> {
    return this.#contents.open(sha256);
  }

  /** Removes the content that was named by what is kept no more, and by nothing that is. One move at a time keeps aside. */
  async #dropContents(records: readonly PortableRecord[]): Promise<void> {
    const named = new Set(records.flatMap((record) => this.#contentsOf(record)));
    if (named.size === 0) return;
    const left = new Set((await this.#ofTypes(this.#typesWithContent)).flatMap((record) => this.#contentsOf(record)));
    await this.#contents.drop([...named], async (sha256) => left.has(sha256));
  }

  get #typesWithContent(): readonly string[] {
    return Object.entries(this.#records).flatMap(([type, { content }]) => (content === undefined ? [] : [type]));
  }

  async #ofTypes(types: readonly string[]): Promise<readonly PortableRecord[]> {
    if (types.length === 0) return [];
    return this.#db
      .selectFrom('valfri.aside')
      .select(['type', 'key', 'value'])
      .where('capability', '=', this.#capability)
      .where('type', 'in', types)
      .execute();
  }

  async digest(type: string): Promise<Digest> {
    const { rows } = await sql<{ count: number; sum: string | null }>`
      SELECT count(*) AS count, sum(hash)::text AS sum FROM valfri.aside
      WHERE capability = ${this.#capability} AND type = ${type}`.execute(this.#db);
    return formatDigest(Number(rows[0]!.count), BigInt(rows[0]!.sum ?? 0));
  }

  async read(type: string, keys: readonly string[]): Promise<readonly PortableRecord[]> {
    if (keys.length === 0) return [];
    return this.#db
      .selectFrom('valfri.aside')
      .select(['type', 'key', 'value'])
      .where('capability', '=', this.#capability)
      .where('type', '=', type)
      .where('key', 'in', keys)
      .execute();
  }

  async drop(types: readonly string[]): Promise<void> {
    if (types.length === 0) return;
    const dropped = await this.#ofTypes(types.filter((type) => this.#typesWithContent.includes(type)));
    await this.#db
      .deleteFrom('valfri.aside')
      .where('capability', '=', this.#capability)
      .where('type', 'in', types)
      .execute();
    await this.#dropContents(dropped);
  }

  async purge(): Promise<void> {
    await this.drop(Object.keys(this.#records));
  }
}

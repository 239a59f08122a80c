import type { AsideStore, ChangePage, Digest, IngestReport, PortableRecord } from '@valfri/core';
import { digestOf } from '../server/digest-of.ts';

/** Records of any kind, in memory: what a host keeps aside or owns, for tests of the swap engine. */
export class MemoryRecords implements AsideStore {
  readonly #records = new Map<string, PortableRecord>();
  readonly #feed: PortableRecord[] = [];

  async changes({ after, limit }: { after?: string | undefined; limit: number }): Promise<ChangePage> {
    const from = Number(after ?? 0);
    const records = this.#feed.slice(from, from + limit);
    const next = from + records.length;
    return { records, next: String(next), caughtUp: next === this.#feed.length };
  }

  async head(): Promise<string> {
    return String(this.#feed.length);
  }

  async ingest(records: readonly PortableRecord[]): Promise<IngestReport> {
    for (const record of records) {
      const id = `${record.type} ${record.key}`;
      if (record.value === null) this.#records.delete(id);
      else this.#records.set(id, record);
      this.#feed.push(record);
    }
    return { accepted: records.length, rejected: [], lossy: [] };
  }

  async digest(type: string): Promise<Digest> {
    return digestOf([...this.#records.values()].filter((record) => record.type === type));
  }

  async read(type: string, keys: readonly string[]): Promise<readonly PortableRecord[]> {
    return keys.flatMap((key) => this.#records.get(`${type} ${key}`) ?? []);
  }

  async drop(types: readonly string[]): Promise<void> {
    for (const [id, { type }] of this.#records) if (types.includes(type)) this.#records.delete(id);
  }

  async purge(): Promise<void> {
    this.#records.clear();
  }
}

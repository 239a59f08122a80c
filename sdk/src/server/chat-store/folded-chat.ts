import { canonicalText, type Digest, type PortableRecord, RunningDigest } from '@valfri/core';
import { recordsOf } from '../../chat/records.ts';
import { CHAT_TABLES } from '../../chat/rows.ts';
import { WorkingSet } from '../../chat/working-set.ts';
import { hash64 } from './save.ts';
import { applyAll, type Ingested } from './write-queue.ts';

/**
 * Records in memory, under the same rules by which a store takes them in: to recompute, from what another product
 * holds, what a store that mirrors it must hold.
 */
export class FoldedChat {
  readonly #set = new WorkingSet();

  apply(records: readonly PortableRecord[]): Ingested {
    const report = applyAll(this.#set, records);
    this.#set.settle();
    return report;
  }

  /** The living records of one kind. */
  living(type: string): readonly PortableRecord[] {
    return CHAT_TABLES.flatMap((table) =>
      [...this.#set.all(table)].flatMap((row) => recordsOf[table](row as never)),
    ).filter((record) => record.type === type && record.value !== null);
  }

  digest(type: string): Digest {
    const digest = new RunningDigest();
    for (const record of this.living(type)) digest.add(hash64(canonicalText(record)));
    return digest.value;
  }
}

import type { Digest, PortableRecord } from '@valfri/core';
import { livingOf } from '../../chat/records.ts';
import { WorkingSet } from '../../chat/working-set.ts';
import { digestOf } from '../digest-of.ts';
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
    return livingOf(this.#set, type);
  }

  digest(type: string): Digest {
    return digestOf(this.living(type));
  }
}

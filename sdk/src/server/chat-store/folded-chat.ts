import type { Digest, IngestReport, PortableRecord } from '@valfri/core';
import { applyAll } from '../../chat/apply.ts';
import { livingOf } from '../../chat/records.ts';
import { WorkingSet } from '../../chat/working-set.ts';
import { digestOf } from '../digest-of.ts';

/**
 * Records in memory, under the same rules by which a store takes them in: to recompute, from what another product
 * holds, what a store that mirrors it must hold.
 */
export class FoldedChat {
  readonly #set = new WorkingSet();

  apply(records: readonly PortableRecord[]): IngestReport {
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

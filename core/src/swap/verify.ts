import type { CapabilityDefinition } from '../capability.ts';
import { canonicalText, sameDigest } from '../digest.ts';
import type { Instance } from '../instances.ts';
import type { Portability } from '../portability.ts';
import { portabilityOf } from './carry.ts';
import { ownerOf } from './ownership.ts';
import type { Comparison } from './swap.ts';

/** Two instances to compare, and what the host keeps in place of either. */
export interface Pair {
  readonly capability: CapabilityDefinition;
  readonly from: Instance;
  readonly to: Instance;
  readonly aside: Portability;
}

/** Compares the digests of every kind of record that changes its holder. */
export async function compareDigests(pair: Pair): Promise<readonly Comparison[]> {
  return Promise.all(
    movingTypes(pair).map(async (type) => {
      const [source, target] = await Promise.all([
        holder(pair, pair.from, type).digest(type),
        holder(pair, pair.to, type).digest(type),
      ]);
      return { type, source, target, equal: sameDigest(source, target) };
    }),
  );
}

/** Compares some records field by field, and returns the keys of those that differ. */
export async function differing(pair: Pair, type: string, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const [source, target] = await Promise.all([
    holder(pair, pair.from, type).read(type, keys),
    holder(pair, pair.to, type).read(type, keys),
  ]);
  const there = new Map(target.map((record) => [record.key, canonicalText(record)]));
  const here = new Map(source.map((record) => [record.key, canonicalText(record)]));
  return keys.filter((key) => here.get(key) !== there.get(key));
}

/** The kinds of record that leave the old provider: for the new one, or for the host's keeping. */
export function movingTypes({ capability, from }: Pair): readonly string[] {
  return Object.keys(capability.records).filter(
    (type) => ownerOf(capability, type, from.provider.features) === 'provider',
  );
}

function holder(pair: Pair, instance: Instance, type: string): Portability {
  const owner = ownerOf(pair.capability, type, instance.provider.features);
  return owner === 'provider' ? portabilityOf(instance) : pair.aside;
}

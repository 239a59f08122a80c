import { canonicalText } from '../digest.ts';
import type { Portability, PortableRecord } from '../portability.ts';
import { portabilityOf } from './carry.ts';
import { byOwner, ownerOf } from './ownership.ts';
import type { BrokenConsumer, FeatureChange, RecordFate, SwapPlan } from './swap.ts';
import type { Pair } from './verify.ts';

const SAMPLE = 500;

/** A plugin that uses the capability, and what it needs of it. */
export interface Consumer {
  readonly plugin: string;
  readonly features: readonly string[];
}

/** Finds out what a swap would do, with a trial import of a sample that stores nothing. */
export async function planSwap(pair: Pair, own: Portability, consumers: readonly Consumer[]): Promise<SwapPlan> {
  const source = portabilityOf(pair.from);
  const { records } = await source.changes({ limit: SAMPLE });
  const sample = latestOfEach(records);
  const { provider } = byOwner(pair.capability, pair.to.provider.features, sample);
  const began = performance.now();
  const trial = await portabilityOf(pair.to).ingest(provider, { dryRun: true });
  const perRecord = (performance.now() - began) / Math.max(1, provider.length);
  const features = featureChanges(pair);
  const broken = brokenConsumers(features, consumers);
  const rejections = trial.rejected.filter(({ reason }) => reason !== 'PARENT_MISSING');
  return {
    features,
    records: await recordFates(pair, own),
    losses: trial.lossy,
    rejections,
    consumers: broken,
    sampled: provider.length,
    expectedPauseMs: Math.max(20, Math.round(40 + 20 * perRecord)),
    needsConsent: trial.lossy.length + rejections.length + broken.length > 0,
  };
}

/** Finds out what the move of a function would do whose providers keep nothing themselves. */
export function planStateless(
  pair: Omit<Pair, 'aside'>,
  consumers: readonly Consumer[],
  { inHand, expectedPauseMs }: { readonly inHand: number; readonly expectedPauseMs: number },
): SwapPlan {
  const features = featureChanges(pair);
  const broken = brokenConsumers(features, consumers);
  const nothing = { records: [], losses: [], rejections: [], sampled: 0 };
  return { ...nothing, features, consumers: broken, inHand, expectedPauseMs, needsConsent: broken.length > 0 };
}

/** A feed hands out a record again where it was changed: it is tried once, as it is now. */
function latestOfEach(records: readonly PortableRecord[]): readonly PortableRecord[] {
  return [...new Map(records.map((record) => [`${record.type} ${record.key}`, record])).values()];
}

function featureChanges({ capability, from, to }: Omit<Pair, 'aside'>): readonly FeatureChange[] {
  return Object.keys(capability.features).flatMap((name): FeatureChange[] => {
    const before = (from.provider.features as Record<string, unknown>)[name];
    const after = (to.provider.features as Record<string, unknown>)[name];
    if (before === undefined && after === undefined) return [];
    if (before === undefined) return [{ name, change: 'gained' }];
    if (after === undefined) return [{ name, change: 'lost' }];
    return [{ name, change: sameParameters(before, after) ? 'same' : 'changed' }];
  });
}

function sameParameters(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => canonicalText({ type: '', key: '', value } as PortableRecord);
  return text(a) === text(b);
}

function brokenConsumers(
  features: readonly FeatureChange[],
  consumers: readonly Consumer[],
): readonly BrokenConsumer[] {
  const lost = new Set(features.filter(({ change }) => change === 'lost').map(({ name }) => name));
  return consumers.flatMap(({ plugin, features: needed }) =>
    needed.filter((feature) => lost.has(feature)).map((feature) => ({ plugin, feature })),
  );
}

async function recordFates(pair: Pair, own: Portability): Promise<readonly RecordFate[]> {
  const { capability, from, to, aside } = pair;
  return Promise.all(
    Object.keys(capability.records).map(async (type): Promise<RecordFate> => {
      const before = ownerOf(capability, type, from.provider.features);
      const after = ownerOf(capability, type, to.provider.features);
      const holder = { provider: portabilityOf(from), aside, host: own }[before];
      const { count } = await holder.digest(type);
      if (before === 'host') return { type, count, fate: 'stays' };
      return { type, count, fate: after === 'provider' ? 'moves' : 'aside' };
    }),
  );
}

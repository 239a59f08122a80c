import type { IngestReport, Portability, PortableRecord } from '@valfri/sdk';
import type { ChatStore } from '@valfri/sdk/server';
import type { Attention, Marker } from './attention.ts';
import type { Delivery } from './carry/delivery.ts';
import type { Mirror } from './mirror/mirror.ts';
import type { ReadBack } from './mirror/read-back.ts';

const PATIENCE = 60_000;

/** What portability works with. */
export interface PortabilityOptions {
  readonly store: ChatStore;
  readonly mirror: Mirror;
  readonly delivery: Delivery;
  readonly attention: Attention;
  readonly readBack: ReadBack;
  freeze(frozen: boolean): Promise<void>;
  abandonRooms(): Promise<void>;
}

/** Leaving and coming in: out of the mirror, and in through the homeserver. */
export function createPortability(options: PortabilityOptions): Portability {
  const { store, mirror, readBack } = options;
  const { changes, head, digest, read, purge } = store.portability;
  return {
    ...{ changes, head, read, freeze: (frozen) => options.freeze(frozen) },
    ingest: (records, { dryRun = false, announce = false } = {}) => ingest(options, records, { dryRun, announce }),
    digest: async (type, { recompute = false } = {}) =>
      recompute ? (await readBack.everything()).digest(type) : digest(type),
    purge: async () => {
      await options.abandonRooms();
      await purge();
      await mirror.clear();
    },
  };
}

async function ingest(
  { store, delivery, attention }: PortabilityOptions,
  records: readonly PortableRecord[],
  { dryRun, announce }: { dryRun: boolean; announce: boolean },
): Promise<IngestReport> {
  const markers = records.filter(({ type }) => type === 'marker');
  const others = records.filter(({ type }) => type !== 'marker');
  const { report, changes } = await store.proposeRecords(others);
  if (!dryRun) {
    await delivery.deliver(changes, { quiet: !announce }, PATIENCE);
    await attention.passOn(markers.flatMap(({ value }) => (value ? [value as unknown as Marker] : [])));
  }
  return { ...report, accepted: report.accepted + markers.length };
}

import type { CapabilityDefinition } from '../capability.ts';
import type { Instance } from '../instances.ts';
import type { IngestOptions, Portability, PortableRecord, Rejection } from '../portability.ts';
import { BugError, type CapabilityError } from '../errors.ts';
import { byOwner } from './ownership.ts';

/** Records a page; large enough that a provider's fixed cost vanishes, small enough for a steady progress. */
export const PAGE = 2_000;
const MOST_PENDING = 5_000;

/** Where a route leads. */
export interface Route {
  readonly capability: CapabilityDefinition;
  readonly source: Portability;
  readonly to: Instance;
  readonly aside: Portability;
}

/** What one page did. */
export interface Carried {
  readonly next: string;
  readonly caughtUp: boolean;
  readonly pending: readonly PortableRecord[];
  readonly moved: Readonly<Record<string, number>>;
  readonly aside: Readonly<Record<string, number>>;
  readonly count: number;
  /** What was handed out and has reached its holder. */
  readonly delivered: readonly PortableRecord[];
}

/** The portability of an instance whose capability is stateful. */
export function portabilityOf(instance: Instance): Portability {
  if (!instance.provider.portability) throw new BugError(`instance ${instance.id} was let in without portability`);
  return instance.provider.portability;
}

/** A swap cannot go on: a record was refused for good, or too many wait for what they belong to. */
export class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

/**
 * Hands one page of changes over. What the target has no feature for goes to the host; what came before the
 * record it belongs to waits in `pending` and goes again with the next page.
 */
export async function carryPage(
  route: Route,
  after: string | undefined,
  pending: readonly PortableRecord[],
  options?: IngestOptions,
): Promise<Carried> {
  const page = await route.source.changes({ after, limit: PAGE });
  const newer = new Set(page.records.map(identity));
  const records = [...pending.filter((record) => !newer.has(identity(record))), ...page.records];
  const { waiting, moved, aside } = await deliver(route, records, { ...options, ...contentFrom(route.source) });
  if (waiting.length > 0 && page.caughtUp && waiting.length === records.length) throw orphaned(waiting);
  return {
    next: page.next,
    caughtUp: page.caughtUp && waiting.length === 0,
    pending: waiting,
    moved,
    aside,
    count: records.length,
    delivered: page.records,
  };
}

/** Where the content comes from that records of some holder name. */
export function contentFrom(holder: Portability): Pick<IngestOptions, 'contentOf'> {
  return holder.content ? { contentOf: async (sha256) => holder.content!(sha256) } : {};
}

interface Delivered {
  readonly waiting: readonly PortableRecord[];
  readonly moved: Readonly<Record<string, number>>;
  readonly aside: Readonly<Record<string, number>>;
}

/** Hands records to the target, and what it cannot hold to the host. */
export async function deliver(
  route: Omit<Route, 'source'>,
  records: readonly PortableRecord[],
  options?: IngestOptions,
): Promise<Delivered> {
  const sorted = byOwner(route.capability, route.to.provider.features, records);
  const [report] = await Promise.all([
    sorted.provider.length > 0 ? portabilityOf(route.to).ingest(sorted.provider, options) : undefined,
    sorted.aside.length > 0 ? route.aside.ingest(sorted.aside, options) : undefined,
  ]);
  const rejected = report?.rejected ?? [];
  const final = rejected.find((rejection) => rejection.reason !== 'PARENT_MISSING');
  if (final) throw refused(final);
  const waitingKeys = new Set(rejected.map(identity));
  const waiting = sorted.provider.filter((record) => waitingKeys.has(identity(record)));
  if (waiting.length > MOST_PENDING) throw orphaned(waiting);
  return { waiting, moved: countByType(sorted.provider), aside: countByType(sorted.aside) };
}

function identity(record: { readonly type: string; readonly key: string }): string {
  return `${record.type} ${record.key}`;
}

function refused({ type, key, message }: Rejection): RejectedError {
  return new RejectedError(`The new provider refused ${type} ${key}: ${message}`);
}

function orphaned(waiting: readonly PortableRecord[]): RejectedError {
  const [first] = waiting;
  return new RejectedError(
    `${waiting.length} records belong to something that the new provider has not, among them ${first?.type} ${first?.key}.`,
  );
}

function countByType(records: readonly PortableRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of records) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Two counts by kind, added. */
export function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [type, count] of Object.entries(b)) sum[type] = (sum[type] ?? 0) + count;
  return sum;
}

/** Whether a thrown value is a provider that does not answer now, so that trying again later is right. */
export function isPassing(error: unknown): boolean {
  const code = (error as Partial<CapabilityError> | null)?.code;
  return code === 'UNAVAILABLE' || code === 'TIMEOUT' || code === 'QUOTA';
}

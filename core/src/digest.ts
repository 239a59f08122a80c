import type { Digest, PortableRecord } from './portability.ts';

const MASK = (1n << 64n) - 1n;

/**
 * A record as one text in which equal values are equal, whoever holds them: the JSON, without white space, of the list
 * `[type, key, value]`; in each object of the value, at any depth, the fields are sorted by name in the order of their
 * UTF-16 code units, and those that are `undefined` are left out. Lists keep their order. What is absent is left out
 * too, never `null`: a room that is not archived has no `archivedAt`.
 * @see RFC 8785 for the form of texts and numbers, which is that of `JSON.stringify`.
 */
export function canonicalText(record: PortableRecord): string {
  return JSON.stringify([record.type, record.key, canonical(record.value)]);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(source).sort()) {
    if (source[key] !== undefined) sorted[key] = canonical(source[key]);
  }
  return sorted;
}

/** The digest of one kind, changed record by record. */
export class RunningDigest {
  count = 0;
  sum = 0n;

  add(hash: bigint): void {
    this.count += 1;
    this.sum = (this.sum + hash) & MASK;
  }

  remove(hash: bigint): void {
    this.count -= 1;
    this.sum = (this.sum - hash) & MASK;
  }

  get value(): Digest {
    return formatDigest(this.count, this.sum);
  }
}

/** A {@link Digest} of a count and a sum; the sum is taken modulo 2^64. */
export function formatDigest(count: number, sum: bigint): Digest {
  return { count, sum: (sum & MASK).toString(16).padStart(16, '0') };
}

/** The digest of nothing. */
export const EMPTY_DIGEST: Digest = formatDigest(0, 0n);

/** Whether two digests say the same. */
export function sameDigest(a: Digest, b: Digest): boolean {
  return a.count === b.count && a.sum === b.sum;
}

import { canonicalText, type Digest, type PortableRecord, RunningDigest } from '@valfri/core';
import { createHash } from 'node:crypto';

/**
 * What a record adds to the digest of its kind: the first eight bytes, as a big-endian number, of the SHA-256 of its
 * `canonicalText()`. A store that keeps a `RunningDigest` adds it when a record comes and takes it away when it goes.
 */
export function hashOf(record: PortableRecord): bigint {
  return createHash('sha256').update(canonicalText(record)).digest().readBigUInt64BE();
}

/** The digest of records of one kind. */
export function digestOf(records: Iterable<PortableRecord>): Digest {
  const digest = new RunningDigest();
  for (const record of records) digest.add(hashOf(record));
  return digest.value;
}

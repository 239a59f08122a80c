import type { Content } from './content.ts';

/** One record on the move. `value` is `null` where what the key named is gone. */
export interface PortableRecord {
  /** The record's kind, as the contract names it. */
  readonly type: string;
  /** The fields of the kind's key, joined by `/`. */
  readonly key: string;
  /** After the contract; `null` where it is gone. */
  readonly value: Readonly<Record<string, unknown>> | null;
}

/** A page of changes. */
export interface ChangePage {
  /** In the order in which they can be taken in. */
  readonly records: readonly PortableRecord[];
  /** Where the next page begins. */
  readonly next: string;
  /** Whether everything committed before the request was made has now been handed out. */
  readonly caughtUp: boolean;
}

/** A record that could not be taken in, and why. */
export interface Rejection {
  /** As in the record. */
  readonly type: string;
  /** As in the record. */
  readonly key: string;
  /** `PARENT_MISSING`: what it belongs to is not there yet, send it again later. `INVALID`: never. */
  readonly reason: 'PARENT_MISSING' | 'INVALID';
  /** Why, in words for the operator. */
  readonly message: string;
}

/** A record that was taken in with less than it had. */
export interface Loss {
  /** As in the record. */
  readonly type: string;
  /** As in the record. */
  readonly key: string;
  /** What did not fit, in words for the operator. */
  readonly message: string;
}

/** What became of the records given to `ingest`. */
export interface IngestReport {
  /** How many were taken in, those that changed nothing among them. */
  readonly accepted: number;
  /** Those that were not taken in. */
  readonly rejected: readonly Rejection[];
  /** Those that were, with less than they had. */
  readonly lossy: readonly Loss[];
}

/**
 * An order-free digest over the living records of one kind: their count, and the sum modulo 2^64 of the first
 * eight bytes, as a big-endian number, of the SHA-256 of each record's {@link canonicalText} in UTF-8; as 16
 * hexadecimal digits in lower case. The same records have the same digest with every provider: a move compares them.
 */
export interface Digest {
  readonly count: number;
  readonly sum: string;
}

/** How `ingest` treats what it is given. */
export interface IngestOptions {
  /** Where the content comes from that the records name and that is not here yet. Absent where no record has any. */
  readonly contentOf?: (sha256: string) => Promise<Content>;
  /** Report only; store nothing. Default: false. */
  readonly dryRun?: boolean;
  /** Announce what was new, as when it had been written here. Default: false, so that nobody is notified of a move. */
  readonly announce?: boolean;
}

/**
 * How a stateful provider's records leave it and enter it. The host swaps providers, makes archives and
 * restores them through this alone.
 */
export interface Portability {
  /**
   * Reads the present state of what was committed after a cursor, in commit order. A record may come late or twice,
   * never not at all. It keeps its first place as well: what it belongs to comes before it, whatever was changed since.
   * Without `after` it begins with the first record ever.
   * @throws INVALID where the cursor is none that this provider made.
   */
  changes(request: { readonly after?: string | undefined; readonly limit: number }): Promise<ChangePage>;
  /** A cursor after everything that is committed now. */
  head(): Promise<string>;
  /** Takes records in, idempotent by key: the last value given stands. Times, authors, order and ids are kept. */
  ingest(records: readonly PortableRecord[], options?: IngestOptions): Promise<IngestReport>;
  /**
   * The digest of one kind. Kept up to date with each write, so that it costs the same at any size; with `recompute`
   * it is taken from the stored records themselves.
   */
  digest(type: string, options?: { readonly recompute?: boolean }): Promise<Digest>;
  /** Reads the present values of some records by key, for comparison. Keys that name nothing are left out. */
  read(type: string, keys: readonly string[]): Promise<readonly PortableRecord[]>;
  /**
   * The content with a SHA-256 that one of its records names. Required where records of the contract have content.
   * @throws NOT_FOUND
   */
  content?(sha256: string): Promise<Content>;
  /** Stops (or allows again) writes that do not come through the host. Absent where there is no other way in. */
  freeze?(frozen: boolean): Promise<void>;
  /** Removes every record, for good. */
  purge(): Promise<void>;
}

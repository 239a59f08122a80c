/** Bytes in the order in which they are read, in pieces of any length. To be read once, one way or the other. */
export interface Bytes extends AsyncIterable<Uint8Array> {
  /**
   * Opens them for reading into buffers of the reader's own, which can be used again for what follows: without it every
   * piece is a new one. Absent where the pieces are made elsewhere.
   */
  openReader?(): Promise<BytesReader>;
}

/** Reads bytes into buffers that are handed to it; to be disposed of at the end. */
export interface BytesReader extends AsyncDisposable {
  /** Fills the beginning of a buffer with what comes next. @returns how much that is, in bytes; 0 at the end. */
  read(into: Uint8Array): Promise<number>;
}

/** A part of some content, in bytes: from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  /** Default: the end of the content. */
  readonly end?: number | undefined;
}

/** Content that is complete, and known. */
export interface Content {
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of all of it, as 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** Reads it, or a part. It may be read more than once. */
  read(range?: ByteRange): Bytes;
  /**
   * Makes a file of it on this machine, in no time and no space where both are on one file system. The path must be
   * free, and the file must not be written to. Absent where it is no file itself.
   */
  linkTo?(path: string): Promise<void>;
}

/** Whether an operation's answer brings bytes. */
export function hasBytes(answer: unknown): answer is { readonly content: Bytes } {
  const content = (answer as { content?: unknown } | null)?.content;
  return typeof content === 'object' && content !== null && Symbol.asyncIterator in content;
}

/** The SHA-256 of each content that a record names; see {@link RecordDefinition.content}. */
export function contentsNamed(
  { content }: { readonly content?: string },
  value: Readonly<Record<string, unknown>> | null,
): readonly string[] {
  const named = content === undefined ? undefined : value?.[content];
  if (typeof named === 'string') return [named];
  return Array.isArray(named) ? named.map(({ sha256 }: { sha256: string }) => sha256) : [];
}

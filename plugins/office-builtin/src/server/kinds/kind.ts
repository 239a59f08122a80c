import type { ReadOnlyReason } from '../../shared/wire.ts';

/** A file as people write it together. */
export interface Begun {
  /** A state of the shared document. */
  readonly state: Uint8Array;
  /** What saving and pages need to know of how the file was written; of documents `losses` and `locked`. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** The bytes that it is written from, where they are not those that were read: of an empty file. */
  readonly base?: Uint8Array;
  /** Where nobody may write it, and why. */
  readonly readOnly?: ReadOnlyReason;
}

/** What a file is saved from. */
export interface ToWrite {
  readonly state: Uint8Array;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly base: Uint8Array;
}

/** Files of one kind. */
export interface FileKind {
  readonly id: string;
  /** Page of the manifest that shows it. */
  readonly page: string;
  /** Longest file that is opened at all, in bytes. */
  readonly most: number;
  /** Whether saving and pages need the bytes as they were opened. */
  readonly keepsBase: boolean;
  /** @throws INVALID where it is no such file, or one that is not to be trusted */
  begin(bytes: Uint8Array): Promise<Begun>;
  write(from: ToWrite): Promise<{ readonly bytes: Uint8Array; readonly meta: Readonly<Record<string, unknown>> }>;
  /** What others saved meanwhile, as a state that holds both; absent where that cannot be done for files of this kind. */
  merge?(
    from: ToWrite,
    theirs: Uint8Array,
  ): Promise<{ readonly state: Uint8Array; readonly meta: ToWrite['meta'] } | undefined>;
  stop?(): Promise<void>;
}

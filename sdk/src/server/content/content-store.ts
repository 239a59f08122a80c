import type { Content } from '@valfri/core';

/** Keeps content under its SHA-256; the same content is kept once. */
export interface ContentStore {
  /** Keeps it; when this has settled, it survives a crash. What is there already is not kept again. */
  keep(content: Content): Promise<void>;
  /** Which of some hashes are there. */
  has(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws NOT_FOUND */
  open(sha256: string): Promise<Content>;
  /**
   * Removes content, unless it is wanted after all: that is asked for each once nobody can begin to keep it any more.
   */
  drop(hashes: readonly string[], isWanted: (sha256: string) => Promise<boolean>): Promise<void>;
}

import type { Content } from '@valfri/sdk';
import type { ContentStore } from '@valfri/sdk/server';

/** A content store with an older one behind it, to which nothing is added any more. */
export class BehindContentStore implements ContentStore {
  readonly #store: ContentStore;
  readonly #older: ContentStore;

  constructor(store: ContentStore, older: ContentStore) {
    this.#store = store;
    this.#older = older;
  }

  keep(content: Content): Promise<void> {
    return this.#store.keep(content);
  }

  async has(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const older = await this.#older.has(hashes);
    const rest = await this.#store.has(hashes.filter((hash) => !older.has(hash)));
    return new Set([...older, ...rest]);
  }

  async open(sha256: string): Promise<Content> {
    const isOlder = (await this.#older.has([sha256])).has(sha256);
    return (isOlder ? this.#older : this.#store).open(sha256);
  }

  async drop(hashes: readonly string[], isWanted: (sha256: string) => Promise<boolean>): Promise<void> {
    await this.#store.drop(hashes, isWanted);
    await this.#older.drop(hashes, isWanted);
  }
}

import { mergeUpdates } from 'yjs';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/**
 * Keeps changes one after another. What comes while one is being kept goes together in the next; where keeping fails it is
 * tried again until it succeeds or the keeper is stopped.
 */
export class Keeper {
  readonly #keep: (change: Uint8Array) => Promise<string>;
  #waiting: { readonly change: Uint8Array; readonly kept: () => void }[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;
  /** Id of the last change that is kept. */
  last: string | undefined;

  constructor(keep: (change: Uint8Array) => Promise<string>) {
    this.#keep = keep;
  }

  /** Whether everything is kept. */
  get idle(): boolean {
    return this.#running === undefined;
  }

  add(change: Uint8Array, kept: () => void): void {
    this.#waiting.push({ change, kept });
    this.#running ??= this.#run();
  }

  /** Settles when what was added so far is kept. */
  async flush(): Promise<void> {
    await this.#running;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#stopped) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.last = await this.#kept(mergeUpdates(batch.map(({ change }) => change)));
      for (const { kept } of batch) kept();
    }
    this.#running = undefined;
  }

  async #kept(change: Uint8Array): Promise<string | undefined> {
    for (let pause = FIRST_PAUSE; !this.#stopped; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await this.#keep(change);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return this.last;
  }
}

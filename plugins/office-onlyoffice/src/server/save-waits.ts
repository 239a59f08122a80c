/** For how long the document server may take to hand over what was written, in milliseconds. */
const PATIENCE = 8_000;

/** Waits for what the document server was asked to hand over. */
export class SaveWaits {
  readonly #waiting = new Map<string, Set<(saved: boolean) => void>>();

  /**
   * Asks for what is not saved of a key, and waits until it has been taken.
   * @param ask whether there is anything to hand over
   * @returns false where it did not come in time, or could not be saved
   */
  async saved(key: string, ask: () => Promise<boolean>): Promise<boolean> {
    let answer!: (saved: boolean) => void;
    const answered = new Promise<boolean>((resolve) => (answer = resolve));
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(answer));
    const late = setTimeout(() => answer(false), PATIENCE);
    try {
      return (await ask()) ? await answered : true;
    } catch {
      return false;
    } finally {
      clearTimeout(late);
      waiting.delete(answer);
      if (waiting.size === 0) this.#waiting.delete(key);
    }
  }

  /** Something of a key has been taken, and saved or not. */
  settle(key: string, saved: boolean): void {
    for (const answer of this.#waiting.get(key) ?? []) answer(saved);
  }

  /** Nobody waits any longer. */
  end(): void {
    for (const key of this.#waiting.keys()) this.settle(key, false);
  }
}

/** Many who let the shape of the tree be, or one who changes it; in the order in which they came. */
export class SharedLock {
  #readers = 0;
  #writing = false;
  readonly #waiting: { readonly alone: boolean; readonly go: () => void }[] = [];

  /** Works beside others. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter(false);
    try {
      return await work();
    } finally {
      this.#readers -= 1;
      this.#admit();
    }
  }

  /** Works with nobody beside. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter(true);
    try {
      return await work();
    } finally {
      this.#writing = false;
      this.#admit();
    }
  }

  #enter(alone: boolean): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ alone, go });
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#writing || (next.alone && this.#readers > 0)) return;
      this.#waiting.shift();
      if (next.alone) this.#writing = true;
      else this.#readers += 1;
      next.go();
    }
  }
}

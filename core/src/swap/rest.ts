/** A pause that can be cut short. */
export class Rest {
  #wake: (() => void) | undefined;
  #woken = false;

  /** Settles after a time in milliseconds, or when woken; at once where it was woken before it began. */
  async for(time: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, time);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#woken = false;
    this.#wake = undefined;
  }

  wake(): void {
    if (this.#wake) this.#wake();
    else this.#woken = true;
  }
}

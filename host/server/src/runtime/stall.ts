/** Calls back when nothing has moved for a while. */
export class Stall {
  #timer: NodeJS.Timeout;

  /** @param limit in milliseconds. */
  constructor(limit: number, onStall: () => void) {
    this.#timer = setTimeout(onStall, limit).unref();
  }

  /** Something has moved: the time begins anew. */
  moved(): void {
    this.#timer.refresh();
  }

  /** From now on another time holds, in milliseconds, and something else happens when it is up. */
  restart(limit: number, onStall: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onStall, limit).unref();
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

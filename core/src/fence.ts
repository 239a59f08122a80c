import { CapabilityError } from './errors.ts';

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (error: CapabilityError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Lets writes to one provider through, or holds them. While it is closed writes wait, bounded by a deadline;
 * those inside drain. What waited is let go when it opens, and finds out anew who serves it.
 */
export class Fence {
  #inside = 0;
  #closed = false;
  readonly #waiters = new Set<Waiter>();
  #onDrained: (() => void) | undefined;

  get closed(): boolean {
    return this.#closed;
  }

  /** How many writes are inside. */
  get inside(): number {
    return this.#inside;
  }

  /** How many writes wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Enters at once; false where the fence is closed. Each entry owes one {@link leave}. */
  tryEnter(): boolean {
    if (this.#closed) return false;
    this.#inside += 1;
    return true;
  }

  leave(): void {
    this.#inside -= 1;
    if (this.#inside === 0) this.#onDrained?.();
  }

  /**
   * Waits until the fence is open; does not enter.
   * @param timeout in milliseconds
   * @throws FENCED where it stayed closed that long.
   */
  opened(timeout: number): Promise<void> {
    if (!this.#closed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        enter: resolve,
        refuse: reject,
        timer: setTimeout(() => {
          this.#waiters.delete(waiter);
          reject(
            new CapabilityError('FENCED', 'The function is being moved and took longer than the call could wait.'),
          );
        }, timeout),
      };
      this.#waiters.add(waiter);
    });
  }

  /**
   * Closes, and waits until what is inside has left.
   * @param timeout in milliseconds
   * @returns false where something was still inside at the deadline; the fence is then still closed.
   */
  async close(timeout: number): Promise<boolean> {
    this.#closed = true;
    if (this.#inside === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#onDrained = undefined;
        resolve(false);
      }, timeout);
      this.#onDrained = () => {
        clearTimeout(timer);
        this.#onDrained = undefined;
        resolve(true);
      };
    });
  }

  /** Opens, and lets everything that waited go on. */
  open(): void {
    this.#closed = false;
    for (const waiter of this.#waiters) {
      clearTimeout(waiter.timer);
      waiter.enter();
    }
    this.#waiters.clear();
  }
}

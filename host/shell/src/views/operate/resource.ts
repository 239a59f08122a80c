import { effect, signal } from '@preact/signals-core';
import { type Failure, failureOf } from '../../state/api.ts';
import { connection } from '../../state/live.ts';

/** Something that is read from the host: not there yet, there, or the reason why not. */
export class Resource<T> {
  readonly #read: () => Promise<T>;
  readonly #value = signal<T | undefined>(undefined);
  readonly #failure = signal<Failure | undefined>(undefined);
  #turn = 0;
  #stopWaiting: (() => void) | undefined;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** What was read last; it stays while it is read anew, and where that fails. */
  get value(): T | undefined {
    return this.#value.value;
  }

  /** Why the last reading failed, where it did. */
  get failure(): Failure | undefined {
    return this.#failure.value;
  }

  /** Whether anybody has asked for it. */
  get asked(): boolean {
    return this.#turn > 0;
  }

  /** Reads it (anew); an answer that was overtaken by a later one is dropped. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#read();
      if (turn !== this.#turn) return;
      this.#value.value = value;
      this.#failure.value = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#failure.value = failureOf(error);
      if (this.#failure.peek()?.code === 'OFFLINE') this.#readWhenBack();
    }
  }

  /** Reads it once the server is back, after it was away. */
  #readWhenBack(): void {
    this.#stopWaiting?.();
    let away = false;
    this.#stopWaiting = effect(() => {
      const live = connection.value === 'live';
      if (live && away)
        queueMicrotask(() => {
          this.#stopWaiting?.();
          void this.refresh();
        });
      away ||= !live;
    });
  }
}

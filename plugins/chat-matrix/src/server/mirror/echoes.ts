import { CapabilityError } from '@valfri/sdk';

const REMEMBERED = 20_000;

/** What tells those who wait that the homeserver has handed over what they sent. */
export class Echoes {
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #recent = new Set<string>();

  /** Says that something was taken in: an event's id, or `room` and the id of a room. */
  heard(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#recent.add(key);
      for (const done of this.#waiting.get(key) ?? []) done();
      this.#waiting.delete(key);
    }
    for (const key of this.#recent) {
      if (this.#recent.size <= REMEMBERED) break;
      this.#recent.delete(key);
    }
  }

  /**
   * Settles when everything was taken in.
   * @param known tells which of some were taken in earlier.
   * @throws TIMEOUT where the signal is aborted first.
   */
  async all(
    keys: readonly string[],
    known: (keys: readonly string[]) => Promise<readonly string[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const missing = keys.filter((key) => !this.#recent.has(key));
    if (missing.length === 0) return;
    const heard = Promise.all(missing.map((key) => this.#one(key, signal)));
    heard.catch(() => undefined);
    this.heard(await known(missing));
    await heard;
  }

  #one(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(tooLate());
      if (signal.aborted) return late();
      signal.addEventListener('abort', late, { once: true });
      const done = () => {
        signal.removeEventListener('abort', late);
        resolve();
      };
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), done]);
    });
  }
}

function tooLate(): CapabilityError {
  return new CapabilityError(
    'TIMEOUT',
    'The message server took it, but has not handed it back. It may come later; the same may be sent again.',
  );
}

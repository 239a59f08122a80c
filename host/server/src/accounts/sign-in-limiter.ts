const WINDOW = 10 * 60_000; // ms
const MOST_KEPT = 50_000;

/** Failed attempts within ten minutes after which no more are let through. */
export const MOST_FAILURES = {
  /** To one account, from wherever they come. */
  account: 10,
  /** From one address, to whichever accounts: many people may share one. */
  address: 100,
} as const;

/** An attempt to sign in. */
export interface Attempt {
  /** Seconds for which none is let through; 0 where this one is. */
  readonly wait: number;
  /** Whether it is the first of its account within the ten minutes that is not let through. */
  readonly firstRefused: boolean;
  /** Says that it was no failure: those of the account are forgotten, and this one of the address. */
  succeeded(): void;
}

/**
 * Counts failed attempts to sign in, by account and by address. An attempt counts as failed from its beginning until
 * it has succeeded, so that many at once are no way around it.
 */
export class SignInLimiter {
  readonly #failures = new Map<string, readonly number[]>();

  begin(account: string, address: string, now: number = Date.now()): Attempt {
    const keys = { account: `account ${account}`, address: `address ${address}` };
    const wait = Math.max(
      this.#waitFor(keys.account, MOST_FAILURES.account, now),
      this.#waitFor(keys.address, MOST_FAILURES.address, now),
    );
    if (wait > 0) return { wait, firstRefused: this.#firstRefused(keys.account, now), succeeded: () => undefined };
    for (const key of Object.values(keys)) this.#keep(key, [...this.#recent(key, now), now]);
    const succeeded = () => {
      this.#failures.delete(keys.account);
      this.#keep(keys.address, without(this.#recent(keys.address, now), now));
    };
    return { wait: 0, firstRefused: false, succeeded };
  }

  #firstRefused(account: string, now: number): boolean {
    const key = `refused ${account}`;
    if (this.#recent(key, now).length > 0) return false;
    this.#keep(key, [now]);
    return true;
  }

  #waitFor(key: string, most: number, now: number): number {
    const recent = this.#recent(key, now);
    return recent.length < most ? 0 : Math.ceil((recent[recent.length - most]! + WINDOW - now) / 1_000);
  }

  #recent(key: string, now: number): readonly number[] {
    return (this.#failures.get(key) ?? []).filter((at) => at > now - WINDOW);
  }

  #keep(key: string, failures: readonly number[]): void {
    this.#failures.delete(key);
    if (failures.length > 0) this.#failures.set(key, failures);
    if (this.#failures.size > MOST_KEPT) this.#failures.delete(this.#failures.keys().next().value!);
  }
}

function without(times: readonly number[], time: number): readonly number[] {
  const place = times.indexOf(time);
  return times.filter((_, i) => i !== place);
}

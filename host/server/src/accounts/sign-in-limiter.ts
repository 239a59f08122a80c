const MOST_FAILURES = 10;
const WINDOW = 10 * 60_000; // ms
const MOST_KEPT = 50_000;

/** Counts failed attempts to sign in to one account, from wherever they come. */
export class SignInLimiter {
  readonly #failures = new Map<string, number[]>();

  /** For how many seconds no attempt is let through; 0 where one is. */
  waitFor(account: string, now: number = Date.now()): number {
    const recent = this.#recent(account, now);
    if (recent.length < MOST_FAILURES) return 0;
    return Math.ceil((recent[0]! + WINDOW - now) / 1_000);
  }

  note(account: string, succeeded: boolean, now: number = Date.now()): void {
    if (succeeded) {
      this.#failures.delete(account);
      return;
    }
    this.#failures.set(account, [...this.#recent(account, now), now].slice(-MOST_FAILURES));
    if (this.#failures.size > MOST_KEPT) this.#failures.delete(this.#failures.keys().next().value!);
  }

  #recent(account: string, now: number): number[] {
    return (this.#failures.get(account) ?? []).filter((at) => at > now - WINDOW);
  }
}

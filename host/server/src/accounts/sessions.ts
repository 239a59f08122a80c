import type { People, Standing } from '../people/people.ts';
import { type Accounts, SESSION_COOKIE } from './accounts.ts';

const TRUSTED_FOR = 2_000; // ms

interface Cached {
  readonly standing: Standing;
  readonly until: number;
}

/** Finds out who asks, by the cookie of the session. What it found it trusts for two seconds, unless told otherwise. */
export class Sessions {
  readonly #accounts: Accounts;
  readonly #people: People;
  readonly #byToken = new Map<string, Cached>();

  constructor(accounts: Accounts, people: People) {
    this.#accounts = accounts;
    this.#people = people;
  }

  async standingOf(cookies: string | undefined): Promise<Standing | undefined> {
    const token = tokenIn(cookies);
    if (token === undefined) return undefined;
    const now = Date.now();
    const cached = this.#byToken.get(token);
    if (cached && cached.until > now) return cached.standing;
    const session = await this.#accounts.session(token);
    const standing = session && session.expiresAt > now ? await this.#people.standing(session.person) : undefined;
    if (standing) this.#byToken.set(token, { standing, until: now + TRUSTED_FOR });
    else this.#byToken.delete(token);
    if (this.#byToken.size > 20_000) this.#forgetOld(now);
    return standing;
  }

  /** Trusts nothing of a person's any more, so that a change counts at once. */
  forget(person: string): void {
    for (const [token, { standing }] of this.#byToken) if (standing.id === person) this.#byToken.delete(token);
  }

  #forgetOld(now: number): void {
    for (const [token, { until }] of this.#byToken) if (until <= now) this.#byToken.delete(token);
  }
}

/** The token in a signed cookie; that it is known proves more than its signature would. */
function tokenIn(cookies: string | undefined): string | undefined {
  for (const part of cookies?.split('; ') ?? []) {
    if (!part.startsWith(`${SESSION_COOKIE}=`)) continue;
    const value = part.slice(SESSION_COOKIE.length + 1);
    return /^([\w-]{16,64})(\.|$)/.exec(value)?.[1];
  }
  return undefined;
}

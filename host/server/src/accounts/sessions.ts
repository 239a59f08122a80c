import type { People, Standing } from '../people/people.ts';
import { type Accounts, SESSION_COOKIE } from './accounts.ts';

const TRUSTED_FOR = 2_000; // ms
const MOST_KEPT = 20_000;

interface Cached {
  readonly standing: Standing;
  readonly until: number;
}

/** Who asks, and by which session. */
export interface Holder {
  readonly standing: Standing;
  /** The session's token. */
  readonly token: string;
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
    return (await this.holderOf(cookies))?.standing;
  }

  async holderOf(cookies: string | undefined): Promise<Holder | undefined> {
    const token = tokenIn(cookies);
    if (token === undefined) return undefined;
    const now = Date.now();
    const cached = this.#byToken.get(token);
    if (cached && cached.until > now) return { token, standing: cached.standing };
    const session = await this.#accounts.session(token);
    const standing = session && session.expiresAt > now ? await this.#people.standing(session.person) : undefined;
    if (standing) this.#byToken.set(token, { standing, until: now + TRUSTED_FOR });
    else this.#byToken.delete(token);
    if (this.#byToken.size > MOST_KEPT) this.#forgetOld(now);
    return standing && { token, standing };
  }

  /** Those of some who are here that may not be any more, or not as what they were, by token; as it is kept now. */
  async changed(holders: readonly Holder[]): Promise<ReadonlyMap<string, 'ended' | 'other rights'>> {
    // Both answer with the exceptions only: of a thousand who are here, this is asked every other second.
    const ended = await this.#accounts.endedSessions(holders.map(({ token }) => token));
    const rights = await this.#people.changedRights(holders.map(({ standing }) => standing));
    const changed = new Map<string, 'ended' | 'other rights'>();
    if (ended.size + rights.size === 0) return changed;
    for (const { token, standing } of holders) {
      const how = ended.has(token) ? 'ended' : rights.get(standing.id);
      if (how) changed.set(token, how);
    }
    return changed;
  }

  /** Trusts nothing of a person's any more, so that a change counts at once. */
  forget(person: string): void {
    for (const [token, { standing }] of this.#byToken) if (standing.id === person) this.#byToken.delete(token);
  }

  /** Trusts a session no more, so that signing out counts at once. */
  forgetSession(cookies: string | undefined): void {
    const token = tokenIn(cookies);
    if (token !== undefined) this.#byToken.delete(token);
  }

  #forgetOld(now: number): void {
    for (const [token, { until }] of this.#byToken) if (until <= now) this.#byToken.delete(token);
  }
}

/** The token in a signed cookie; that it is known proves more than its signature would. */
export function tokenIn(cookies: string | undefined): string | undefined {
  for (const part of cookies?.split(/; */) ?? []) {
    if (!part.startsWith(`${SESSION_COOKIE}=`)) continue;
    const value = part.slice(SESSION_COOKIE.length + 1);
    return /^([\w-]{16,64})(\.|$)/.exec(value)?.[1];
  }
  return undefined;
}

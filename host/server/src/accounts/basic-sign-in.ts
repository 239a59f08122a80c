import { createHash } from 'node:crypto';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import type { AppScope } from './app-passwords.ts';
import { RefusedSignIns } from './refused-sign-ins.ts';
import { SignInLimiter } from './sign-in-limiter.ts';

const TRUSTED_FOR = 2_000; // ms
/** How long what was wrong is known to be: programs repeat it, and that is no guess. */
const REFUSED_FOR = 10 * 60_000; // ms
const MOST_KEPT = 20_000;
/** Longest header that is read, in characters. */
const LONGEST = 1_000;

/** Who signs in; or that nobody does, and for how many seconds there is no use in trying. */
export type BasicAnswer = { readonly standing: Standing } | { readonly standing?: undefined; readonly wait: number };

interface Known {
  readonly answer: Promise<BasicAnswer>;
  /** Until when it is trusted; as long as it is being found out, for ever. */
  until: number;
  person?: string;
}

/** Signs in by HTTP Basic with an app password (RFC 7617). What it found it trusts for two seconds. */
export class BasicSignIn {
  readonly #services: HostServices;
  readonly #scope: AppScope;
  readonly #limiter = new SignInLimiter();
  readonly #refused: RefusedSignIns;
  readonly #known = new Map<string, Known>();

  constructor(services: HostServices, scope: AppScope) {
    this.#services = services;
    this.#scope = scope;
    this.#refused = new RefusedSignIns(services);
    services.appPasswords.onRevoked((person) => this.#forget(person));
  }

  /** Who asks, by the header; requests with the same one, at once, are one attempt. */
  of(header: string | undefined, address: string): Promise<BasicAnswer> {
    const given = credentialsIn(header);
    if (!given) return Promise.resolve({ wait: 0 });
    const key = createHash('sha256').update(`${address}\n${header}`).digest('base64');
    const known = this.#known.get(key);
    if (known && known.until > Date.now()) return known.answer;
    const entry: Known = { answer: this.#attempt(given, address), until: Infinity };
    this.#keep(key, entry);
    entry.answer.then(
      (answer) => {
        if (answer.standing) entry.person = answer.standing.id;
        if (!answer.standing && answer.wait > 0) this.#known.delete(key);
        entry.until = Date.now() + (answer.standing ? TRUSTED_FOR : REFUSED_FOR);
      },
      () => this.#known.delete(key),
    );
    return entry.answer;
  }

  async #attempt({ email, password }: Credentials, address: string): Promise<BasicAnswer> {
    // By address too: who guesses elsewhere must not lock out a machine that has the right one.
    const attempt = this.#limiter.begin(`${email}\n${address}`, address);
    if (attempt.wait > 0) {
      if (attempt.firstRefused) this.#refused.keep(email, 'appPassword.blocked');
      return { wait: attempt.wait };
    }
    const { people, accounts, appPasswords } = this.#services;
    const person = await people.idByEmail(email);
    const opens = await appPasswords.opens(person, password, this.#scope);
    const standing = opens ? await people.standing(person!) : undefined;
    if (standing?.kind === 'member' && !(await accounts.needsPassword(standing.id))) {
      attempt.succeeded();
      return { standing };
    }
    this.#refused.keep(email, 'appPassword.refused');
    return { wait: 0 };
  }

  #keep(key: string, entry: Known): void {
    this.#known.delete(key);
    this.#known.set(key, entry);
    if (this.#known.size > MOST_KEPT) this.#known.delete(this.#known.keys().next().value!);
  }

  #forget(person: string): void {
    for (const [key, known] of this.#known) if (known.person === person) this.#known.delete(key);
  }
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

function credentialsIn(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec((header ?? '').slice(0, LONGEST)) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { email: text.slice(0, colon).trim().toLowerCase().slice(0, 200), password: text.slice(colon + 1) };
}

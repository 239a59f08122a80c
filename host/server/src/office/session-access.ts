import { CapabilityError } from '@valfri/core';
import { createHash } from 'node:crypto';
import type { Accounts } from '../accounts/accounts.ts';
import type { People, Standing } from '../people/people.ts';
import { type EditingSession, type EditingSessions, expiryOf } from './editing-sessions.ts';

/** What a sign-in is known by where its token is not kept. */
export function signInOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A session that may be used, and what its person may do by now. */
export interface Usable {
  readonly session: EditingSession;
  readonly standing: Standing;
}

/** Finds out, at each call, whether a session may still be used. */
export class SessionAccess {
  readonly #sessions: EditingSessions;
  readonly #people: Pick<People, 'standing'>;
  readonly #accounts: Pick<Accounts, 'lasts'>;

  constructor(given: {
    readonly sessions: EditingSessions;
    readonly people: Pick<People, 'standing'>;
    readonly accounts: Pick<Accounts, 'lasts'>;
  }) {
    this.#sessions = given.sessions;
    this.#people = given.people;
    this.#accounts = given.accounts;
  }

  /** @throws NOT_FOUND where it is over or revoked, is another instance's, or its person may be here no more. */
  async require(id: string, instance: string): Promise<Usable> {
    const session = await this.#sessions.get(id);
    const isIts = session?.instance === instance && session.revokedAt === undefined;
    if (!isIts || expiryOf(session) <= Date.now()) throw over();
    const standing = await this.standingIn(session);
    if (!standing) throw over();
    return { session, standing };
  }

  /** What a person may do now; `undefined` where they may not be here. */
  async standingOf(person: string): Promise<Standing | undefined> {
    return this.#people.standing(person);
  }

  /**
   * What the person of a session may do now; `undefined` where they may not be here. What was open when they signed out is over;
   * what they had closed before may still be saved.
   */
  async standingIn({ person, signIn, closedAt }: EditingSession): Promise<Standing | undefined> {
    const standing = await this.#people.standing(person);
    if (!standing || closedAt !== undefined) return standing;
    return (await this.#accounts.lasts(person, signIn)) ? standing : undefined;
  }
}

function over(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'There is no such session, or it is over.', { field: 'session' });
}

import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Log } from '../log.ts';
import type { People } from '../people/people.ts';

const WINDOW = 10 * 60_000; // ms
/** The target of an entry where nobody has the address that was given. */
const NOBODY = 'unknown';

/** What the entries are made with. */
export interface RefusedSignInsOptions {
  readonly people: People;
  readonly audit: AuditTrail;
  readonly log: Log;
}

/**
 * Puts attempts to sign in that were refused in the audit trail. An account lets ten through in ten minutes, so that
 * many are kept of it; of addresses that nobody has, one is. What was typed is kept nowhere: it may be a password.
 */
export class RefusedSignIns {
  readonly #options: RefusedSignInsOptions;
  #nobodyAt = 0;
  /** The entry before, so that they stand in the order in which it happened. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: RefusedSignInsOptions) {
    this.#options = options;
  }

  /** Nobody waits for it: how long an answer takes must not tell whether somebody has the address. */
  keep(email: string, action: `${'session' | 'appPassword'}.${'refused' | 'blocked'}`): void {
    this.#last = this.#last
      .then(() => this.#add(email, action))
      .catch((error: unknown) =>
        this.#options.log.error('A refused sign-in could not be put in the audit trail.', { error }),
      );
  }

  async #add(email: string, action: string): Promise<void> {
    const { people, audit } = this.#options;
    const target = (await people.idByEmail(email)) ?? NOBODY;
    if (target === NOBODY) {
      if (Date.now() < this.#nobodyAt + WINDOW) return;
      this.#nobodyAt = Date.now();
    }
    await audit.add({ actor: 'host', action, target });
  }
}

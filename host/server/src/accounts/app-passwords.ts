import { CapabilityError, newId } from '@valfri/core';
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** What an app password can open. */
export const APP_SCOPES = ['webdav'] as const;

/** What an app password can open. */
export type AppScope = (typeof APP_SCOPES)[number];

/** How many a person may have. */
const MOST = 20;
/** Letters and digits that are not taken for one another: 25 of them hold 123 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 25;
/** How exactly it is known when one was used last, in milliseconds. */
const USE_KNOWN_TO = 5 * 60_000;

/** An app password as its owner sees it. */
export interface AppPassword {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly AppScope[];
  readonly madeAt: number;
  readonly usedAt?: number;
}

/** Passwords for programs that cannot show our sign-in page. */
export class AppPasswords {
  readonly #db: Kysely<HostTables>;
  readonly #watchers: ((person: string) => void)[] = [];

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  /** Those of a person, the newest first. */
  async of(person: string): Promise<readonly AppPassword[]> {
    const rows = await this.#db
      .selectFrom('valfri.app_passwords')
      .select(['id', 'name', 'scopes', 'made_at', 'used_at'])
      .where('person', '=', person)
      .orderBy('made_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    return rows.map(({ id, name, scopes, made_at: madeAt, used_at: usedAt }) => ({
      ...{ id, name, scopes: scopes as AppScope[], madeAt },
      ...(usedAt === null ? {} : { usedAt }),
    }));
  }

  /** Makes one. @returns the password, which cannot be read again. @throws QUOTA */
  async make(
    person: string,
    given: { readonly name: string; readonly scopes: readonly AppScope[] },
  ): Promise<{ readonly id: string; readonly password: string }> {
    if ((await this.of(person)).length >= MOST)
      throw new CapabilityError('QUOTA', `You have ${MOST} app passwords. Revoke one that you do not use.`, {
        reason: 'TOO_MANY',
      });
    const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    const id = newId();
    const row = { id, person, name: given.name, scopes: [...given.scopes], hash: hashOf(letters) };
    await this.#db
      .insertInto('valfri.app_passwords')
      .values({ ...row, made_at: Date.now(), used_at: null })
      .execute();
    return { id, password: letters.match(/.{5}/g)!.join('-') };
  }

  /** Revokes one. @returns whether it was there. */
  async revoke(person: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('valfri.app_passwords')
      .where('person', '=', person)
      .where('id', '=', id)
      .executeTakeFirst();
    this.#tell(person);
    return numDeletedRows > 0n;
  }

  /** Revokes all that a person has. */
  async revokeAll(person: string): Promise<void> {
    await this.#db.deleteFrom('valfri.app_passwords').where('person', '=', person).execute();
    this.#tell(person);
  }

  /** Whether a password is one of a person's that opens something; it has then been used. */
  async opens(person: string | undefined, password: string, scope: AppScope): Promise<boolean> {
    const given = hashOf(password.toLowerCase().replace(/[^a-z0-9]/g, ''));
    const rows = await this.#db
      .selectFrom('valfri.app_passwords')
      .select(['id', 'hash', 'scopes', 'used_at'])
      .where('person', '=', person ?? NOBODY)
      .execute();
    const found = rows.find(({ hash, scopes }) => timingSafeEqual(hash, given) && scopes.includes(scope));
    if (!found) return false;
    if ((found.used_at ?? 0) < Date.now() - USE_KNOWN_TO)
      await this.#db
        .updateTable('valfri.app_passwords')
        .set({ used_at: Date.now() })
        .where('id', '=', found.id)
        .execute();
    return true;
  }

  /** Calls with each person of whom something was revoked. */
  onRevoked(tell: (person: string) => void): void {
    this.#watchers.push(tell);
  }

  #tell(person: string): void {
    for (const tell of this.#watchers) tell(person);
  }
}

/** Whose passwords are looked at where nobody has the address: an answer takes as long. */
const NOBODY = '00000000-0000-8000-8000-000000000000';

/** Fast is right here: nobody goes through 123 bits. */
function hashOf(letters: string): Buffer {
  return createHash('sha256').update(letters).digest();
}

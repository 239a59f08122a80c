import { derivedId, type PluginContext } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import { createHash } from 'node:crypto';
import type { Settings } from '../settings.ts';
import type { MatrixTables } from '../tables.ts';

/** Which account is whose. Ours are named by pseudonym; who is behind another's account nobody here knows. */
export class Accounts {
  readonly #people: PluginContext['people'];
  readonly #settings: Settings;
  readonly #db: Kysely<MatrixTables>;

  constructor(people: PluginContext['people'], settings: Settings, db: Kysely<MatrixTables>) {
    this.#people = people;
    this.#settings = settings;
    this.#db = db;
  }

  /** Whether an account is one that only we can act as. */
  isOurs(account: string): boolean {
    const { prefix, serverName } = this.#settings;
    return account.startsWith(`@${prefix}`) && account.endsWith(`:${serverName}`);
  }

  /** The accounts of people. */
  async of(people: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const all = [...new Set(people)];
    const accounts = new Map<string, string>();
    if (all.length === 0) return accounts;
    const strangers = await this.#db
      .selectFrom('matrix_strangers')
      .select(['account', 'person'])
      .where('person', 'in', all)
      .execute();
    for (const { account, person } of strangers) accounts.set(person, account);
    const rest = all.filter((person) => !accounts.has(person));
    const { prefix, serverName } = this.#settings;
    for (const [person, pseudonym] of await this.#people.pseudonyms(rest))
      accounts.set(person, `@${prefix}${pseudonym}:${serverName}`);
    return accounts;
  }

  /** The people behind accounts; an account of another's has an id of its own, the same for ever. */
  async peopleOf(accounts: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const people = new Map<string, string>();
    for (const account of new Set(accounts)) people.set(account, await this.#personOf(account));
    return people;
  }

  async #personOf(account: string): Promise<string> {
    const { prefix, serverName } = this.#settings;
    const pseudonym = account.slice(1 + prefix.length, -1 - serverName.length);
    const person = this.isOurs(account) ? await this.#people.byPseudonym(pseudonym) : undefined;
    return person ?? idFrom('account', account);
  }
}

/** An id that follows from a name on the Matrix side: the same for ever. */
export function idFrom(kind: 'account' | 'event', name: string): string {
  return derivedId(createHash('sha256').update(`valfri matrix ${kind} ${name}`).digest());
}

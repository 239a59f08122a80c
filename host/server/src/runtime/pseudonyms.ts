import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { HostTables } from '../database/tables.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The names by which one instance knows people: no other instance has the same. */
export class Pseudonyms {
  readonly #db: Kysely<HostTables>;
  readonly #instance: string;
  readonly #byPerson = new Map<string, string>();
  readonly #byName = new Map<string, string>();

  constructor(db: Kysely<HostTables>, instance: string) {
    this.#db = db;
    this.#instance = instance;
  }

  async of(people: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const unknown = [...new Set(people)].filter((person) => !this.#byPerson.has(person));
    if (unknown.length > 0) await this.#make(unknown);
    return new Map(people.map((person) => [person, this.#byPerson.get(person)!]));
  }

  async personOf(pseudonym: string): Promise<string | undefined> {
    const known = this.#byName.get(pseudonym);
    if (known) return known;
    const row = await this.#db
      .selectFrom('valfri.pseudonyms')
      .select('person')
      .where('instance', '=', this.#instance)
      .where('pseudonym', '=', pseudonym)
      .executeTakeFirst();
    if (row) this.#remember(row.person, pseudonym);
    return row?.person;
  }

  async #make(people: readonly string[]): Promise<void> {
    const instance = this.#instance;
    await this.#db
      .insertInto('valfri.pseudonyms')
      .values(people.map((person) => ({ instance, person, pseudonym: randomName() })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const rows = await this.#db
      .selectFrom('valfri.pseudonyms')
      .select(['person', 'pseudonym'])
      .where('instance', '=', instance)
      .where('person', 'in', people)
      .execute();
    for (const { person, pseudonym } of rows) this.#remember(person, pseudonym);
  }

  #remember(person: string, pseudonym: string): void {
    this.#byPerson.set(person, pseudonym);
    this.#byName.set(pseudonym, person);
  }
}

/** 26 letters and digits: 130 bits. */
function randomName(): string {
  return [...randomBytes(26)].map((byte) => ALPHABET[byte & 31]).join('');
}

import { CapabilityError, newId } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** The address of the first operator until they give their own: a domain that never exists (RFC 2606). */
export const FIRST_EMAIL = 'operator@valfri.invalid';

/** A person as others see them. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly kind: 'member' | 'guest';
}

/** A person as an operator sees them. */
export interface PersonDetails extends PersonView {
  readonly email: string;
  readonly operator: boolean;
  readonly createdAt: number;
  readonly disabledAt?: number;
  readonly endsAt?: number;
  readonly sponsor?: string;
  readonly groups: readonly string[];
}

/** Which people a list shows; who may no longer sign in is `inactive`, whichever else they are. */
type PeopleShown = 'all' | 'members' | 'guests' | 'operators' | 'inactive';

/** A page of the list of people. */
export interface PeoplePage {
  /** Part of the name or the address. Default: everybody. */
  readonly text?: string;
  /** Only some of them. Default: all. */
  readonly show?: PeopleShown;
  /** The last one of the page before. */
  readonly after?: { readonly name: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** What decides what a person may do. */
export interface Standing {
  readonly id: string;
  readonly organisation: string;
  readonly kind: 'member' | 'guest';
  readonly operator: boolean;
  readonly groups: readonly string[];
}

/** Somebody to let in. */
export interface NewPerson {
  readonly id?: string;
  readonly organisation: string;
  readonly name: string;
  readonly email: string;
  readonly kind?: 'member' | 'guest';
  readonly operator?: boolean;
  readonly endsAt?: number | undefined;
  readonly sponsor?: string | undefined;
}

/** The people and groups of the host. Ids are for ever; names and addresses change. */
export class People {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  /** The organisation, made with a name where there is none yet. */
  async organisation(name: string): Promise<string> {
    const known = await this.#db
      .selectFrom('valfri.organisations')
      .select('id')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    if (known) return known.id;
    const id = newId();
    await this.#db.insertInto('valfri.organisations').values({ id, name, created_at: Date.now() }).execute();
    return id;
  }

  async organisationName(id: string): Promise<string> {
    const row = await this.#db
      .selectFrom('valfri.organisations')
      .select('name')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.name ?? '';
  }

  /** Operators who may sign in, the oldest first. */
  async operators(): Promise<readonly { readonly id: string; readonly email: string }[]> {
    return this.#db
      .selectFrom('valfri.people')
      .select(['id', 'email'])
      .where('operator', '=', true)
      .where('disabled_at', 'is', null)
      .orderBy('created_at')
      .execute();
  }

  /** @throws CONFLICT where the address is somebody else's. */
  async add(person: NewPerson): Promise<string> {
    const id = person.id ?? newId();
    const { organisation, name, email, kind = 'member', operator = false, endsAt, sponsor } = person;
    const values = { id, organisation, email, display_name: name, kind, operator, created_at: Date.now() };
    await this.#db
      .insertInto('valfri.people')
      .values({ ...values, disabled_at: null, ends_at: endsAt ?? null, sponsor: sponsor ?? null })
      .execute()
      .catch(takenEmail);
    return id;
  }

  /** Who has an address, whether or not they may sign in. */
  async byEmail(email: string): Promise<{ readonly id: string; readonly email: string } | undefined> {
    const { rows } = await sql<{ id: string; email: string }>`
      SELECT id, email FROM valfri.people WHERE lower(email) = lower(${email})`.execute(this.#db);
    return rows[0];
  }

  /** What a person may do now; `undefined` where they may not sign in (any more). */
  async standing(id: string): Promise<Standing | undefined> {
    const { rows } = await sql<Standing>`
      SELECT id, organisation, kind, operator,
        ARRAY(SELECT group_id FROM valfri.group_members WHERE person = p.id ORDER BY group_id) AS groups
      FROM valfri.people p
      WHERE id = ${id} AND disabled_at IS NULL AND (ends_at IS NULL OR ends_at > ${Date.now()})`.execute(this.#db);
    return rows[0];
  }

  /** Those of some people who may not sign in any more, or are operators where they were not, or the reverse. */
  async changedRights(
    people: readonly Pick<Standing, 'id' | 'operator'>[],
  ): Promise<ReadonlyMap<string, 'ended' | 'other rights'>> {
    const { rows } = await sql<{ id: string; ended: boolean }>`
      SELECT k.id, p.id IS NULL AS ended
      FROM unnest(${people.map(({ id }) => id)}::uuid[], ${people.map(({ operator }) => operator)}::boolean[])
        AS k (id, operator)
      LEFT JOIN valfri.people p
        ON p.id = k.id AND p.disabled_at IS NULL AND (p.ends_at IS NULL OR p.ends_at > ${Date.now()})
      WHERE p.operator IS DISTINCT FROM k.operator`.execute(this.#db);
    return new Map(rows.map(({ id, ended }) => [id, ended ? 'ended' : 'other rights']));
  }

  /** People of an organisation by id; others are left out. */
  async byIds(organisation: string, ids: readonly string[]): Promise<readonly PersonView[]> {
    if (ids.length === 0) return [];
    return this.#db
      .selectFrom('valfri.people')
      .select(['id', 'display_name as name', 'kind'])
      .where('organisation', '=', organisation)
      .where('id', 'in', ids)
      .execute();
  }

  /** Who has an address, whether they may sign in or not. */
  async idByEmail(email: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('valfri.people')
      .select('id')
      .where(sql<string>`lower(email)`, '=', email.toLowerCase())
      .executeTakeFirst();
    return row?.id;
  }

  /** People who can sign in, by part of their name or the beginning of their address, in the order of their names. */
  async search(organisation: string, text: string, limit: number): Promise<readonly PersonView[]> {
    const { rows } = await sql<PersonView>`
      SELECT id, display_name AS name, kind FROM valfri.people
      WHERE organisation = ${organisation} AND disabled_at IS NULL AND (ends_at IS NULL OR ends_at > ${Date.now()})
        AND (display_name ILIKE ${`%${escaped(text)}%`} OR email ILIKE ${`${escaped(text)}%`})
      ORDER BY lower(display_name), id LIMIT ${limit}`.execute(this.#db);
    return rows;
  }

  /** Everybody, or those with a text in their name or address, for an operator, by name. */
  async list(
    organisation: string,
    { text = '', show = 'all', after, limit }: PeoplePage,
  ): Promise<readonly PersonDetails[]> {
    const part = `%${escaped(text)}%`;
    const { rows } = await sql<PersonRow>`
      SELECT p.*, ARRAY(SELECT group_id FROM valfri.group_members WHERE person = p.id) AS groups
      FROM valfri.people p WHERE organisation = ${organisation}
      ${text === '' ? sql`` : sql`AND (display_name ILIKE ${part} OR email ILIKE ${part})`}
      ${shownOnly(show)}
      ${after ? sql`AND (lower(display_name), id) > (lower(${after.name}), ${after.id})` : sql``}
      ORDER BY lower(display_name), id LIMIT ${limit}`.execute(this.#db);
    return rows.map(details);
  }

  async get(organisation: string, id: string): Promise<PersonDetails> {
    const { rows } = await sql<PersonRow>`
      SELECT p.*, ARRAY(SELECT group_id FROM valfri.group_members WHERE person = p.id) AS groups
      FROM valfri.people p WHERE organisation = ${organisation} AND id = ${id}`.execute(this.#db);
    if (!rows[0]) throw noPerson();
    return details(rows[0]);
  }

  /** Changes what is given. @throws NOT_FOUND */
  async change(
    organisation: string,
    id: string,
    changes: {
      name?: string | undefined;
      email?: string | undefined;
      operator?: boolean | undefined;
      disabled?: boolean | undefined;
      endsAt?: number | null | undefined;
    },
  ): Promise<void> {
    const { name, email, operator, disabled, endsAt } = changes;
    const set = {
      ...(name === undefined ? {} : { display_name: name }),
      ...(email === undefined ? {} : { email }),
      ...(operator === undefined ? {} : { operator }),
      ...(disabled === undefined ? {} : { disabled_at: disabled ? Date.now() : null }),
      ...(endsAt === undefined ? {} : { ends_at: endsAt }),
    };
    if (Object.keys(set).length === 0) return;
    const update = this.#db
      .updateTable('valfri.people')
      .set(set)
      .where('id', '=', id)
      .where('organisation', '=', organisation);
    const { numUpdatedRows } = await update.executeTakeFirst().catch(takenEmail);
    if (numUpdatedRows === 0n) throw noPerson();
  }
}

function shownOnly(show: PeopleShown): RawBuilder<unknown> {
  const gone = sql`(disabled_at IS NOT NULL OR ends_at <= ${Date.now()})`;
  return {
    all: sql``,
    members: sql`AND kind = 'member' AND ${gone} IS NOT TRUE`,
    guests: sql`AND kind = 'guest' AND ${gone} IS NOT TRUE`,
    operators: sql`AND operator AND ${gone} IS NOT TRUE`,
    inactive: sql`AND ${gone}`,
  }[show];
}

/** A text in which nothing is a wildcard. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

type PersonRow = HostTables['valfri.people'] & { readonly groups: readonly string[] };

function details(row: PersonRow): PersonDetails {
  const { id, display_name: name, kind, email, operator, groups } = row;
  return {
    ...{ id, name, kind, email, operator, groups, createdAt: row.created_at },
    ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
    ...(row.ends_at === null ? {} : { endsAt: row.ends_at }),
    ...(row.sponsor === null ? {} : { sponsor: row.sponsor }),
  };
}

function takenEmail(error: unknown): never {
  if ((error as { constraint?: string }).constraint !== 'people_by_email') throw error;
  throw new CapabilityError('CONFLICT', 'email: somebody has this address already.', { field: 'email' });
}

function noPerson(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'There is no such person.', { field: 'id' });
}

import { CapabilityError, newId } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** A group of people. */
export interface GroupView {
  readonly id: string;
  readonly name: string;
  readonly memberCount: number;
}

/** Groups of people, which bindings and rights can be given to. */
export class Groups {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async list(organisation: string): Promise<readonly GroupView[]> {
    const { rows } = await sql<GroupView>`
      SELECT id, name, (SELECT count(*) FROM valfri.group_members WHERE group_id = g.id) AS "memberCount"
      FROM valfri.groups g WHERE organisation = ${organisation} ORDER BY lower(name), id`.execute(this.#db);
    return rows;
  }

  async add(organisation: string, name: string): Promise<string> {
    const id = newId();
    await this.#db.insertInto('valfri.groups').values({ id, organisation, name, created_at: Date.now() }).execute();
    return id;
  }

  async rename(organisation: string, id: string, name: string): Promise<void> {
    await this.#require(organisation, id);
    await this.#db.updateTable('valfri.groups').set({ name }).where('id', '=', id).execute();
  }

  /** @throws CONFLICT where a function is bound to the group. */
  async remove(organisation: string, id: string): Promise<void> {
    await this.#require(organisation, id);
    const bound = await this.#db
      .selectFrom('valfri.bindings')
      .select('capability')
      .where('scope_kind', '=', 'group')
      .where('scope_id', '=', id)
      .executeTakeFirst();
    if (bound)
      throw new CapabilityError(
        'CONFLICT',
        `The group decides who serves ${bound.capability}. Remove that choice first.`,
      );
    await this.#db.deleteFrom('valfri.groups').where('id', '=', id).execute();
  }

  async members(organisation: string, id: string): Promise<readonly string[]> {
    await this.#require(organisation, id);
    const rows = await this.#db
      .selectFrom('valfri.group_members')
      .select('person')
      .where('group_id', '=', id)
      .execute();
    return rows.map(({ person }) => person);
  }

  /** Puts a person into a group, or takes them out. */
  async setMember(organisation: string, id: string, person: string, member: boolean): Promise<void> {
    await this.#require(organisation, id);
    if (!member) {
      await this.#db
        .deleteFrom('valfri.group_members')
        .where('group_id', '=', id)
        .where('person', '=', person)
        .execute();
      return;
    }
    const known = await this.#db
      .selectFrom('valfri.people')
      .select('id')
      .where('id', '=', person)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    if (!known) throw new CapabilityError('NOT_FOUND', 'There is no such person.', { field: 'person' });
    await this.#db
      .insertInto('valfri.group_members')
      .values({ group_id: id, person })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #require(organisation: string, id: string): Promise<void> {
    const row = await this.#db
      .selectFrom('valfri.groups')
      .select('id')
      .where('id', '=', id)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    if (!row) throw new CapabilityError('NOT_FOUND', 'There is no such group.', { field: 'id' });
  }
}

import { CapabilityError, newId } from '@valfri/core';
import { OFFICE_ACTIONS, type OfficeAction } from '@valfri/sdk';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** Which editor opens what; the first that fits decides. */
export interface OpenerRule {
  readonly id: string;
  /** Ending of a name in lower case, or `*` for all. */
  readonly extension: string;
  /** Default: any. */
  readonly action?: OfficeAction;
  /** Whom it is for. Default: everybody. */
  readonly group?: string;
  readonly instance: string;
}

/** What is about to be opened. */
export interface Opening {
  readonly extension: string;
  readonly action: OfficeAction;
  readonly groups: readonly string[];
}

/** Whether a rule is about something. */
export function fits(rule: OpenerRule, { extension, action, groups }: Opening): boolean {
  return (
    (rule.extension === '*' || rule.extension === extension) &&
    (rule.action === undefined || rule.action === action) &&
    (rule.group === undefined || groups.includes(rule.group))
  );
}

/** A rule as an operator gives it. */
export type GivenRule = Omit<OpenerRule, 'id'>;

/** The operator's rules of which editor opens what, in their order. */
export class OpenerRules {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async all(): Promise<readonly OpenerRule[]> {
    const rows = await this.#db.selectFrom('valfri.opener_rules').selectAll().orderBy('place').orderBy('id').execute();
    return rows.map(view);
  }

  /** Adds one, behind all others. */
  async add(rule: GivenRule): Promise<string> {
    const id = newId();
    await this.#alone(async (trx) => {
      const { rows } = await sql<{ place: number }>`
        SELECT coalesce(max(place), 0) + 1 AS place FROM valfri.opener_rules`.execute(trx);
      await trx
        .insertInto('valfri.opener_rules')
        .values({ id, place: rows[0]!.place, ...columns(rule) })
        .execute();
    });
    return id;
  }

  /** @throws NOT_FOUND */
  async change(id: string, rule: GivenRule): Promise<void> {
    const update = this.#db.updateTable('valfri.opener_rules').set(columns(rule)).where('id', '=', id);
    const { numUpdatedRows } = await update.executeTakeFirst();
    if (numUpdatedRows === 0n) throw noRule();
  }

  /** @throws NOT_FOUND */
  async remove(id: string): Promise<void> {
    const { numDeletedRows } = await this.#db.deleteFrom('valfri.opener_rules').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) throw noRule();
  }

  /** Puts them in another order. @throws CONFLICT where these are not all of them. */
  async order(ids: readonly string[]): Promise<void> {
    await this.#alone(async (trx) => {
      const known = await trx.selectFrom('valfri.opener_rules').select('id').execute();
      const isAll = known.length === new Set(ids).size && known.every(({ id }) => ids.includes(id));
      if (!isAll) throw new CapabilityError('CONFLICT', 'The rules have changed. Look at them again.');
      for (const [i, id] of ids.entries())
        await trx
          .updateTable('valfri.opener_rules')
          .set({ place: i + 1 })
          .where('id', '=', id)
          .execute();
    });
  }

  /** Moves every rule of one instance to another, within a transaction. */
  async move(from: string, to: string, trx: Kysely<HostTables>): Promise<void> {
    await trx.updateTable('valfri.opener_rules').set({ instance: to }).where('instance', '=', from).execute();
  }

  #alone<T>(work: (trx: Transaction<HostTables>) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(async (trx) => {
      await sql`LOCK TABLE valfri.opener_rules IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      return work(trx);
    });
  }
}

function columns({ extension, action, group, instance }: GivenRule) {
  return { extension, action: action ?? null, group_id: group ?? null, instance };
}

function view(row: Selectable<HostTables['valfri.opener_rules']>): OpenerRule {
  const { id, extension, action, group_id, instance } = row;
  return {
    ...{ id, extension, instance },
    ...(action === null ? {} : { action }),
    ...(group_id === null ? {} : { group: group_id }),
  };
}

function noRule(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'There is no such rule.', { field: 'id' });
}

/** The most that somebody may do of what they want, and an editor can; `undefined` where that is nothing. */
export function actionGiven(
  can: readonly OfficeAction[],
  { may, wanted }: { readonly may: OfficeAction; readonly wanted: OfficeAction },
): OfficeAction | undefined {
  const most = Math.min(OFFICE_ACTIONS.indexOf(may), OFFICE_ACTIONS.indexOf(wanted));
  return OFFICE_ACTIONS.slice(0, most + 1).findLast((action) => can.includes(action));
}

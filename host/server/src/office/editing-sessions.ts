import { isId, newId } from '@valfri/core';
import type { OfficeAction } from '@valfri/sdk';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** For how long a session that was closed still saves, in milliseconds. */
const SAVES_FOR = 3_600_000;
/** The longest that a file is open in one session, in milliseconds. */
const LIFE = 24 * 3_600_000;
/** After how long a session of which nothing is heard counts as closed, in milliseconds. */
const SILENCE = 60_000;
/** For how long it is remembered that a session was, in milliseconds. */
const KEPT = 7 * 24 * 3_600_000;

/** One person with one file open in one editor. Times are milliseconds since the epoch. */
export interface EditingSession {
  readonly id: string;
  readonly instance: string;
  /** Id of the page that shows it; absent until the provider has said. */
  readonly page?: string;
  readonly person: string;
  readonly file: string;
  readonly action: OfficeAction;
  /** SHA-256 of the token of the sign-in that it came by. */
  readonly signIn: string;
  readonly openedAt: number;
  readonly seenAt: number;
  readonly closedAt?: number;
  /** It was closed because nothing was heard of it. */
  readonly silent: boolean;
  /** Of what was saved beside a file: the session that saved it, whose times these are. */
  readonly savedBy?: string;
  readonly revokedAt?: number;
}

/** A session to begin. */
export type NewSession = Pick<EditingSession, 'id' | 'instance' | 'person' | 'file' | 'action' | 'signIn'>;

/** Whether a session's file is open. */
export function isOpen({ closedAt, revokedAt }: EditingSession): boolean {
  return closedAt === undefined && revokedAt === undefined;
}

/** Until when a session can be used, unless it is revoked. */
export function expiryOf({ openedAt, closedAt }: EditingSession): number {
  return closedAt === undefined ? openedAt + LIFE : closedAt + SAVES_FOR;
}

/** The sessions of everybody, as they are kept. */
export class EditingSessions {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async get(id: string): Promise<EditingSession | undefined> {
    if (!isId(id)) return undefined;
    const row = await this.#db.selectFrom('valfri.office_sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? view(row) : this.#beside(id);
  }

  /** Remembers that a session has saved a file beside its own. */
  async noteBeside({ id, savedBy = id }: EditingSession, file: string): Promise<void> {
    const row = { id: newId(), session: savedBy, file };
    await this.#db
      .insertInto('valfri.office_beside')
      .values(row)
      .onConflict((conflict) => conflict.columns(['session', 'file']).doNothing())
      .execute();
  }

  /** The session by which a file is reached that another has saved beside its own; `undefined` where it has not. */
  async besideOf({ id, savedBy = id }: EditingSession, file: string): Promise<string | undefined> {
    if (!isId(file)) return undefined;
    const row = await this.#db
      .selectFrom('valfri.office_beside')
      .select('id')
      .where('session', '=', savedBy)
      .where('file', '=', file)
      .executeTakeFirst();
    return row?.id;
  }

  async #beside(id: string): Promise<EditingSession | undefined> {
    const row = await this.#db
      .selectFrom('valfri.office_beside as beside')
      .innerJoin('valfri.office_sessions as session', 'session.id', 'beside.session')
      .selectAll('session')
      .select(['beside.id as beside_id', 'beside.file as beside_file'])
      .where('beside.id', '=', id)
      .executeTakeFirst();
    return row && { ...view(row), id: row.beside_id, file: row.beside_file, savedBy: row.id };
  }

  /**
   * Begins a session with the instance that is chosen when nobody else can begin one: by who has the file open then.
   * @param choose is told which instance has the file open, if any does.
   */
  async begin(
    given: Omit<NewSession, 'instance' | 'action'>,
    choose: (inUse: string | undefined) => Pick<NewSession, 'instance' | 'action'>,
  ): Promise<EditingSession> {
    return this.#alone(async (trx) => {
      const { instance, action } = choose(await this.#inUse(given.file, trx));
      const now = Date.now();
      const { id, person, file, signIn: sign_in } = given;
      const times = { opened_at: now, seen_at: now, closed_at: null, revoked_at: null };
      const row = await trx
        .insertInto('valfri.office_sessions')
        .values({ id, instance, page: null, person, file, action, sign_in, ...times })
        .returningAll()
        .executeTakeFirstOrThrow();
      return view(row);
    });
  }

  /** A lock on the table, not an advisory one: those a plugin could take too. */
  #alone<T>(work: (trx: Transaction<HostTables>) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(async (trx) => {
      await sql`LOCK TABLE valfri.office_sessions IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      return work(trx);
    });
  }

  async #inUse(file: string, trx: Kysely<HostTables>): Promise<string | undefined> {
    const row = await open(trx).where('file', '=', file).orderBy('opened_at').limit(1).executeTakeFirst();
    return row?.instance;
  }

  /** The instance that had a file open last, and may not have saved it yet. */
  async lastOn(file: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('valfri.office_sessions')
      .select('instance')
      .where('file', '=', file)
      .where('revoked_at', 'is', null)
      .where('action', '<>', 'view')
      .where('closed_at', '>', Date.now() - SAVES_FOR)
      .orderBy('closed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.instance;
  }

  /** Says which page shows it. */
  async show(id: string, page: string): Promise<void> {
    await this.#db.updateTable('valfri.office_sessions').set({ page }).where('id', '=', id).execute();
  }

  /** It was heard of. */
  async seen(id: string): Promise<void> {
    await this.#db.updateTable('valfri.office_sessions').set({ seen_at: Date.now() }).where('id', '=', id).execute();
  }

  /** Opens one again that had fallen silent; false where another editor has the file by now. */
  async revive({ id, file, instance }: EditingSession): Promise<boolean> {
    return this.#alone(async (trx) => {
      const inUse = await this.#inUse(file, trx);
      if (inUse !== undefined && inUse !== instance) return false;
      const { numUpdatedRows } = await trx
        .updateTable('valfri.office_sessions')
        .set({ closed_at: null, silent: false, seen_at: Date.now() })
        .where('id', '=', id)
        .where('silent', '=', true)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  /** Those of some that were open are closed, and returned. */
  async close(ids: readonly string[], { silent = false } = {}): Promise<readonly EditingSession[]> {
    return this.#end(ids, { closed_at: Date.now(), silent });
  }

  /** Revokes sessions, also such as are closed and might still save. */
  async revoke(ids: readonly string[]): Promise<readonly EditingSession[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db
      .updateTable('valfri.office_sessions')
      .set({ revoked_at: Date.now() })
      .where('id', 'in', ids)
      .where('revoked_at', 'is', null)
      .returningAll()
      .execute();
    return rows.map(view);
  }

  async #end(
    ids: readonly string[],
    set: { readonly closed_at: number; readonly silent: boolean },
  ): Promise<readonly EditingSession[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db
      .updateTable('valfri.office_sessions')
      .set(set)
      .where('id', 'in', ids)
      .where('closed_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returningAll()
      .execute();
    return rows.map(view);
  }

  /** Those whose file is open now, of everybody or as narrowed, the newest first. */
  async open(
    narrow: { readonly person?: string; readonly instance?: string } = {},
  ): Promise<readonly EditingSession[]> {
    let query = open(this.#db).orderBy('opened_at', 'desc');
    if (narrow.person !== undefined) query = query.where('person', '=', narrow.person);
    if (narrow.instance !== undefined) query = query.where('instance', '=', narrow.instance);
    return (await query.execute()).map(view);
  }

  /** Those of an instance that were opened to write, and may not be saved yet. */
  async mayHoldUnsaved(instance: string): Promise<readonly EditingSession[]> {
    const rows = await this.#db
      .selectFrom('valfri.office_sessions')
      .selectAll()
      .where('instance', '=', instance)
      .where('action', '<>', 'view')
      .where('revoked_at', 'is', null)
      .where((where) => where.or([where('closed_at', 'is', null), where('closed_at', '>', Date.now() - SAVES_FOR)]))
      .execute();
    return rows.map(view);
  }

  /** Who has which of some files open. */
  async editors(files: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (files.length === 0) return new Map();
    const rows = await open(this.#db).where('file', 'in', files).orderBy('opened_at').execute();
    const found = new Map<string, string[]>();
    for (const { file, person } of rows) {
      const people = found.get(file) ?? [];
      if (!people.includes(person)) people.push(person);
      found.set(file, people);
    }
    return found;
  }

  /** Those that are open, and should not be any more: nothing is heard of them, or they are too old. */
  async stale(): Promise<readonly EditingSession[]> {
    const now = Date.now();
    const rows = await open(this.#db)
      .where((where) => where.or([where('seen_at', '<', now - SILENCE), where('opened_at', '<', now - LIFE)]))
      .execute();
    return rows.map(view);
  }

  /** Counts the time in which the host was not there for nobody’s silence. */
  async comeBack(): Promise<void> {
    await this.#db
      .updateTable('valfri.office_sessions')
      .set({ seen_at: Date.now() })
      .where('closed_at', 'is', null)
      .where('revoked_at', 'is', null)
      .execute();
  }

  /** Forgets sessions that ended long ago. */
  async forgetOld(): Promise<void> {
    const before = Date.now() - KEPT;
    await this.#db
      .deleteFrom('valfri.office_sessions')
      .where((where) => where.or([where('closed_at', '<', before), where('revoked_at', '<', before)]))
      .execute();
  }
}

function open(db: Kysely<HostTables>) {
  return db
    .selectFrom('valfri.office_sessions')
    .selectAll()
    .where('closed_at', 'is', null)
    .where('revoked_at', 'is', null);
}

function view(row: Selectable<HostTables['valfri.office_sessions']>): EditingSession {
  const { id, instance, page, person, file, action, sign_in, opened_at, seen_at, closed_at, silent, revoked_at } = row;
  return {
    ...{ id, instance, person, file, action, signIn: sign_in, openedAt: opened_at, seenAt: seen_at, silent },
    ...(page === null ? {} : { page }),
    ...(closed_at === null ? {} : { closedAt: closed_at }),
    ...(revoked_at === null ? {} : { revokedAt: revoked_at }),
  };
}

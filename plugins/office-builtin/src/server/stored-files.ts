import { newId } from '@valfri/sdk';
import { type Kysely, sql } from 'kysely';
import type { OfficeTables } from './tables.ts';

/** A file as the tables have it. */
export interface StoredFile {
  readonly kind: string;
  readonly epoch: string;
  readonly version: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly base: Uint8Array;
  readonly state: Uint8Array;
  readonly saving: { readonly version: string; readonly upTo: string } | undefined;
  /** What is not in the file yet, in order. */
  readonly changes: readonly { readonly id: string; readonly change: Uint8Array }[];
}

/** What a file is begun with. */
export type NewStoredFile = Pick<StoredFile, 'kind' | 'version' | 'meta' | 'base' | 'state'>;

/** What was saved. */
export interface SavedState {
  readonly version: string;
  readonly state: Uint8Array;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly base?: Uint8Array | undefined;
  /** Id of the last change that is in it; absent where all changes stay. */
  readonly upTo?: string | undefined;
}

/** What of the files being written has to survive the process. */
export class StoredFiles {
  readonly #db: Kysely<OfficeTables>;

  constructor(db: Kysely<OfficeTables>) {
    this.#db = db;
  }

  async load(file: string): Promise<StoredFile | undefined> {
    const row = await this.#db.selectFrom('files').selectAll().where('file', '=', file).executeTakeFirst();
    if (!row) return undefined;
    const changes = await this.#db
      .selectFrom('changes')
      .select(['id', 'change'])
      .where('file', '=', file)
      .orderBy('id')
      .execute();
    const saving = row.saving === null ? undefined : { version: row.saving, upTo: row.saving_upto! };
    return { ...row, meta: row.meta as unknown as StoredFile['meta'], saving, changes };
  }

  /** Begins a file anew; what was there of it is dropped. Answers its epoch. */
  async begin(file: string, { meta, ...values }: NewStoredFile): Promise<string> {
    const epoch = newId();
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('files').where('file', '=', file).execute();
      await transaction
        .insertInto('files')
        .values({ file, epoch, meta: JSON.stringify(meta), ...values, saving: null, saving_upto: null })
        .execute();
    });
    return epoch;
  }

  /** Keeps a change. Answers its id. */
  async keep(file: string, change: Uint8Array): Promise<string> {
    const { id } = await this.#db
      .insertInto('changes')
      .values({ file, change })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  /** Notes as which version a file is about to be saved. */
  async saving(file: string, version: string, upTo: string): Promise<void> {
    await this.#db.updateTable('files').set({ saving: version, saving_upto: upTo }).where('file', '=', file).execute();
  }

  async saved(file: string, { version, state, meta, base, upTo }: SavedState): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('files')
        .set({ version, state, meta: JSON.stringify(meta), saving: null, saving_upto: null, touched: sql`now()` })
        .$if(base !== undefined, (query) => query.set({ base: base! }))
        .where('file', '=', file)
        .execute();
      if (upTo !== undefined)
        await transaction.deleteFrom('changes').where('file', '=', file).where('id', '<=', upTo).execute();
    });
  }

  async drop(file: string): Promise<void> {
    await this.#db.deleteFrom('files').where('file', '=', file).execute();
  }

  async noteSession(session: string, file: string, action: string): Promise<void> {
    const row = { session, file, action };
    await this.#db
      .insertInto('sessions')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Sessions that may write to a file, the newest first. */
  async writers(file: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select('session')
      .where('file', '=', file)
      .where('action', '!=', 'view')
      .orderBy('opened', 'desc')
      .limit(50)
      .execute();
    return rows.map(({ session }) => session);
  }

  async sessionFile(session: string): Promise<string | undefined> {
    const found = this.#db.selectFrom('sessions').select('file').where('session', '=', session);
    return (await found.executeTakeFirst())?.file;
  }

  /** Files of which something is not saved. */
  async unsaved(): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom('changes').select('file').distinct().execute();
    return rows.map(({ file }) => file);
  }

  /** Forgets what is saved and was open long ago. */
  async forgetOld(): Promise<void> {
    await this.#db
      .deleteFrom('files')
      .where('touched', '<', sql<Date>`now() - interval '7 days'`)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('changes').select('id').whereRef('changes.file', '=', 'files.file'))),
      )
      .execute();
    await this.#db
      .deleteFrom('sessions')
      .where('opened', '<', sql<Date>`now() - interval '2 days'`)
      .execute();
  }
}

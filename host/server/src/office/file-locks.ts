import { CapabilityError, isCapabilityError } from '@valfri/core';
import type { OpenFileLock } from '@valfri/sdk';
import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';
import type { DocumentsCalls } from './documents-calls.ts';

/** The longest that a lock lasts without being renewed, in seconds. */
const LONGEST = 86_400;

/** What is locked, in whose name. */
export interface Lockable {
  readonly file: string;
  readonly person: string;
  readonly documents: DocumentsCalls;
}

/**
 * Locks of editors. They are the provider's of documents, where it has them; else the host keeps them, and they bind editors
 * alone.
 */
export class FileLocks {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async now(given: Lockable): Promise<OpenFileLock | undefined> {
    if (!given.documents.has('locks')) return this.#kept(given.file);
    const { locks } = (await given.documents.named('listLocks', { node: given.file })) as {
      readonly locks: readonly OpenFileLock[];
    };
    const [first] = locks;
    return first && { token: first.token, expiresAt: first.expiresAt };
  }

  /** @throws CONFLICT with `LOCKED` where another token holds it. */
  async lock(given: Lockable, token: string, seconds: number): Promise<OpenFileLock> {
    checkLock(token, seconds);
    if (!given.documents.has('locks')) return this.#keep(given, token, seconds);
    const asked = { node: given.file, token, exclusive: true, deep: false, seconds };
    const { lock } = (await given.documents.named('lock', asked)) as { readonly lock: OpenFileLock };
    return { token: lock.token, expiresAt: lock.expiresAt };
  }

  /** @throws CONFLICT with `LOCKED` where another token holds it, or none does. */
  async unlock(given: Lockable, token: string): Promise<void> {
    if (given.documents.has('locks')) {
      await given.documents.named('unlock', { node: given.file, token }).catch(notLocked);
      return;
    }
    const { numDeletedRows } = await this.#db
      .deleteFrom('valfri.office_locks')
      .where('file', '=', given.file)
      .where('token', '=', token)
      .where('expires_at', '>', Date.now())
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw locked();
  }

  /** Lets a write pass that knows the token of what the host keeps. @throws CONFLICT with `LOCKED` */
  async requireFree({ file, documents }: Lockable, tokens: readonly string[]): Promise<void> {
    if (documents.has('locks')) return;
    const kept = await this.#kept(file);
    if (kept && !tokens.includes(kept.token)) throw locked();
  }

  async #kept(file: string): Promise<OpenFileLock | undefined> {
    const row = await this.#db
      .selectFrom('valfri.office_locks')
      .select(['token', 'expires_at'])
      .where('file', '=', file)
      .where('expires_at', '>', Date.now())
      .executeTakeFirst();
    return row && { token: row.token, expiresAt: row.expires_at };
  }

  async #keep({ file, person }: Lockable, token: string, seconds: number): Promise<OpenFileLock> {
    const expiresAt = Date.now() + seconds * 1_000;
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('valfri.office_locks')
      .values({ file, token, person, expires_at: expiresAt })
      .onConflict((conflict) =>
        conflict
          .column('file')
          .doUpdateSet({ token, person, expires_at: expiresAt })
          .where(sql<boolean>`office_locks.token = ${token} OR office_locks.expires_at <= ${Date.now()}`),
      )
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw locked();
    return { token, expiresAt };
  }
}

function checkLock(token: string, seconds: number): void {
  const isToken = token.length > 0 && token.length <= 1_024;
  if (!isToken) throw new CapabilityError('INVALID', 'token: 1 to 1,024 characters are due.', { field: 'token' });
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= LONGEST) return;
  throw new CapabilityError('INVALID', `seconds: 1 to ${LONGEST} are due.`, { field: 'seconds' });
}

function locked(): CapabilityError {
  return new CapabilityError('CONFLICT', 'The file is locked by another token, or by none.', { reason: 'LOCKED' });
}

/** A provider has no lock where it is unlocked; to an editor that is a lock that is not its own. */
function notLocked(error: unknown): never {
  if (isCapabilityError(error) && error.code === 'NOT_FOUND' && error.field === 'token') throw locked();
  throw error;
}

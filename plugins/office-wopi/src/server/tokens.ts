import type { OpenFile, OpenFiles } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import { createHash, randomBytes } from 'node:crypto';
import type { WopiTables } from './tables.ts';

/** How long a token is good for, in milliseconds: what WOPI advises, for clients do not come for another. */
const LASTS = 10 * 3_600_000;

/** A token, and when it ends, in milliseconds since the epoch. */
export interface Token {
  readonly token: string;
  readonly expiresAt: number;
}

/** Tokens that each let a WOPI client at one file for one session. Only their hashes are kept. */
export class Tokens {
  readonly #db: Kysely<WopiTables>;
  readonly #files: OpenFiles;

  constructor(db: Kysely<WopiTables>, files: OpenFiles) {
    this.#db = db;
    this.#files = files;
  }

  /** A new token for a session. */
  async issue({ session, file, person, action, expiresAt }: OpenFile): Promise<Token> {
    const ends = Math.min(Date.now() + LASTS, expiresAt);
    const token = randomBytes(32).toString('base64url');
    await this.#forget();
    const row = { hash: hashOf(token), session, file, person, action, expires_at: new Date(ends) };
    await this.#db.insertInto('tokens').values(row).execute();
    return { token, expiresAt: ends };
  }

  /** What is known of sessions that are over is known no longer. */
  async #forget(): Promise<void> {
    const db = this.#db;
    await db.deleteFrom('tokens').where('expires_at', '<', new Date()).execute();
    const held = db.selectFrom('tokens');
    await db.deleteFrom('pages').where('session', 'not in', held.select('session')).execute();
    await db.deleteFrom('beside').where('session', 'not in', held.select('session')).execute();
    await db.deleteFrom('locks').where('file', 'not in', held.select('file')).execute();
  }

  /**
   * The file that a token is for.
   * @returns `undefined` where there is no such token for it, or it is over.
   * @throws NOT_FOUND where the session is.
   */
  async open(token: string, file: string): Promise<OpenFile | undefined> {
    const row = await this.#db.selectFrom('tokens').selectAll().where('hash', '=', hashOf(token)).executeTakeFirst();
    if (!row || row.file !== file || row.expires_at.getTime() <= Date.now()) return undefined;
    const open = await this.#files.bySession(row.session);
    const same = open.file === row.file && open.person === row.person && open.action === row.action;
    return same ? open : undefined;
  }

  /** Somebody's session on a file that may write to it, and is not over: what the file can be asked about by. */
  async anySession(file: string): Promise<OpenFile | undefined> {
    const rows = await this.#db
      .selectFrom('tokens')
      .select('session')
      .distinct()
      .where('file', '=', file)
      .where('expires_at', '>', new Date())
      .execute();
    for (const { session } of rows) {
      const open = await this.#files.bySession(session).catch(() => undefined);
      if (open) return open;
    }
    return undefined;
  }
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

import { CapabilityError, newId } from '@valfri/sdk';
import { type Kysely, sql } from 'kysely';
import { createHash, randomBytes } from 'node:crypto';
import type { DocumentRow, SessionRow, Tables } from './tables.ts';

/** A month, in milliseconds: how long it is known who had which file open. */
const KEPT = 30 * 24 * 3_600_000;
/** For how long a file can be read for a conversion, in milliseconds. */
const READ_WITHIN = 300_000;

/** Whom a file is opened for. */
export interface NewSession {
  readonly session: string;
  readonly file: string;
  /** What the file holds now. */
  readonly version: string;
  readonly person: string;
  readonly pseudonym: string;
  readonly writes: boolean;
}

/** A session that is open, with the token that only the document server is told. */
export interface OpenedSession extends DocumentRow {
  readonly token: string;
}

/** Which files are with the document server, under which key, and for whom. */
export class OfficeSessions {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /**
   * Opens a file: under the key that it has with the document server, where somebody has it open or something of it is still to be
   * saved, and else under a new one. A session that is opened again is given another token.
   */
  async open({ file, version, ...given }: NewSession): Promise<OpenedSession> {
    const token = randomBytes(32).toString('base64url');
    const hash = hashOf(token);
    return this.#db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${file}, 0))`.execute(trx);
      const document = await livingOrNew(trx, file, version);
      const { session, person, pseudonym, writes } = given;
      const row = { session, key: document.key, pseudonym, person, writes, token: hash, opened_at: Date.now() };
      await trx
        .insertInto('sessions')
        .values({ ...row, closed_at: null })
        .onConflict((conflict) => conflict.column('session').doUpdateSet({ token: hash, closed_at: null }))
        .execute();
      return { ...document, token };
    });
  }

  /** The session of a token, and its file. @throws NOT_FOUND */
  async byToken(token: string): Promise<{ readonly session: SessionRow; readonly document: DocumentRow }> {
    return this.#find('token', hashOf(token));
  }

  /** A session by the host's id, and its file. @throws NOT_FOUND */
  async byId(id: string): Promise<{ readonly session: SessionRow; readonly document: DocumentRow }> {
    return this.#find('session', id);
  }

  /** A token by which a session's file can be read for some minutes, and nothing else. */
  async tokenToRead(session: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = Date.now();
    await this.#db.deleteFrom('reads').where('expires_at', '<', now).execute();
    const row = { token: hashOf(token), session, expires_at: now + READ_WITHIN };
    await this.#db.insertInto('reads').values(row).execute();
    return token;
  }

  /** The session whose file a token lets one read. @throws NOT_FOUND */
  async readable(token: string): Promise<SessionRow> {
    const read = await this.#db
      .selectFrom('reads')
      .select('session')
      .where('token', '=', hashOf(token))
      .where('expires_at', '>', Date.now())
      .executeTakeFirst();
    return (read ? await this.byId(read.session) : await this.byToken(token)).session;
  }

  async #find(by: 'token' | 'session', value: string) {
    const session = await this.#db.selectFrom('sessions').selectAll().where(by, '=', value).executeTakeFirst();
    if (!session) throw new CapabilityError('NOT_FOUND', 'There is no such session here.', { field: 'session' });
    const document = await this.#db
      .selectFrom('documents')
      .selectAll()
      .where('key', '=', session.key)
      .executeTakeFirstOrThrow();
    return { session, document };
  }

  /**
   * Those who may have written under a key, those first whom the document server names as having written last, then those who came
   * last.
   */
  async writers(key: string, named: readonly string[]): Promise<readonly SessionRow[]> {
    const { rows } = await sql<SessionRow>`
      SELECT * FROM sessions WHERE key = ${key} AND writes
      ORDER BY array_position(${named}::text[], pseudonym) NULLS LAST, opened_at DESC LIMIT 50`.execute(this.#db);
    return rows;
  }

  /** Who has, or had, a file open with this key, each once. */
  async people(key: string): Promise<readonly { readonly person: string; readonly pseudonym: string }[]> {
    return this.#db.selectFrom('sessions').select(['person', 'pseudonym']).distinct().where('key', '=', key).execute();
  }

  /** Notes that a person has closed a file. */
  async close(session: string): Promise<void> {
    await this.#db
      .updateTable('sessions')
      .set({ closed_at: Date.now() })
      .where('session', '=', session)
      .where('closed_at', 'is', null)
      .execute();
  }

  /** The key under which a file is with the document server now. */
  async living(file: string): Promise<DocumentRow | undefined> {
    return living(this.#db, file);
  }

  /** Notes what the file holds since the document server has handed over what was written. */
  async saved(key: string, version: string): Promise<void> {
    await sql`UPDATE documents SET version = ${version}, saves = saves + 1 WHERE key = ${key}`.execute(this.#db);
  }

  /** The document server has nothing of it any more: who opens it next begins under another key. Old ones are forgotten. */
  async end(key: string): Promise<void> {
    const now = Date.now();
    await sql`UPDATE documents SET closed_at = ${now} WHERE key = ${key} AND closed_at IS NULL`.execute(this.#db);
    await sql`UPDATE sessions SET closed_at = ${now} WHERE key = ${key} AND closed_at IS NULL`.execute(this.#db);
    await sql`DELETE FROM documents WHERE closed_at < ${now - KEPT}`.execute(this.#db);
  }
}

async function livingOrNew(trx: Kysely<Tables>, file: string, version: string): Promise<DocumentRow> {
  const known = await living(trx, file);
  if (known && (known.version === version || (await isOpen(trx, known.key)))) return known;
  // It was changed by another way while nobody had it open: the document server's copy is not it any more.
  const now = Date.now();
  if (known) await trx.updateTable('documents').set({ closed_at: now }).where('key', '=', known.key).execute();
  const row = { key: newId().replaceAll('-', ''), file, version, opened_at: now, closed_at: null, saves: 0 };
  await trx.insertInto('documents').values(row).execute();
  return row;
}

function living(db: Kysely<Tables>, file: string): Promise<DocumentRow | undefined> {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('file', '=', file)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
}

async function isOpen(db: Kysely<Tables>, key: string): Promise<boolean> {
  const found = await db
    .selectFrom('sessions')
    .select('session')
    .where('key', '=', key)
    .where('closed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

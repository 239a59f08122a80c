import { newId } from '@valfri/core';
import { hash, verify } from '@node-rs/argon2';
import type { Kysely, Selectable } from 'kysely';
import { createHash, randomBytes } from 'node:crypto';
import type { HostTables } from '../database/tables.ts';
import type { Standing } from '../people/people.ts';

/** How long a visit lasts, in milliseconds. */
const VISIT = 12 * 3_600_000;

/** What somebody who comes by a link may. */
export type LinkRole = 'viewer' | 'editor';

/** A link as it is kept; its token and that of a visit only as their hashes. */
export type LinkRow = Selectable<HostTables['valfri.links']>;

/** A link to be made. */
export interface NewLink {
  readonly organisation: string;
  readonly node: string;
  readonly role: LinkRole;
  readonly password?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly createdBy: string;
}

/**
 * Links by which people without an account come to one file or folder. Each is a group of its own, to which the
 * provider gives something in its maker's name; so what a link opens moves with all other rights, and the provider
 * need not know what a link is.
 */
export class Links {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  /** Makes a link. Its token is told here, and never again. */
  async make(given: NewLink): Promise<{ readonly id: string; readonly token: string }> {
    const { organisation, node, role, password, expiresAt, createdBy } = given;
    const [id, token] = [newId(), newToken()];
    const made = { id, organisation, node, role, created_by: createdBy, created_at: Date.now(), revoked_at: null };
    const secrets = { token: hashOf(token), password: password === undefined ? null : await hash(password) };
    await this.#db
      .insertInto('valfri.links')
      .values({ ...made, ...secrets, expires_at: expiresAt ?? null })
      .execute();
    return { id, token };
  }

  /** Forgets a link to which nothing was given. */
  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('valfri.links').where('id', '=', id).execute();
  }

  /** Those of some ids that are links and open something, the oldest first. */
  async byIds(organisation: string, ids: readonly string[]): Promise<readonly LinkRow[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db
      .selectFrom('valfri.links')
      .selectAll()
      .where('id', 'in', ids)
      .where('organisation', '=', organisation)
      .orderBy('created_at')
      .execute();
    return rows.filter(isOpen);
  }

  /** Closes a link, and ends all visits by it. */
  async revoke(id: string): Promise<void> {
    await this.#db.updateTable('valfri.links').set({ revoked_at: Date.now() }).where('id', '=', id).execute();
    await this.#db.deleteFrom('valfri.link_visits').where('link', '=', id).execute();
  }

  /** The link that a token opens; `undefined` where it is none, revoked or past its end, which are not told apart. */
  async byToken(token: string): Promise<LinkRow | undefined> {
    const row = await this.#db
      .selectFrom('valfri.links')
      .selectAll()
      .where('token', '=', hashOf(token))
      .executeTakeFirst();
    return row && isOpen(row) ? row : undefined;
  }

  /** Whether a password opens a link; one without a password is opened by whatever is said. */
  async isRight({ password }: LinkRow, said: string): Promise<boolean> {
    return password === null || verify(password, said);
  }

  /** Begins a visit; what its cookie holds. */
  async begin({ id }: LinkRow): Promise<string> {
    const token = newToken();
    const now = Date.now();
    await this.#db.deleteFrom('valfri.link_visits').where('expires_at', '<', now).execute();
    await this.#db
      .insertInto('valfri.link_visits')
      .values({ token: hashOf(token), link: id, expires_at: now + VISIT })
      .execute();
    return token;
  }

  /** Whether a visit is one by a link. */
  async isVisit({ id }: LinkRow, visit: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('valfri.link_visits')
      .select('link')
      .where('token', '=', hashOf(visit))
      .where('link', '=', id)
      .where('expires_at', '>', Date.now())
      .executeTakeFirst();
    return row !== undefined;
  }
}

/** Who comes by a link: a guest who is in no group but that of the link. */
export function visitorOf({ id, organisation }: LinkRow): Standing {
  return { id, organisation, kind: 'guest', operator: false, groups: [id] };
}

function isOpen({ revoked_at: revoked, expires_at: expires }: LinkRow): boolean {
  return revoked === null && (expires === null || expires > Date.now());
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Of what nobody guesses a plain hash is enough. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

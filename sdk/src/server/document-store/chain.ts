import { type Call, CapabilityError } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { mayAs, type Role, ROLES } from '../../documents/roles.ts';
import type { DocumentTables, NodeRow } from './tables.ts';

/** Folders above one another that are followed at most: more than can be made, so that nothing goes round forever. */
const MOST = 100;

/** A node of a chain. */
export interface Link extends NodeRow {
  /** Whether anybody was given something on it. */
  readonly shared: boolean;
  /** The role that the caller has here; absent where they have none. */
  readonly role?: Role;
}

/** A node, and what is above it: itself first. */
export type Chain = readonly [Link, ...Link[]];

/** Who asks, and when. */
export interface Asker extends Pick<Call, 'person' | 'organisation' | 'groups'> {
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** What was given to the one who asks, of the grants that are called `g`. */
export function givenTo({ person, groups }: Asker): ReturnType<typeof sql<boolean>> {
  return sql<boolean>`NOT g.gone AND ((g."to" = 'person' AND g.whom = ${person}) OR (g."to" = 'group' AND g.whom = ANY(${groups}::uuid[])))`;
}

/** Reads a node with all that is above it; `undefined` where it is not there, or of another organisation. */
export async function readChain(db: Kysely<DocumentTables>, id: string, asker: Asker): Promise<Chain | undefined> {
  const { rows } = await sql<Omit<Link, 'role'> & { given: number | null }>`
    WITH RECURSIVE up AS (
      SELECT n.*, 0 AS depth FROM nodes n WHERE id = ${id}
      UNION ALL SELECT n.*, up.depth + 1 FROM up JOIN nodes n ON n.id = up.parent WHERE up.depth < ${MOST})
    SELECT up.*, EXISTS (SELECT FROM grants g WHERE g.node = up.id AND NOT g.gone) AS shared,
      (SELECT max(role) FROM grants g WHERE g.node = up.id AND ${givenTo(asker)}) AS given
    FROM up ORDER BY depth`.execute(db);
  const top = rows.at(-1);
  if (!top || rows[0]!.gone || !rows[0]!.placed || top.parent !== null) return undefined;
  if (top.organisation !== asker.organisation) return undefined;
  let rank = top.owner === asker.person ? ROLES.length : 0;
  const links = rows.toReversed().map(({ given, ...link }): Link => {
    rank = Math.max(rank, given ?? 0);
    const role = ROLES[rank - 1];
    return role ? { ...link, role } : link;
  });
  return links.toReversed() as unknown as Chain;
}

/** What is needed of a node. */
export interface Needed {
  /** The input field that names it. */
  readonly field: string;
  /** Default: viewer. */
  readonly role?: Role;
  /** Which kind it has to be. Default: either. */
  readonly kind?: 'folder' | 'file';
  /** Whether it is in the trash. Default: no. */
  readonly deleted?: boolean;
}

/** @throws NOT_FOUND, DENIED, INVALID */
export async function requireChain(
  db: Kysely<DocumentTables>,
  id: string,
  asker: Asker,
  { field, role = 'viewer', kind, deleted = false }: Needed,
): Promise<Chain> {
  const chain = await readChain(db, id, asker);
  const there = chain && mayAs(chain[0].role, 'viewer') && (chain[0].deleted_at !== null) === deleted;
  if (!there) throw new CapabilityError('NOT_FOUND', `${field}: there is no such thing.`, { field });
  if (kind && chain[0].kind !== kind) throw new CapabilityError('INVALID', `${field}: it is no ${kind}.`, { field });
  if (!mayAs(chain[0].role, role))
    throw new CapabilityError('DENIED', `You may see it as ${chain[0].role}; ${role} is needed for this.`);
  return chain;
}

/** The nodes under which changes of a node are heard of: the top, and whatever of the chain somebody was given. */
export function rootsOf(chain: Chain): readonly string[] {
  return chain.filter(({ parent, shared }) => parent === null || shared).map(({ id }) => id);
}

/** The owner of the folder at the top. */
export function ownerOf(chain: Chain): string {
  const top = chain.at(-1)!;
  return top.owner ?? top.created_by;
}

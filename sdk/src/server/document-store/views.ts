import { type RawBuilder, sql } from 'kysely';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import { ROLES } from '../../documents/roles.ts';
import { type Asker, type Chain, givenTo, ownerOf } from './chain.ts';
import { holding } from './locks.ts';
import { lockOf, versionOf } from './records.ts';
import type { LockRow, NodeRow, VersionRow } from './tables.ts';

/** A node as a list reads it. */
export type ListedRow = NodeRow & {
  readonly shared: boolean;
  /** What the one who asks was given on it. */
  readonly given: number | null;
  readonly present: VersionRow | null;
  /** The first lock that is on it itself. */
  readonly locked: LockRow | null;
};

/** The columns of a {@link ListedRow}, of `nodes n LEFT JOIN versions v ON v.id = n.version`. */
export function listedColumns(asker: Asker): RawBuilder<unknown> {
  return sql`n.*, CASE WHEN v.id IS NULL THEN NULL ELSE to_jsonb(v) END AS present,
    EXISTS (SELECT FROM grants g WHERE g.node = n.id AND NOT g.gone) AS shared,
    (SELECT max(role) FROM grants g WHERE g.node = n.id AND ${givenTo(asker)}) AS given,
    (SELECT to_jsonb(l) FROM locks l WHERE l.node = n.id AND ${holding(asker.now)} ORDER BY l.locked_at, l.token LIMIT 1) AS locked`;
}

/** What a node inherits from above. */
export interface Inherited {
  /** Rank of the role that the asker has above it; 0 for none. */
  readonly rank: number;
  readonly owner: string;
  /** Whether what is above it is theirs to see. */
  readonly parentSeen: boolean;
}

/** What the children of a chain's node inherit. */
export function inheritedFrom(chain: Chain): Inherited {
  const { role } = chain[0];
  return { rank: role ? ROLES.indexOf(role) + 1 : 0, owner: ownerOf(chain), parentSeen: role !== undefined };
}

/** A node as the one who asks sees it. */
export function nodeView(row: ListedRow, { rank, owner, parentSeen }: Inherited): DocumentNode {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ...(row.parent !== null && parentSeen ? { parent: row.parent } : {}),
    owner,
    createdAt: row.created_at,
    createdBy: row.created_by,
    role: ROLES[Math.max(rank, row.given ?? 0) - 1]!,
    shared: row.shared,
    ...(row.present ? { version: versionOf(row.present) } : {}),
    ...(row.locked ? { lock: heldOf(row.locked) } : {}),
  };
}

/** Of a lock what everybody is told who sees the node. */
function heldOf(row: LockRow): DocumentNode['lock'] {
  const { person, note, lockedAt, expiresAt } = lockOf(row);
  return { person, ...(note === undefined ? {} : { note }), lockedAt, expiresAt };
}

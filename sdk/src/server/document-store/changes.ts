import { CapabilityError, type InputOf } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { documents } from '../../capabilities/documents.ts';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import { readHorizon } from '../../postgres/horizon.ts';
import { type Asker, readChain, requireChain } from './chain.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { topsOf, viewOf } from './reads.ts';
import type { DocumentTables } from './tables.ts';

type Db = Kysely<DocumentTables>;

const stamp = z.string().regex(/^\d{1,20}$/);

/**
 * Of which feed, and of which folder; from which transaction on, and up to which one while a round is under way; the
 * same as times, for what ends of itself; and the last id of the page before.
 */
const cursorSchema = z.tuple([
  z.string().max(100),
  z.uuid().or(z.literal('')),
  stamp,
  stamp.or(z.literal('')),
  z.int(),
  z.int(),
  z.uuid().or(z.literal('')),
]);

interface Round {
  readonly feed: string;
  readonly folder: string;
  readonly from: string;
  readonly until: string;
  readonly fromTime: number;
  readonly untilTime: number;
  /** Empty at the beginning. */
  readonly after: string;
}

/** What has changed of what somebody may see. */
export async function listChanges(
  db: Db,
  { folder, after, limit }: InputOf<(typeof documents)['operations']['listChanges']>,
  asker: Asker,
): Promise<{ changed: DocumentNode[]; gone: string[]; next: string; more: boolean }> {
  if (folder !== undefined) await requireChain(db, folder, asker, { field: 'folder', kind: 'folder' });
  const round = await readRound(db, { folder: folder ?? '', after, now: asker.now });
  const rows = await readRows(db, round, limit + 1, asker);
  const [page, more] = [rows.slice(0, limit), rows.length > limit];
  const changed: DocumentNode[] = [];
  for (const { id } of page.filter(({ gone }) => !gone)) {
    const chain = await readChain(db, id, asker);
    if (chain?.[0].role) changed.push(await viewOf(db, chain, asker));
  }
  const next = more ? { ...round, after: page.at(-1)!.id } : ended(round);
  return { changed, gone: page.flatMap(({ id, gone }) => (gone ? id : [])), next: format(next), more };
}

function ended({ feed, folder, until, untilTime }: Round): Round {
  return { feed, folder, from: until, until: '', fromTime: untilTime, untilTime: 0, after: '' };
}

function format({ feed, folder, from, until, fromTime, untilTime, after }: Round): string {
  return writeCursor([feed, folder, from, until, fromTime, untilTime, after]);
}

interface Asked {
  readonly folder: string;
  readonly after: string | undefined;
  readonly now: number;
}

/** @throws INVALID where a cursor is another feed's, another folder's, or of a time that this feed has not seen. */
async function readRound(db: Db, { folder, after, now }: Asked): Promise<Round> {
  const horizon = await readHorizon(db);
  const { rows } = await sql<{ feed: string }>`SELECT feed || ' ' || born AS feed FROM tree`.execute(db);
  const { feed } = rows[0]!;
  const begun = { feed, folder, from: '0', until: horizon, fromTime: 0, untilTime: now, after: '' };
  if (after === undefined) return begun;
  const [ofFeed, ofFolder, from, until, fromTime, untilTime, last] = readCursor(after, cursorSchema);
  const unseen = BigInt(until || from) > BigInt(horizon);
  if (ofFeed !== feed || ofFolder !== folder || unseen)
    throw new CapabilityError('INVALID', 'after: is of another list. Begin without it.', { field: 'after' });
  if (until === '') return { ...begun, from, fromTime };
  return { ...begun, from, until, fromTime, untilTime, after: last };
}

interface ChangedRow {
  readonly id: string;
  readonly gone: boolean;
}

/**
 * Goes through what is theirs to see, what is deleted there among it: a node that is `fresh` has come with something
 * above it. What was moved away, or taken back, is not there any more, and told by what is kept of that.
 */
async function readRows(db: Db, round: Round, limit: number, asker: Asker): Promise<readonly ChangedRow[]> {
  const { from, until, after } = round;
  const recent = (table: string) => {
    const changed = sql.ref(`${table}.changed`);
    return sql<boolean>`(${changed} >= ${from}::xid8 AND ${changed} < ${until}::xid8)`;
  };
  const live = sql`n.deleted_at IS NULL AND NOT n.gone AND n.placed`;
  const { rows } = await sql<ChangedRow>`
    WITH RECURSIVE mine AS (
      SELECT n.id, 0 AS depth, ${grantedSince(round, asker, recent('g'))} AS fresh
      FROM nodes n WHERE n.id IN (${round.folder === '' ? topsOf(asker) : sql`${round.folder}::uuid`})
      UNION SELECT n.id, mine.depth + 1, mine.fresh
        OR EXISTS (SELECT FROM moved m WHERE m.node = n.id AND ${recent('m')})
      FROM mine JOIN nodes n ON n.parent = mine.id WHERE mine.depth < 100),
    known AS (SELECT id, bool_and(fresh) AS fresh FROM mine GROUP BY id)
    SELECT id, gone FROM (
      SELECT n.id, false AS gone FROM known JOIN nodes n USING (id)
      WHERE ${live} AND n.organisation = ${asker.organisation} AND (known.fresh OR ${recent('n')})
      UNION SELECT n.id, true FROM known JOIN nodes n USING (id)
      WHERE NOT (${live}) AND ${recent('n')} AND n.made < ${from}::xid8
      UNION SELECT m.node, true FROM moved m
      WHERE m.was IN (SELECT id FROM known) AND ${recent('m')} AND m.node NOT IN (SELECT id FROM known)
      ${round.folder === '' ? takenSince(round, asker, recent('g')) : sql``}) AS rows
    WHERE ${after === '' ? sql`true` : sql`id > ${after}::uuid`}
    ORDER BY id LIMIT ${limit}`.execute(db);
  return rows;
}

const toAsker = ({ person, groups }: Asker) =>
  sql`((g."to" = 'person' AND g.whom = ${person}) OR (g."to" = 'group' AND g.whom = ANY(${groups}::uuid[])))`;

function grantedSince({ folder }: Round, asker: Asker, recent: RawBuilder<boolean>): RawBuilder<boolean> {
  if (folder !== '') return sql<boolean>`false`;
  return sql<boolean>`EXISTS (SELECT FROM grants g WHERE g.node = n.id AND NOT g.gone AND ${toAsker(asker)} AND ${recent})`;
}

function takenSince({ fromTime, untilTime }: Round, asker: Asker, recent: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`
    UNION SELECT g.node, true FROM grants g WHERE ${toAsker(asker)} AND g.node NOT IN (SELECT id FROM known)
      AND ((g.gone AND ${recent}) OR (NOT g.gone AND g.until > ${fromTime} AND g.until <= ${untilTime}))`;
}

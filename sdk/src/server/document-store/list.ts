import type { InputOf } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { documents } from '../../capabilities/documents.ts';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import { type Asker, requireChain } from './chain.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { DocumentTables } from './tables.ts';
import { inheritedFrom, type ListedRow, listedColumns, nodeView } from './views.ts';

type ListInput = InputOf<(typeof documents)['operations']['list']>;
type Kind = 'folder' | 'file';
type KeyedRow = ListedRow & { key: string | number };

const place = z.tuple([z.enum(['folder', 'file']), z.union([z.string(), z.number()]), z.uuid()]);
type Place = z.output<typeof place>;

const keys: { readonly [K in ListInput['sort']]: RawBuilder<unknown> } = {
  name: sql`n.name COLLATE names`,
  modified: sql`coalesce(v.modified_at, n.created_at)`,
  size: sql`coalesce(v.size, 0)`,
};

/** Where a page begins: after a place, or so many into a kind. */
interface Beginning {
  readonly kind: Kind;
  readonly after?: Place;
  readonly skip: number;
  /** How many are before it, where that was looked for. */
  readonly at?: number;
}

/** A page of what is in a folder. */
export async function list(
  db: Kysely<DocumentTables>,
  input: ListInput,
  asker: Asker,
): Promise<{ nodes: DocumentNode[]; next?: string; count?: number; at?: number }> {
  const chain = await requireChain(db, input.folder, asker, { field: 'folder', kind: 'folder' });
  const count = input.after === undefined ? { count: await countIn(db, input.folder) } : {};
  const begin = await beginning(db, input);
  if (!begin) return { nodes: [], ...count };
  const rows: KeyedRow[] = [];
  for (const kind of KINDS.slice(KINDS.indexOf(begin.kind))) {
    const from = kind === begin.kind ? begin : { kind, skip: 0 };
    const room = input.limit + 1 - rows.length;
    if (room > 0) rows.push(...(await readKind(db, { input, asker, from, room })));
  }
  const page = rows.slice(0, input.limit);
  const inherited = inheritedFrom(chain);
  const last = page.at(-1);
  return {
    nodes: page.map((row) => nodeView(row, inherited)),
    ...(last && rows.length > page.length ? { next: writeCursor([last.kind, last.key, last.id]) } : {}),
    ...count,
    ...(begin.at === undefined ? {} : { at: begin.at }),
  };
}

const KINDS: readonly Kind[] = ['folder', 'file'];

async function beginning(db: Kysely<DocumentTables>, input: ListInput): Promise<Beginning | undefined> {
  if (input.startsWith !== undefined) return firstNamed(db, input, input.startsWith.normalize('NFC'));
  if (input.after !== undefined) {
    const after = readCursor(input.after, place);
    return { kind: after[0], after, skip: 0 };
  }
  const { at = 0 } = input;
  if (at === 0) return { kind: 'folder', skip: 0 };
  const folders = await countIn(db, input.folder, 'folder');
  return at < folders ? { kind: 'folder', skip: at } : { kind: 'file', skip: at - folders };
}

/** Where the first is whose name begins so. */
async function firstNamed(
  db: Kysely<DocumentTables>,
  input: ListInput,
  prefix: string,
): Promise<Beginning | undefined> {
  const { key, ahead, backwards } = orderOf(input);
  for (const kind of KINDS) {
    const { rows } = await sql<{ key: string | number; id: string }>`
      SELECT ${key} AS key, n.id FROM ${sourceOf(input)} WHERE ${inFolder(input.folder, kind)} AND ${named(prefix)}
      ORDER BY ${ahead} LIMIT 1`.execute(db);
    const [first] = rows;
    if (!first) continue;
    const before = await sql<{ count: number }>`
      SELECT count(*) AS count FROM ${sourceOf(input)}
      WHERE ${inFolder(input.folder, kind)} AND (${key}, n.id) ${backwards} ${valueOf(input, first.key, first.id)}`.execute(
      db,
    );
    const skip = Number(before.rows[0]!.count);
    const folders = kind === 'folder' ? 0 : await countIn(db, input.folder, 'folder');
    return { kind, skip, at: folders + skip };
  }
  return undefined;
}

/**
 * Names that begin so. The bounds are for the index, and wider than the names: in the order of numbers by value `A 9`,
 * `A 10` and `A 90` are far from one another, so what ends in digits is bounded by what is before them.
 */
function named(prefix: string): RawBuilder<boolean> {
  const stem = prefix.replace(/\p{N}+$/u, '');
  const within = stem
    ? sql`n.name COLLATE names >= lower(${stem}::text COLLATE names) AND n.name COLLATE names <= ${`${stem}\uFFFF`}::text AND`
    : sql``;
  return sql<boolean>`${within} starts_with(lower(n.name COLLATE names), lower(${prefix}::text COLLATE names))`;
}

function inFolder(folder: string, kind: Kind): RawBuilder<boolean> {
  return sql<boolean>`n.parent = ${folder} AND n.kind = ${kind} AND n.deleted_at IS NULL AND NOT n.gone AND n.placed`;
}

/** Names stand in the index by themselves; for all else the present versions are needed. */
function sourceOf({ sort }: ListInput): RawBuilder<unknown> {
  return sort === 'name' ? sql`nodes n` : sql`nodes n LEFT JOIN versions v ON v.id = n.version`;
}

function orderOf({ sort, descending }: ListInput) {
  const key = keys[sort];
  const [sign, backwards, order] = descending ? [sql`<`, sql`>`, sql`DESC`] : [sql`>`, sql`<`, sql`ASC`];
  return { key, sign, backwards, ahead: sql`${key} ${order}, n.id ${order}` };
}

function valueOf({ sort }: ListInput, key: string | number, id: string): RawBuilder<unknown> {
  return sql`(${key}::${sort === 'name' ? sql`text` : sql`bigint`}, ${id}::uuid)`;
}

interface Wanted {
  readonly input: ListInput;
  readonly asker: Asker;
  readonly from: Beginning;
  readonly room: number;
}

/**
 * One kind after the other, so that each page is read in the order of an index. Which they are is read first, of the
 * index alone, so that what is passed over costs no more than its entries there.
 */
async function readKind(db: Kysely<DocumentTables>, { input, asker, from, room }: Wanted): Promise<KeyedRow[]> {
  const { key, sign, ahead } = orderOf(input);
  const { kind, after, skip } = from;
  const { rows } = await sql<KeyedRow>`
    SELECT ${listedColumns(asker)}, ${key} AS key FROM (
      SELECT n.id FROM ${sourceOf(input)}
      WHERE ${inFolder(input.folder, kind)}
        ${after ? sql`AND (${key}, n.id) ${sign} ${valueOf(input, after[1], after[2])}` : sql``}
      ORDER BY ${ahead} LIMIT ${room} OFFSET ${skip}) page
    JOIN nodes n ON n.id = page.id LEFT JOIN versions v ON v.id = n.version
    ORDER BY ${ahead}`.execute(db);
  return rows;
}

async function countIn(db: Kysely<DocumentTables>, folder: string, kind?: Kind): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM nodes n WHERE n.parent = ${folder} ${kind ? sql`AND n.kind = ${kind}` : sql``}
      AND n.deleted_at IS NULL AND NOT n.gone AND n.placed`.execute(db);
  return Number(rows[0]!.count);
}

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

const place = z.tuple([z.enum(['folder', 'file']), z.union([z.string(), z.number()]), z.uuid()]);
type Place = z.output<typeof place>;

const keys: { readonly [K in ListInput['sort']]: RawBuilder<unknown> } = {
  name: sql`n.name COLLATE names`,
  modified: sql`coalesce(v.modified_at, n.created_at)`,
  size: sql`coalesce(v.size, 0)`,
};

/** A page of what is in a folder. */
export async function list(
  db: Kysely<DocumentTables>,
  input: ListInput,
  asker: Asker,
): Promise<{ nodes: DocumentNode[]; next?: string; count?: number }> {
  const chain = await requireChain(db, input.folder, asker, { field: 'folder', kind: 'folder' });
  const after = input.after === undefined ? undefined : readCursor(input.after, place);
  const rows: (ListedRow & { key: string | number })[] = [];
  for (const kind of KINDS.slice(after ? KINDS.indexOf(after[0]) : 0)) {
    const room = input.limit + 1 - rows.length;
    if (room > 0)
      rows.push(...(await readKind(db, { input, asker, kind, after: after?.[0] === kind ? after : undefined, room })));
  }
  const page = rows.slice(0, input.limit);
  const inherited = inheritedFrom(chain);
  const last = page.at(-1);
  return {
    nodes: page.map((row) => nodeView(row, inherited)),
    ...(last && rows.length > page.length ? { next: writeCursor([last.kind, last.key, last.id]) } : {}),
    ...(after ? {} : { count: await countIn(db, input.folder) }),
  };
}

const KINDS: readonly Kind[] = ['folder', 'file'];

interface Wanted {
  readonly input: ListInput;
  readonly asker: Asker;
  readonly kind: Kind;
  readonly after: Place | undefined;
  readonly room: number;
}

/** One kind after the other, so that each page is read in the order of an index. */
async function readKind(
  db: Kysely<DocumentTables>,
  { input, asker, kind, after, room }: Wanted,
): Promise<(ListedRow & { key: string | number })[]> {
  const key = keys[input.sort];
  const [sign, order] = input.descending ? [sql`<`, sql`DESC`] : [sql`>`, sql`ASC`];
  const type = input.sort === 'name' ? sql`text` : sql`bigint`;
  const { rows } = await sql<ListedRow & { key: string | number }>`
    SELECT ${listedColumns(asker)}, ${key} AS key FROM nodes n LEFT JOIN versions v ON v.id = n.version
    WHERE n.parent = ${input.folder} AND n.kind = ${kind} AND n.deleted_at IS NULL AND NOT n.gone AND n.placed
      ${after ? sql`AND (${key}, n.id) ${sign} (${after[1]}::${type}, ${after[2]}::uuid)` : sql``}
    ORDER BY ${key} ${order}, n.id ${order} LIMIT ${room}`.execute(db);
  return rows;
}

async function countIn(db: Kysely<DocumentTables>, folder: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM nodes WHERE parent = ${folder} AND deleted_at IS NULL AND NOT gone AND placed`.execute(
    db,
  );
  return Number(rows[0]!.count);
}

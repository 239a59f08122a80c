import type { PortableRecord, Rejection } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import type { DocumentTables } from './tables.ts';

interface Place {
  readonly node: string;
  readonly parent?: string;
  readonly name: string;
}

/**
 * Places that have to wait: for a node that is not there yet, or for a name that something else still has. Two that
 * change names with each other do not wait, where both are among them.
 */
export async function placeFaults(
  db: Kysely<DocumentTables>,
  records: readonly PortableRecord[],
): Promise<readonly Rejection[]> {
  const places = records.flatMap(({ value }) => (value === null ? [] : [value as unknown as Place]));
  const there = await existing(
    db,
    places.flatMap(({ node, parent }) => [node, parent ?? node]),
  );
  const [known, orphans] = [new Map<string, Place>(), new Map<string, string>()];
  for (const place of places) {
    if (!there.has(place.node) || (place.parent !== undefined && !there.has(place.parent)))
      orphans.set(place.node, 'the node, or the folder it is in, is not there yet');
    else known.set(place.node, place);
  }
  const holders = await holdersOf(db, [...known.values()]);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const node of conflicts(known, holders)) {
      known.delete(node);
      orphans.set(node, 'something else still has its name');
    }
  }
  return [...orphans].map(([key, message]) => ({ type: 'place', key, reason: 'PARENT_MISSING', message }));
}

async function existing(db: Kysely<DocumentTables>, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM nodes WHERE id = ANY(${ids}::uuid[]) AND NOT gone AND deleted_at IS NULL`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

const slotOf = ({ parent, name }: Place) => `${parent}/${name}`;

/** Who has the names that are wanted now. */
async function holdersOf(db: Kysely<DocumentTables>, places: readonly Place[]): Promise<ReadonlyMap<string, string>> {
  const wanted = places.filter(({ parent }) => parent !== undefined);
  const { rows } = await sql<{ id: string; parent: string; slot: string }>`
    SELECT n.id, n.parent, n.slot FROM nodes n JOIN unnest(
      ${wanted.map(({ parent }) => parent)}::uuid[], ${wanted.map(({ name }) => name)}::text[]) AS w(parent, name)
    ON n.parent = w.parent AND n.slot = w.name`.execute(db);
  return new Map(rows.map(({ id, parent, slot }) => [slotOf({ node: id, parent, name: slot }), id]));
}

/** Those that would get a name that another has, or gets, and keeps. */
function conflicts(known: ReadonlyMap<string, Place>, holders: ReadonlyMap<string, string>): readonly string[] {
  const taken = new Map<string, string>();
  return [...known.values()]
    .filter(({ node, ...place }) => {
      if (place.parent === undefined) return false;
      const slot = slotOf({ node, ...place });
      const holder = holders.get(slot);
      if (holder !== undefined && holder !== node && !known.has(holder)) return true;
      if (taken.has(slot)) return true;
      taken.set(slot, node);
      return false;
    })
    .map(({ node }) => node);
}

import { pairsOfEqual } from '../../shared/text-changes.ts';
import { type BodyParts, joinedRoot } from './body-parts.ts';
import type { Group } from './losses.ts';

/** A child of a file's body. */
export interface Child {
  readonly xml: string;
  /** What the library makes of it. */
  readonly group: Group;
  /** What would be lost of it; where that is something, it stays as it is. */
  readonly lost: readonly string[];
}

/** What a body is put together from. */
export interface Splice {
  /** What the library makes of the file when nobody has touched it. */
  readonly made: readonly string[];
  /** `undefined` where the file and that do not go together. */
  readonly children: readonly Child[] | undefined;
  /** What it makes of it now. */
  readonly now: BodyParts;
}

/**
 * The main part of a document of which everything that came out as it does when nobody has touched it is as it was in the
 * file, and so is all that would lose something.
 */
export function spliced(file: BodyParts, { made, children, now }: Splice): string {
  const root = joinedRoot(file.before, now.before);
  if (root === undefined || !children) return now.before + now.children.join('') + now.after;
  const placed: (string | undefined)[] = [...now.children];
  const places = new Map(pairsOfEqual(made, now.children));
  let last = -1;
  for (const { xml, group, lost } of children) {
    const standing = placeOf(group, places) ?? (lost.length > 0 ? placesById(made.slice(...group), placed) : undefined);
    if (standing) {
      for (const place of standing) placed[place] = undefined;
      placed[standing[0]!] = xml;
      last = Math.max(last, standing.at(-1)!);
    } else if (lost.length > 0) {
      placed[Math.max(last, 0)] = last < 0 ? xml + (placed[0] ?? '') : (placed[last] ?? '') + xml;
    } else {
      last = Math.max(last, ...range(group).flatMap((at) => places.get(at) ?? []));
    }
  }
  return root + placed.join('') + file.after;
}

/** Where all that a child became stands together, untouched. */
function placeOf(group: Group, places: ReadonlyMap<number, number>): readonly number[] | undefined {
  const found = range(group).map((at) => places.get(at));
  const isWhole = found.every((place, i) => place !== undefined && place === found[0]! + i);
  return isWhole && found.length > 0 ? (found as number[]) : undefined;
}

/** Where something with the ids of paragraphs stands that were touched all the same. */
function placesById(made: readonly string[], placed: readonly (string | undefined)[]): readonly number[] | undefined {
  const ids = made.flatMap((xml) => [...xml.matchAll(/w14:paraId="([^"]+)"/g)].map(([attribute]) => attribute));
  const found = placed.flatMap((xml, place) => (xml && ids.some((id) => xml.includes(id)) ? [place] : []));
  return found.length > 0 ? found : undefined;
}

function range([start, end]: Group): readonly number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

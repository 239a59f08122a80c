/** What the palette looks through. */
export type PaletteScope = 'all' | 'rooms';

/** Something that can be found. */
export interface Findable {
  readonly key: string;
  readonly label: string;
  /** Larger is more likely to be meant; what was used last and often. */
  readonly weight: number;
}

/**
 * How well a text fits what was typed: each typed word must begin a word of it, or, less well, stand within one; 0
 * where one does not.
 */
export function score(label: string, words: readonly string[]): number {
  const lower = label.toLowerCase();
  let total = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at === -1) return 0;
    const begins = at === 0 || ' -_.#@('.includes(lower[at - 1]!) || lower.includes(` ${word}`);
    total += (at === 0 ? 3 : begins ? 2 : 1) + word.length / (lower.length + 1);
  }
  return total;
}

/** The best of many, at most so many, by how well they fit and how likely they are. */
export function best<T extends Findable>(all: readonly T[], query: string, most: number): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked: { readonly item: T; readonly value: number }[] = [];
  for (const item of all) {
    const fit = words.length === 0 ? 1 : score(item.label, words);
    if (fit > 0) ranked.push({ item, value: fit + item.weight });
  }
  return ranked
    .sort((a, b) => b.value - a.value || (a.item.label < b.item.label ? -1 : 1))
    .slice(0, most)
    .map(({ item }) => item);
}

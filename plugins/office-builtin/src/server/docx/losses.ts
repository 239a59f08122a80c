/** What in a paragraph or table must come out as it went in; what is beside it is form. */
const KEPT: Readonly<Record<string, string>> = {
  footnoteReference: 'footnotes',
  endnoteReference: 'endnotes',
  drawing: 'drawings',
  pict: 'drawings',
  txbxContent: 'textBoxes',
  object: 'objects',
  oMath: 'equations',
  sdt: 'contentControls',
  fldSimple: 'fields',
  instrText: 'fields',
  commentRangeStart: 'comments',
  commentReference: 'comments',
  ins: 'trackedChanges',
  del: 'trackedChanges',
  moveFrom: 'trackedChanges',
  moveTo: 'trackedChanges',
  rPrChange: 'trackedChanges',
  pPrChange: 'trackedChanges',
  hyperlink: 'links',
  bookmarkStart: 'bookmarks',
  sym: 'symbols',
  ruby: 'ruby',
  altChunk: 'inserts',
  permStart: 'protection',
  tbl: 'tables',
  tr: 'tables',
  tc: 'tables',
  sectPr: 'sections',
};

/** A child of the body, as far as it must be kept. */
interface Inventory {
  readonly counts: ReadonlyMap<string, number>;
  readonly text: string;
}

/** What the second writing of each child has lost of the first, by the names of what people know. */
export function lossesBetween(before: readonly string[], after: readonly string[]): readonly string[] {
  if (before.length !== after.length) return ['order'];
  const lost = new Set<string>();
  for (const [i, child] of before.entries()) {
    const [old, now] = [inventoryOf(child), inventoryOf(after[i]!)];
    if (old.text !== now.text) lost.add('text');
    for (const [name, count] of old.counts) if ((now.counts.get(name) ?? 0) < count) lost.add(KEPT[name]!);
  }
  return [...lost].sort();
}

function inventoryOf(child: string): Inventory {
  // Of what is written twice, for old readers and new ones, the newer counts.
  const plain = child
    .replace(/<mc:Fallback\b[\s\S]*?<\/mc:Fallback>/g, '')
    .replace(/<w:bookmarkStart\b[^>]*w:name="_GoBack"[^>]*>/g, '');
  const counts = new Map<string, number>();
  for (const [, name] of plain.matchAll(/<(?:w|m):([A-Za-z]+)[\s/>]/g))
    if (Object.hasOwn(KEPT, name!)) counts.set(name!, (counts.get(name!) ?? 0) + 1);
  const text = [...plain.matchAll(/<w:(?:t|delText|instrText)(?:\s[^>]*)?>([^<]*)</g)]
    .map(([, words]) => words)
    .join('');
  return { counts, text: unescaped(text) };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name!] ?? whole;
  });
}

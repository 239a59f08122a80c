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
  cols: 'sections',
  pgNumType: 'sections',
  lnNumType: 'sections',
  titlePg: 'sections',
  headerReference: 'sections',
  footerReference: 'sections',
};

/** A child of the body, as far as it must be kept. */
interface Inventory {
  readonly counts: ReadonlyMap<string, number>;
  readonly text: string;
}

/** What the second writing of a child has lost of the first, by the names of what people know. */
export function lossesOf(before: string, after: string): readonly string[] {
  const [old, now] = [inventoryOf(before), inventoryOf(after)];
  const lost = new Set<string>(old.text === now.text ? [] : ['text']);
  for (const [name, count] of old.counts) if ((now.counts.get(name) ?? 0) < count) lost.add(KEPT[name]!);
  return [...lost].sort();
}

/** A break of pages that the library writes as a paragraph of its own, where the file has it within one. */
const BREAK = /^<w:p(?:\s[^>]*)?><w:r><w:br w:type="page"\/><\/w:r><\/w:p>$/;

/** From where to where of what is written a child of the file has become. */
export type Group = readonly [start: number, end: number];

/** For each child of the file, what the library makes of it; `undefined` where the two do not go together. */
export function groupsOf(file: readonly string[], written: readonly string[]): readonly Group[] | undefined {
  const groups: Group[] = [];
  let at = 0;
  for (const child of file) {
    const end = endOf(child, written, at);
    groups.push([at, end]);
    at = end;
  }
  return at === written.length ? groups : undefined;
}

function endOf(child: string, written: readonly string[], start: number): number {
  const first = written[start] ?? '';
  const text = inventoryOf(child).text;
  let made = inventoryOf(first).text;
  let breaks = breaksIn(child) - (BREAK.test(first) ? 1 : 0);
  let at = start + 1;
  for (; at < written.length; at++) {
    const next = written[at]!;
    if (BREAK.test(next) && breaks > 0) {
      breaks -= 1;
      continue;
    }
    const more = inventoryOf(next).text;
    if (breaksIn(child) === 0 || more === '' || !text.startsWith(made + more)) break;
    made += more;
  }
  return at;
}

function breaksIn(child: string): number {
  return child.startsWith('<w:p') ? child.split('<w:br w:type="page"').length - 1 : 0;
}

function inventoryOf(child: string): Inventory {
  // Of what is written twice, for old readers and new ones, the newer counts.
  const plain = child
    .replace(/<mc:Fallback\b[\s\S]*?<\/mc:Fallback>/g, '')
    .replace(/<w:bookmarkStart\b[^>]*w:name="_GoBack"[^>]*>/g, '');
  const counts = new Map<string, number>();
  for (const [, name] of plain.matchAll(/<(?:w|m):([A-Za-z]+)[\s/>]/g))
    if (Object.hasOwn(KEPT, name!)) counts.set(name!, (counts.get(name!) ?? 0) + 1);
  const said = [...plain.matchAll(/<w:(?:t|delText|instrText)(?:\s[^>]*)?>([^<]*)</g)].map(([, words]) => words);
  const text = unescaped(said.join(''));
  // The instructions of fields, and what they show, are spaced as each program likes.
  return { counts, text: counts.has('instrText') || counts.has('fldSimple') ? text.replaceAll(/\s+/g, '') : text };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name!] ?? whole;
  });
}

import { computed, signal } from '@preact/signals-core';
import type { DocumentNode } from '@valfri/sdk';
import { api, type Failure, failureOf } from '../api.ts';
import { onEvents } from '../live.ts';

/** By what a list is sorted. */
export interface Sorting {
  readonly sort: 'name' | 'modified' | 'size';
  readonly descending: boolean;
}

/** What is shown as a list: a folder, what was given to the reader, or what a search found. */
export type Source = { readonly folder: string } | { readonly shared: true } | { readonly words: string };

/** Entries a page. */
const PAGE = 200;

/** Pages that are kept beyond those in sight; the farthest are forgotten. */
const KEPT = 50;

/** Entries that are gathered at once. */
const GATHERED = 1_000;

const pages = signal<ReadonlyMap<number, readonly DocumentNode[]>>(new Map());
const total = signal<number | undefined>(undefined);
/** How the list is sorted. */
export const sorting = signal<Sorting>({ sort: 'name', descending: false });
/** Why it could not be read, where it could not. */
export const listFailure = signal<Failure | undefined>(undefined);
/** How many there are, known or not; `undefined` until the first have come. */
export const count = computed(() => total.value);

let source: Source | undefined;
/** Where pages begin, as the page before each said. */
let cursors = new Map<number, string>();
/** The entries that are looked at. */
let wanted: readonly [from: number, until: number] = [0, 60];
let turn = 0;

/** The entry in a place; `undefined` while it is not known. */
export function entryAt(index: number): DocumentNode | undefined {
  return pages.value.get(Math.floor(index / PAGE))?.[index % PAGE];
}

/** Where an entry is, as far as is known. */
export function placeOf(id: string): number | undefined {
  for (const [number, nodes] of pages.peek()) {
    const at = nodes.findIndex((node) => node.id === id);
    if (at >= 0) return number * PAGE + at;
  }
  return undefined;
}

/** An entry by its id, where it is known. */
export function entryOf(id: string | undefined): DocumentNode | undefined {
  const place = id === undefined ? undefined : placeOf(id);
  return place === undefined ? undefined : pages.peek().get(Math.floor(place / PAGE))?.[place % PAGE];
}

/** Shows another list. */
export function show(what: Source): void {
  if (JSON.stringify(what) !== JSON.stringify(source)) {
    pages.value = new Map();
    total.value = undefined;
    wanted = [0, 60];
  }
  source = what;
  void readAnew();
}

/** Sorts otherwise. */
export function sortBy(sort: Sorting['sort']): void {
  const { sort: now, descending } = sorting.peek();
  sorting.value = { sort, descending: sort === now ? !descending : sort !== 'name' };
  void readAnew();
}

/** Reads anew what is looked at; what is shown stays until it has come, and the rest is read when it is looked at. */
export async function readAnew(): Promise<void> {
  const mine = ++turn;
  const fresh = new Map<number, readonly DocumentNode[]>();
  const begun = new Map<number, string>();
  try {
    let counted: number | undefined;
    for (const number of pagesOf(wanted)) {
      const page = await read(number, begun.get(number));
      if (mine !== turn) return;
      counted = page.count ?? counted;
      if (page.nodes.length > 0) put(page, number, fresh, begun);
    }
    [pages.value, cursors, total.value, listFailure.value] = [fresh, begun, counted ?? 0, undefined];
    void readOn();
  } catch (error) {
    if (mine === turn) listFailure.value = failureOf(error);
  }
}

interface Page {
  readonly nodes: readonly DocumentNode[];
  readonly next?: string | undefined;
  readonly count?: number | undefined;
}

/** A page by its number: after the one before where that is known, else by a jump. */
async function read(number: number, after: string | undefined): Promise<Page> {
  if (!source) return { nodes: [], count: 0 };
  if ('folder' in source) {
    const where = after === undefined ? { at: number * PAGE } : { after };
    return api.documents.list.query({ folder: source.folder, ...sorting.peek(), limit: PAGE, ...where });
  }
  const { nodes } =
    'words' in source
      ? await api.documents.search.query({ query: source.words, limit: 500 })
      : await api.documents.listShared.query({});
  return { nodes, count: nodes.length };
}

/** Takes a page in; what comes all at once is more than one. */
function put(
  { nodes, next }: Page,
  number: number,
  into: Map<number, readonly DocumentNode[]>,
  begun: Map<number, string>,
): void {
  for (let i = 0; i * PAGE < nodes.length; i++) into.set(number + i, nodes.slice(i * PAGE, (i + 1) * PAGE));
  if (next !== undefined) begun.set(number + 1, next);
}

function pagesOf([from, until]: readonly [number, number]): readonly number[] {
  const first = Math.floor(from / PAGE);
  return Array.from({ length: Math.ceil(until / PAGE) - first }, (_, i) => first + i);
}

/** Says which entries are looked at, so that they are read. */
export function lookAt(from: number, until: number): void {
  wanted = [from, Math.max(from + 1, until)];
  void readOn();
}

let reading = false;

/** Reads what is looked at and not known. Who scrolls fast past pages has them never asked for. */
async function readOn(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    for (;;) {
      const last = Math.ceil((total.peek() ?? 0) / PAGE);
      const number = pagesOf(wanted).find((each) => each < last && !pages.peek().has(each));
      if (number === undefined) return;
      const mine = turn;
      const page = await read(number, cursors.get(number));
      if (mine !== turn) continue;
      const known = new Map(pages.peek());
      known.set(number, []); // what is not there any more is not asked for again
      put(page, number, known, cursors);
      forgetFarthest(known, number);
      pages.value = known;
    }
  } catch (error) {
    listFailure.value = failureOf(error);
  } finally {
    reading = false;
  }
}

function forgetFarthest(known: Map<number, unknown>, from: number): void {
  const farthest = [...known.keys()].toSorted((a, b) => Math.abs(b - from) - Math.abs(a - from));
  for (const number of farthest.slice(0, Math.max(0, known.size - KEPT))) known.delete(number);
}

/** Where the first is whose name begins so; `undefined` where none does. */
export async function placeOfName(startsWith: string): Promise<number | undefined> {
  if (source && 'folder' in source)
    return (await api.documents.list.query({ folder: source.folder, ...sorting.peek(), startsWith, limit: 1 })).at;
  for (let i = 0; i < (total.peek() ?? 0); i++)
    if (entryAt(i)?.name.toLocaleLowerCase().startsWith(startsWith.toLocaleLowerCase())) return i;
  return undefined;
}

/** The entries from one place up to another, known or not. */
export async function entriesIn(from: number, until: number): Promise<readonly DocumentNode[]> {
  const known = Array.from({ length: until - from }, (_, i) => entryAt(from + i));
  if (known.every((node) => node !== undefined) || !source || !('folder' in source))
    return known.filter((node) => node !== undefined);
  const found: DocumentNode[] = [];
  for (let after: string | undefined; found.length < until - from;) {
    const where = after === undefined ? { at: from } : { after };
    const limit = Math.min(GATHERED, until - from - found.length);
    const page = await api.documents.list.query({ folder: source.folder, ...sorting.peek(), limit, ...where });
    found.push(...page.nodes);
    after = page.next;
    if (after === undefined) break;
  }
  return found;
}

/** The nearest file before or after another in the list. */
export async function fileBeside(id: string | undefined, by: 1 | -1): Promise<DocumentNode | undefined> {
  const from = id === undefined ? undefined : placeOf(id);
  if (from === undefined) return undefined;
  for (let place = from + by; place >= 0 && place < (total.peek() ?? 0); place += by) {
    const node = entryAt(place) ?? (await entriesIn(place, place + 1))[0];
    // In a folder there are no files before the folders.
    if (node?.kind === 'folder' && source && 'folder' in source && by < 0) return undefined;
    if (node?.kind === 'file') return node;
  }
  return undefined;
}

let soon: ReturnType<typeof setTimeout> | undefined;

/** Several things that happen at once are read once. */
function readSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void readAnew(), 150);
}

onEvents({
  'node.changed': ({ folder, node }) => {
    if (!source) return;
    const shown = 'folder' in source ? source.folder === folder || source.folder === node : true;
    if (shown) readSoon();
  },
  'access.given': () => readSoon(),
  'access.taken': () => readSoon(),
  'live.resync': () => readSoon(),
  'binding.changed': ({ capability }) => capability === 'documents' && readSoon(),
});

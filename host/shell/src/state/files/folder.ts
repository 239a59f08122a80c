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
const PAGE = 500;

const nodes = signal<readonly DocumentNode[]>([]);
const total = signal<number | undefined>(undefined);
/** How the list is sorted. */
export const sorting = signal<Sorting>({ sort: 'name', descending: false });
/** Why it could not be read, where it could not. */
export const listFailure = signal<Failure | undefined>(undefined);
/** What is in the list, as far as it is known. */
export const entries = computed(() => nodes.value);
/** How many there are, known or not; `undefined` until the first have come. */
export const count = computed(() => total.value);

let source: Source | undefined;
let next: string | undefined;
let reading: Promise<void> | undefined;
let turn = 0;

/** Shows another list. */
export function show(what: Source): void {
  if (JSON.stringify(what) !== JSON.stringify(source)) {
    nodes.value = [];
    total.value = undefined;
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

/** Reads the list from its beginning; what is shown stays until it has come. */
export async function readAnew(): Promise<void> {
  const mine = ++turn;
  const wanted = Math.max(PAGE, nodes.peek().length);
  try {
    let page = await read();
    const found = [...page.nodes];
    while (page.next !== undefined && found.length < wanted && mine === turn) {
      page = await read(page.next);
      found.push(...page.nodes);
    }
    if (mine !== turn) return;
    [nodes.value, next, listFailure.value] = [found, page.next, undefined];
    if (page.count !== undefined) total.value = page.count;
    else total.value = Math.max(found.length, next === undefined ? 0 : (total.peek() ?? 0));
  } catch (error) {
    if (mine === turn) listFailure.value = failureOf(error);
  }
}

interface Page {
  readonly nodes: readonly DocumentNode[];
  readonly next?: string | undefined;
  readonly count?: number | undefined;
}

async function read(after?: string): Promise<Page> {
  if (!source) return { nodes: [] };
  if ('shared' in source) return api.documents.listShared.query({});
  if ('words' in source) return api.documents.search.query({ query: source.words, limit: PAGE });
  const page = await api.documents.list.query({
    folder: source.folder,
    ...sorting.peek(),
    limit: PAGE,
    ...(after ? { after } : {}),
  });
  if (after === undefined) total.value = page.count;
  return page;
}

/** Reads on until an entry is known. */
export function readUpTo(index: number): void {
  if (reading || next === undefined || index < nodes.peek().length) return;
  const mine = turn;
  reading = (async () => {
    while (next !== undefined && nodes.peek().length <= index && mine === turn) {
      const page = await read(next);
      if (mine !== turn) return;
      nodes.value = [...nodes.peek(), ...page.nodes];
      next = page.next;
    }
  })()
    .catch((error: unknown) => void (listFailure.value = failureOf(error)))
    .finally(() => (reading = undefined));
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

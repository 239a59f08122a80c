import { computed, signal } from '@preact/signals-core';

/** Where the reader is. */
export type Route =
  | {
      readonly view: 'chat';
      readonly room?: string;
      readonly message?: string;
      readonly thread?: string;
      readonly panel?: 'details' | 'search';
      /** The file that is open beside it. */
      readonly file?: string;
    }
  | {
      readonly view: 'files';
      /** What is listed: the reader's own files, what they were given, what was deleted, or a folder. */
      readonly place: 'home' | 'shared' | 'trash' | 'folder';
      readonly folder?: string;
      /** The file that is looked at. */
      readonly file?: string;
      /** Words that names are searched for. */
      readonly words?: string;
    }
  | {
      readonly view: 'edit';
      readonly file: string;
      /** The editor that is asked for. */
      readonly with?: string;
      /** It is only looked at. */
      readonly viewOnly?: boolean;
    }
  | { readonly view: 'settings' }
  | {
      readonly view: 'operate';
      readonly page: string;
      readonly id?: string;
      /** A view of that object, e.g. `add`. */
      readonly part?: string;
      /** One thing of that part, e.g. a page of a provider's own. */
      readonly item?: string;
      /** What the page is narrowed to. */
      readonly query: Readonly<Record<string, string>>;
    }
  | { readonly view: 'welcome' }
  | { readonly view: 'signIn' }
  | { readonly view: 'nowhere' };

const ID = '([0-9a-f-]{36})';
const patterns: readonly (readonly [RegExp, (match: RegExpExecArray, query: URLSearchParams) => Route])[] = [
  [new RegExp(`^/chat/${ID}(?:/${ID})?$`), chatRoute],
  [
    /^\/(?:chat)?$/,
    (_, query) => (query.get('panel') === 'search' ? { view: 'chat', panel: 'search' } : { view: 'chat' }),
  ],
  [new RegExp(`^/files(?:/(shared|trash|${ID}))?$`), filesRoute],
  [new RegExp(`^/edit/${ID}$`), editRoute],
  [/^\/settings$/, () => ({ view: 'settings' })],
  [/^\/operate(?:\/([a-z]+))?(?:\/([\w-]+))?(?:\/([a-z]+)(?:\/([\w-]+))?)?$/, operateRoute],
  [/^\/welcome$/, () => ({ view: 'welcome' })],
  [/^\/sign-in$/, () => ({ view: 'signIn' })],
];

function chatRoute([, room, message]: RegExpExecArray, query: URLSearchParams): Route {
  const [thread, panel, file] = [query.get('thread'), query.get('panel'), query.get('file')];
  return {
    view: 'chat',
    room: room!,
    ...(message ? { message } : {}),
    ...(thread ? { thread } : {}),
    ...(panel === 'details' || panel === 'search' ? { panel } : {}),
    ...(file ? { file } : {}),
  };
}

function filesRoute([, named]: RegExpExecArray, query: URLSearchParams): Route {
  const [file, words] = [query.get('file'), query.get('q')];
  const place = named === undefined ? 'home' : named === 'shared' || named === 'trash' ? named : 'folder';
  return {
    ...{ view: 'files', place },
    ...(place === 'folder' ? { folder: named! } : {}),
    ...(file ? { file } : {}),
    ...(words ? { words } : {}),
  };
}

function editRoute([, file]: RegExpExecArray, query: URLSearchParams): Route {
  const editor = query.get('with');
  return {
    ...{ view: 'edit', file: file! },
    ...(editor ? { with: editor } : {}),
    ...(query.has('view') ? { viewOnly: true } : {}),
  };
}

function operateRoute([, page = 'overview', id, part, item]: RegExpExecArray, query: URLSearchParams): Route {
  const given = Object.fromEntries(query);
  return {
    ...{ view: 'operate', page, query: given },
    ...(id ? { id } : {}),
    ...(part ? { part } : {}),
    ...(item ? { item } : {}),
  };
}

/** The route that an address stands for. */
export function routeOf(address: string): Route {
  const url = new URL(address, location.origin);
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(url.pathname);
    if (match) return make(match, url.searchParams);
  }
  return { view: 'nowhere' };
}

const address = signal(location.pathname + location.search);

/** Where the reader is now. */
export const route = computed(() => routeOf(address.value));

/** Grows each time the reader asks to be somewhere, though it be where they are. */
export const visits = signal(0);

let mayLeave: () => boolean = () => true;

/** Asks before the reader goes elsewhere, until what is returned is called. */
export function guardLeaving(ask: () => boolean): () => void {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = () => true;
  };
}

/** Goes to an address of the shell. */
export function go(path: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (path !== address.peek() && !mayLeave()) return;
  visits.value = visits.peek() + 1;
  if (path === address.peek()) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  address.value = path;
}

/** Address of a room, of a message in it, or of a panel beside it. */
export function chatPath(
  room: string,
  given: { readonly message?: string; readonly thread?: string; readonly panel?: string; readonly file?: string } = {},
): string {
  const query = new URLSearchParams();
  if (given.file) query.set('file', given.file);
  if (given.thread) query.set('thread', given.thread);
  if (given.panel) query.set('panel', given.panel);
  const suffix = query.size > 0 ? `?${query}` : '';
  return `/chat/${room}${given.message ? `/${given.message}` : ''}${suffix}`;
}

/** Address of a folder, or of a list of files by its name; of a file in it, or of a search. */
export function filesPath(
  place: string | undefined,
  given: { readonly file?: string; readonly words?: string } = {},
): string {
  const query = new URLSearchParams();
  if (given.file) query.set('file', given.file);
  if (given.words) query.set('q', given.words);
  return `/files${place === undefined || place === 'home' ? '' : `/${place}`}${query.size > 0 ? `?${query}` : ''}`;
}

/** Address of a file that is open in an editor. */
export function editPath(file: string, given: { readonly with?: string; readonly viewOnly?: boolean } = {}): string {
  const query = new URLSearchParams();
  if (given.with) query.set('with', given.with);
  if (given.viewOnly) query.set('view', '');
  return `/edit/${file}${query.size > 0 ? `?${query}` : ''}`;
}

/** Address of the search: beside the room that is open, if one is. */
export function searchPath(): string {
  const here = route.peek();
  return here.view === 'chat' && here.room ? chatPath(here.room, { panel: 'search' }) : '/chat?panel=search';
}

/** Follows links and the browser's own buttons without loading the page anew. */
export function startRouter(): void {
  addEventListener('popstate', () => (address.value = location.pathname + location.search));
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event
      .composedPath()
      .find((target): target is HTMLAnchorElement => target instanceof HTMLAnchorElement);
    if (!link || link.origin !== location.origin || link.hasAttribute('download')) return;
    if (routeOf(link.href).view === 'nowhere') return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

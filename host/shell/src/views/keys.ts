import { tinykeys } from 'tinykeys';
import { chatPath, go, route, searchPath } from '../router.ts';
import { directRooms, namedRooms, unreadRooms } from '../state/chat/rooms.ts';
import { chatFeatures } from '../state/features.ts';
import { preferences } from '../state/preferences.ts';
import type { MessageListElement } from './chat/message-list.ts';
import { openPalette } from './palette/open-palette.ts';

/** Whether a key may be meant for something else: for what is written, or for the link or the button that has the focus. */
function taken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return !target.matches('body, main, article, .log') || target.closest('dialog') !== null;
}

/** A shortcut of a single key: only where a message has the focus or nothing has, and not for those who have turned them off. */
function single(run: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (taken(event) || preferences.peek().singleKeys === false) return;
    event.preventDefault();
    run();
  };
}

function always(run: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    event.preventDefault();
    run();
  };
}

/** Goes to the next or the previous room of the list, or the next unread one. */
function step(by: 1 | -1, among: 'all' | 'unread' = 'all'): void {
  const rooms = [...namedRooms.peek(), ...directRooms.peek()];
  const unread = new Set(unreadRooms.peek().map(({ id }) => id));
  const here = route.peek();
  const at = rooms.findIndex(({ id }) => here.view === 'chat' && id === here.room);
  for (let i = 1; i <= rooms.length; i++) {
    const room = rooms[(at + by * i + rooms.length * 2) % rooms.length]!;
    if (among === 'all' || unread.has(room.id)) return go(chatPath(room.id));
  }
}

/** Out of an empty field to what was said last. */
function toLastMessage({ target }: KeyboardEvent): void {
  if ((target as HTMLElement).matches('main vf-composer textarea:placeholder-shown'))
    document.querySelector<MessageListElement>('main vf-message-list')?.focusLast();
}

function showShortcuts(): void {
  void import('./shortcuts.ts').then(({ openShortcuts }) => openShortcuts());
}

/** By itself the library hears nothing while one writes; those shortcuts that do not fit there see to it themselves. */
const options = { ignore: ({ isComposing }: KeyboardEvent) => isComposing };

/** Listens for the shortcuts of the whole shell; `?` lists them. */
export function startKeys(): void {
  tinykeys(
    window,
    {
      '$mod+k': always(() => openPalette()),
      '$mod+j': always(() => openPalette('rooms')),
      '$mod+Shift+f': always(() => {
        if (chatFeatures.peek()?.['search']) go(searchPath());
      }),
      'Alt+ArrowDown': always(() => step(1)),
      'Alt+ArrowUp': always(() => step(-1)),
      'Alt+Shift+ArrowDown': always(() => step(1, 'unread')),
      'Alt+Shift+ArrowUp': always(() => step(-1, 'unread')),
      'Shift+?': single(showShortcuts),
      '?': single(showShortcuts),
      c: single(() => document.querySelector<HTMLElement>('main vf-composer textarea')?.focus()),
      m: single(() => document.querySelector<HTMLElement>('main article[tabindex="0"]')?.focus()),
      Escape: (event) => {
        const here = route.peek();
        if (event.defaultPrevented || document.querySelector('dialog[open], :popover-open')) return;
        if (here.view !== 'chat') return;
        if (!here.thread && !here.panel && !here.file) return toLastMessage(event);
        go(here.room ? chatPath(here.room) : '/chat');
        document.querySelector<HTMLElement>('main vf-composer textarea')?.focus();
      },
    },
    options,
  );
}

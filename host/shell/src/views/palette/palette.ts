import { html, nothing, render, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { avatar, roomMark } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { icon, type IconName } from '../../components/icon.ts';
import { chatPath, go, searchPath } from '../../router.ts';
import { api } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { allRooms, otherIn, roomName, unreadIn } from '../../state/chat/rooms.ts';
import { chatFeatures } from '../../state/features.ts';
import { searchFor } from '../../state/chat/search.ts';
import { learn } from '../../state/people.ts';
import { changePreferences } from '../../state/preferences.ts';
import { text, texts } from '../../text/text.ts';
import { best, type Findable, type PaletteScope } from './match.ts';

const words = texts({
  sv: {
    placeholder: 'Rum, person eller åtgärd',
    roomsOnly: 'Byt rum',
    none: 'Inget passar. Prova ett annat ord.',
    light: 'Ljust utseende',
    dark: 'Mörkt utseende',
    contrast: 'Hög kontrast',
    system: 'Följ systemets utseende',
    toSwedish: 'Svenska',
    toEnglish: 'English',
    signOut: 'Logga ut',
    searchFor: (query: string) => `Sök i meddelanden efter ”${query}”`,
    person: 'person',
    action: 'åtgärd',
  },
  en: {
    placeholder: 'Room, person or action',
    roomsOnly: 'Switch room',
    none: 'Nothing fits. Try another word.',
    light: 'Light appearance',
    dark: 'Dark appearance',
    contrast: 'High contrast',
    system: 'Follow the system’s appearance',
    toSwedish: 'Svenska',
    toEnglish: 'English',
    signOut: 'Sign out',
    searchFor: (query: string) => `Search messages for “${query}”`,
    person: 'person',
    action: 'action',
  },
});

interface Entry extends Findable {
  readonly mark: TemplateResult;
  readonly note?: string | undefined;
  readonly run: () => void;
}

const KEY = 'valfri.palette';
const MOST = 12;
const { id: me = '', kind, operator } = bootstrap.session.signedIn ?? {};

function usage(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

/** One finds here everything there is to go to or to do, by typing. */
@customElement('vf-palette')
export class PaletteElement extends ShellElement {
  @property() scope: PaletteScope = 'all';
  @state() private query = '';
  @state() private picked = 0;
  @state() private people: readonly Entry[] = [];
  private readonly used = usage();

  private get entries(): readonly Entry[] {
    const rooms = allRooms.value.map((room): Entry => ({
      key: room.id,
      label: roomName(room),
      weight: this.weight(room.id) + (unreadIn(room) > 0 ? 0.6 : 0),
      mark: roomMark(room),
      note: room.topic || undefined,
      run: () => go(chatPath(room.id)),
    }));
    if (this.scope === 'rooms') return rooms;
    const direct = new Set(allRooms.value.filter((room) => room.kind === 'direct').map(otherIn));
    return [...rooms, ...this.people.filter(({ key }) => !direct.has(key)), ...this.actions()];
  }

  private weight(key: string): number {
    return Math.min(1, (this.used[key] ?? 0) / 10);
  }

  private actions(): readonly Entry[] {
    const action = (key: string, label: string, name: IconName, run: () => void): Entry => ({
      key,
      label,
      weight: this.weight(key) - 0.5,
      mark: icon(name),
      note: words.value.action,
      run,
    });
    const dialog = (which: 'room' | 'direct' | 'browse') => () =>
      void import('../chat/room-dialogs.ts').then(({ openRoomDialog }) => openRoomDialog(which));
    return [
      ...(kind === 'guest'
        ? []
        : [
            action('new-direct', text.value.newDirect, 'plus', dialog('direct')),
            action('new-room', text.value.newRoom, 'plus', dialog('room')),
            action('browse', text.value.browseChannels, 'search', dialog('browse')),
          ]),
      action('settings', text.value.settings, 'settings', () => go('/settings')),
      ...(operator ? [action('operate', text.value.operate, 'operate', () => go('/operate'))] : []),
      ...(['light', 'dark', 'contrast', 'system'] as const).map((theme) =>
        action(`theme-${theme}`, words.value[theme], 'settings', () => changePreferences({ theme })),
      ),
      action('sv', words.value.toSwedish, 'settings', () => changePreferences({ language: 'sv' })),
      action('en', words.value.toEnglish, 'settings', () => changePreferences({ language: 'en' })),
      action(
        'keys',
        text.value.keyboardShortcuts,
        'more',
        () => void import('../shortcuts.ts').then(({ openShortcuts }) => openShortcuts()),
      ),
      action(
        'sign-out',
        words.value.signOut,
        'out',
        () => void import('../sign-in/session.ts').then(({ signOut }) => signOut()),
      ),
    ];
  }

  private get shown(): readonly Entry[] {
    const found = best(this.entries, this.query, MOST);
    const query = this.query.trim();
    if (this.scope === 'rooms' || query === '' || !chatFeatures.value?.['search']) return found;
    const run = () => {
      searchFor(query);
      go(searchPath());
    };
    return [
      ...found,
      {
        key: 'search',
        label: words.value.searchFor(query),
        weight: 0,
        mark: icon('search'),
        run,
      },
    ];
  }

  override render(): TemplateResult {
    const { shown } = this;
    const label = this.scope === 'rooms' ? words.value.roomsOnly : words.value.placeholder;
    return html`<div class="palette">
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant=${shown.length > 0 ? `palette-${this.picked}` : nothing}
        aria-autocomplete="list"
        aria-label=${label}
        placeholder=${label}
        autocomplete="off"
        autofocus
        @input=${this.typed}
        @keydown=${this.keys}
      />
      <ul id="palette-list" role="listbox" aria-label=${label}>
        ${shown.map(
          (entry, i) =>
            html`<li
              id="palette-${i}"
              role="option"
              aria-selected=${i === this.picked ? 'true' : 'false'}
              @click=${() => this.choose(entry)}
              @mousemove=${() => (this.picked = i)}
            >
              <span class="mark">${entry.mark}</span
              ><span class="name">${entry.label}</span>${entry.note ? html`<small>${entry.note}</small>` : nothing}
            </li>`,
        )}
      </ul>
      ${shown.length === 0 ? html`<p class="hint" role="status">${words.value.none}</p>` : nothing}
    </div>`;
  }

  private readonly typed = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    this.picked = 0;
    void this.findPeople();
  };

  private async findPeople(): Promise<void> {
    const query = this.query.trim();
    if (kind === 'guest' || query === '' || this.scope === 'rooms') return;
    const people = await api.people.search.query({ text: query, limit: 8 }).catch(() => []);
    if (query !== this.query.trim()) return;
    learn(people);
    this.people = people
      .filter(({ id }) => id !== me)
      .map(({ id, name, kind: their }) => ({
        key: id,
        label: name,
        weight: this.weight(id),
        mark: avatar(id, 's'),
        note: their === 'guest' ? text.value.guest : words.value.person,
        run: () => void import('../chat/room-dialogs.ts').then(({ openDirect }) => openDirect(id)),
      }));
  }

  private readonly keys = (event: KeyboardEvent): void => {
    const { shown } = this;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.picked = (this.picked + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % Math.max(1, shown.length);
      void this.updateComplete.then(() =>
        this.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Enter' && shown[this.picked]) {
      event.preventDefault();
      this.choose(shown[this.picked]!);
    }
  };

  private choose(entry: Entry): void {
    localStorage.setItem(KEY, JSON.stringify({ ...usage(), [entry.key]: (this.used[entry.key] ?? 0) + 1 }));
    this.closest('dialog')?.close();
    entry.run();
  }
}

/** Shows the palette, or closes it where it is shown. */
export function showPalette(scope: PaletteScope): void {
  const open = document.querySelector<HTMLDialogElement>('dialog.palette-dialog[open]');
  if (open) return open.close();
  const dialog = document.createElement('dialog');
  dialog.className = 'palette-dialog';
  dialog.setAttribute('aria-label', words.value.placeholder);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('mousedown', (event) => event.target === dialog && dialog.close());
  render(html`<vf-palette .scope=${scope}></vf-palette>`, dialog);
  document.body.append(dialog);
  dialog.showModal();
  void (dialog.querySelector('vf-palette') as PaletteElement).updateComplete.then(() =>
    dialog.querySelector('input')?.focus(),
  );
}

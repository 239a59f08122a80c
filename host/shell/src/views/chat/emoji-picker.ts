import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import english from 'emoji-picker-element-data/en/cldr/data.json?url';
import swedish from 'emoji-picker-element-data/sv/cldr/data.json?url';
import { ShellElement } from '../../components/element.ts';
import { language, text, texts } from '../../text/text.ts';

interface Emoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly tags?: readonly string[];
  readonly group: number;
}

const KEY = 'valfri.emoji';
const USUAL = ['👍', '❤️', '😄', '🎉', '🙏', '👀', '✅', '😮', '😢', '👏', '💯', '🤔'];
const MOST_SHOWN = 240;

const words = texts({
  sv: { find: 'Sök emoji', recent: 'Senast använda', none: 'Ingen emoji heter så.' },
  en: { find: 'Find an emoji', recent: 'Recently used', none: 'No emoji is called that.' },
});

const loaded = new Map<string, Promise<readonly Emoji[]>>();

function load(url: string): Promise<readonly Emoji[]> {
  const known = loaded.get(url) ?? fetch(url).then((answer) => answer.json() as Promise<readonly Emoji[]>);
  loaded.set(url, known);
  return known;
}

function recent(): readonly string[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[];
  } catch {
    return [];
  }
}

/** All emoji, found by their names in the reader's language; those used last come first. */
@customElement('vf-emoji-picker')
export class EmojiPickerElement extends ShellElement {
  @state() private query = '';
  @state() private all: readonly Emoji[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void load(language.value === 'sv' ? swedish : english).then((all) => (this.all = all));
  }

  override render(): TemplateResult {
    const wanted = this.query.trim().toLowerCase();
    const first = wanted === '' ? [...new Set([...recent(), ...USUAL])].slice(0, 18) : [];
    const found = wanted === '' ? this.all : this.find(wanted);
    return html`<div class="emoji-picker">
      <input
        class="input"
        type="search"
        aria-label=${words.value.find}
        placeholder=${words.value.find}
        @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
        @keydown=${this.enterGrid}
      />
      <div class="grid" role="group" aria-label=${text.value.emoji} @keydown=${this.move}>
        ${first.map((emoji) => this.button(emoji, emoji))}${first.length > 0 ? html`<hr />` : ''}
        ${found.slice(0, MOST_SHOWN).map(({ emoji, annotation }) => this.button(emoji, annotation))}
        ${wanted !== '' && found.length === 0 ? html`<p>${words.value.none}</p>` : ''}
      </div>
    </div>`;
  }

  /** Those that are called so, or nearly: what fits best and is used most first. */
  private find(wanted: string): readonly Emoji[] {
    const usual = new Set([...recent(), ...USUAL].map(plainest));
    const rank = (each: Emoji) => fit(each, wanted) && fit(each, wanted) + (usual.has(plainest(each.emoji)) ? 1 : 0);
    const ranked = this.all.map((each) => ({ each, rank: rank(each) })).filter((found) => found.rank > 0);
    return ranked.sort((a, b) => b.rank - a.rank).map(({ each }) => each);
  }

  private button(emoji: string, label: string): TemplateResult {
    return html`<button
      class="emoji"
      title=${label}
      aria-label=${label}
      tabindex="-1"
      @click=${() => this.choose(emoji)}
    >
      ${emoji}
    </button>`;
  }

  private choose(emoji: string): void {
    localStorage.setItem(KEY, JSON.stringify([...new Set([emoji, ...recent()])].slice(0, 18)));
    this.dispatchEvent(new CustomEvent('vf-emoji', { detail: plainest(emoji) }));
  }

  private get buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.grid button')];
  }

  private readonly enterGrid = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      this.buttons[0]?.focus();
    }
    if (event.key === 'Enter') {
      // Choosing may move the focus to where one writes, and the key would be heard there too.
      event.preventDefault();
      this.buttons[0]?.click();
    }
  };

  private readonly move = (event: KeyboardEvent): void => {
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const top = buttons[0]?.offsetTop;
    const perRow = Math.max(
      1,
      buttons.findIndex((button) => button.offsetTop !== top),
    );
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: perRow,
      ArrowUp: -perRow,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (at + step < 0) this.querySelector('input')?.focus();
    else buttons[Math.min(at + step, buttons.length - 1)]?.focus();
  };
}

/** How well a name fits: as a whole, at its beginning, at the beginning of a word, within one; 0 where none does. */
function fit({ annotation, tags = [] }: Emoji, wanted: string): number {
  const one = (name: string) => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at === -1) return 0;
    return name.length === wanted.length ? 4 : at === 0 ? 3 : name[at - 1] === ' ' ? 2 : 1;
  };
  return Math.max(one(annotation), ...tags.map(one));
}

/** One spelling for each: where an emoji is one by itself, the mark that asks for it to be drawn as one is left out. */
function plainest(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');
}

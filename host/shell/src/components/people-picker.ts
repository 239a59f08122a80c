import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { api } from '../state/api.ts';
import { bootstrap, type PersonView } from '../state/bootstrap.ts';
import { learn, nameOf } from '../state/people.ts';
import { texts } from '../text/text.ts';
import { avatar } from './avatar.ts';
import { ShellElement } from './element.ts';
import { guestMark } from './guest-mark.ts';
import { icon } from './icon.ts';

const words = texts({
  sv: {
    hint: 'Skriv en del av namnet eller e-postadressen',
    none: 'Ingen heter så.',
    remove: (name: string) => `Ta bort ${name}`,
  },
  en: {
    hint: 'Type part of a name or e-mail address',
    none: 'Nobody is called that.',
    remove: (name: string) => `Remove ${name}`,
  },
});

const me = bootstrap.session.signedIn?.id;
const WAIT = 120;
let count = 0;

/** Chooses people by name. */
@customElement('vf-people-picker')
export class PeoplePickerElement extends ShellElement {
  @property() label = '';
  /** Whether one may choose oneself. */
  @property({ type: Boolean }) self = false;
  /** How many may be chosen. */
  @property({ type: Number }) most = 200;
  @state() chosen: readonly string[] = [];
  @state() private found: readonly PersonView[] = [];
  @state() private picked = 0;
  @state() private query = '';
  private readonly uid = `people-${++count}`;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override render(): TemplateResult {
    const open = this.found.length > 0;
    return html`<div class="field people-picker">
      <label for=${this.uid}>${this.label}</label>
      ${
        this.chosen.length > 0
          ? html`<ul class="chosen">
              ${this.chosen.map((id) => html`<li>${avatar(id, 's')} ${nameOf(id)}${guestMark(id)}<button type="button" class="icon-btn small" aria-label=${words.value.remove(nameOf(id))} @click=${() => this.drop(id)}>${icon('close')}</button></li>`)}
            </ul>`
          : nothing
      }
      <input
        class="input"
        id=${this.uid}
        role="combobox"
        autocomplete="off"
        aria-expanded=${open ? 'true' : 'false'}
        aria-controls="${this.uid}-list"
        aria-autocomplete="list"
        aria-activedescendant=${open ? `${this.uid}-${this.picked}` : nothing}
        placeholder=${words.value.hint}
        .value=${this.query}
        ?disabled=${this.chosen.length >= this.most}
        @input=${this.typed}
        @keydown=${this.keys}
        @blur=${() => (this.found = [])}
      />
      <ul class="options" id="${this.uid}-list" role="listbox" aria-label=${this.label} ?hidden=${!open}>
        ${this.found.map(
          ({ id, name }, i) =>
            html`<li
              role="option"
              id="${this.uid}-${i}"
              aria-selected=${i === this.picked ? 'true' : 'false'}
              @mousedown=${(event: Event) => (event.preventDefault(), this.add(i))}
            >
              ${avatar(id, 's')} ${name}${guestMark(id)}
            </li>`,
        )}
      </ul>
      <p class="hint" role="status">
        ${this.query.trim().length > 1 && !open && this.searched === this.query ? words.value.none : ''}
      </p>
    </div>`;
  }

  @state() private searched = '';

  private readonly typed = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(), WAIT);
  };

  private async search(): Promise<void> {
    const { query } = this;
    if (query.trim() === '') {
      this.found = [];
      return;
    }
    const people = await api.people.search.query({ text: query.trim(), limit: 8 }).catch(() => []);
    if (query !== this.query) return;
    learn(people);
    this.found = people.filter(({ id }) => (this.self || id !== me) && !this.chosen.includes(id));
    this.searched = query;
    this.picked = 0;
  }

  private add(index: number): void {
    const person = this.found[index];
    if (!person) return;
    this.chosen = [...this.chosen, person.id];
    this.query = '';
    this.found = [];
    this.dispatchEvent(new CustomEvent('vf-change', { bubbles: true }));
  }

  private drop(id: string): void {
    this.chosen = this.chosen.filter((each) => each !== id);
    this.dispatchEvent(new CustomEvent('vf-change', { bubbles: true }));
  }

  private readonly keys = (event: KeyboardEvent): void => {
    const { length } = this.found;
    if (event.key === 'Backspace' && this.query === '' && this.chosen.length > 0) this.drop(this.chosen.at(-1)!);
    if (length === 0) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
      this.picked = (this.picked + (event.key === 'ArrowDown' ? 1 : length - 1)) % length;
    else if (event.key === 'Enter') this.add(this.picked);
    else if (event.key === 'Escape') this.found = [];
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

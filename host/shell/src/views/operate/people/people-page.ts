import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { avatar } from '../../../components/avatar.ts';
import { icon } from '../../../components/icon.ts';
import { go } from '../../../router.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { learn } from '../../../state/people.ts';
import { texts } from '../../../text/text.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, failed, pageHead, tag, waiting } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { isInactive, kindOf, type PersonDetails, personWords } from './person-words.ts';

const words = texts({
  sv: {
    lead: 'De som får logga in. Var och en kommer in med en engångslänk som du lämnar över; ingen e‑post behövs.',
    search: 'Sök namn eller adress',
    show: 'Visa',
    shown: {
      all: 'Alla',
      members: 'Medarbetare',
      guests: 'Gäster',
      operators: 'Sköter driften',
      inactive: 'Avstängda',
    },
    none: 'Ingen passar',
    noneHint: 'Prova ett annat ord, eller visa alla.',
    showAll: 'Visa alla',
    more: 'Visa fler',
    loading: 'Hämtar fler …',
    list: 'Personer',
  },
  en: {
    lead: 'Those who may sign in. Each comes in by a one-time link that you hand over; no mail is needed.',
    search: 'Search name or address',
    show: 'Show',
    shown: { all: 'All', members: 'Members', guests: 'Guests', operators: 'Operators', inactive: 'Deactivated' },
    none: 'Nobody fits',
    noneHint: 'Try another word, or show all.',
    showAll: 'Show all',
    more: 'Show more',
    loading: 'Fetching more …',
    list: 'People',
  },
});

const PAGE = 50;
const WAIT = 200; // ms
type Shown = keyof typeof words.value.shown;

/** Everybody, searched and narrowed. */
@customElement('vf-people-page')
export class PeoplePageElement extends PageElement {
  @property({ attribute: false }) query: Readonly<Record<string, string>> = {};
  @state() private people: readonly PersonDetails[] | undefined;
  @state() private more = false;
  @state() private busy = false;
  @state() private failure: Failure | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Who has gone on to somebody's page is not brought back to the list by what they typed on it.
    clearTimeout(this.#timer);
  }

  protected override get heading(): string {
    return pageName('people');
  }

  private get show(): Shown {
    const wanted = this.query['show'] ?? 'all';
    return wanted in words.value.shown ? (wanted as Shown) : 'all';
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('query') as Readonly<Record<string, string>> | undefined;
    const same = before && before['text'] === this.query['text'] && before['show'] === this.query['show'];
    if (changed.has('query') && !same) void this.load();
  }

  override render(): TemplateResult {
    const add = html`<a class="btn primary" href=${paths.addPerson}>${icon('plus')} ${personWords.value.add}</a>`;
    return html`${pageHead({ title: this.heading, lead: words.value.lead, actions: add })} ${this.filters()}
    ${this.failure ? failed(this.failure, () => this.load()) : this.list()}`;
  }

  private filters(): TemplateResult {
    return html`<form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
      <div class="field grow">
        <label for="people-search">${words.value.search}</label>
        <input
          class="input"
          id="people-search"
          type="search"
          autocomplete="off"
          .defaultValue=${this.query['text'] ?? ''}
          @input=${this.typed}
        />
      </div>
      <div class="field">
        <label for="people-show">${words.value.show}</label>
        <select
          class="input"
          id="people-show"
          @change=${(event: Event) => this.narrow({ show: (event.target as HTMLSelectElement).value })}
        >
          ${Object.entries(words.value.shown).map(([value, label]) => html`<option value=${value} ?selected=${value === this.show}>${label}</option>`)}
        </select>
      </div>
    </form>`;
  }

  private list(): TemplateResult {
    if (this.people === undefined) return waiting(6);
    if (this.people.length === 0) {
      const all = html`<a class="btn" href=${paths.people}>${words.value.showAll}</a>`;
      return emptyPlace(words.value.none, words.value.noneHint, all);
    }
    return html`<ul class="rows" aria-label=${words.value.list}>
        ${this.people.map(row)}
      </ul>
      ${
        this.more
          ? html`<p class="last">
              <button class="btn" ?disabled=${this.busy} @click=${this.next}>
                ${this.busy ? words.value.loading : words.value.more}
              </button>
            </p>`
          : nothing
      }`;
  }

  private readonly typed = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.narrow({ text: value.trim() }), WAIT);
  };

  private narrow(query: Readonly<Record<string, string>>): void {
    const { show, text } = { ...this.query, ...query } as Record<string, string>;
    go(paths.peopleWith({ text, show: show === 'all' ? undefined : show }), { replace: true });
  }

  private async load(after?: PersonDetails): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const given = { text: this.query['text'] ?? '', show: this.show, limit: PAGE };
      const found = await api.people.list.query({
        ...given,
        ...(after ? { after: { name: after.name, id: after.id } } : {}),
      });
      if (turn !== this.#turn) return;
      learn(found);
      this.failure = undefined;
      this.people = after ? [...(this.people ?? []), ...found] : found;
      this.more = found.length === PAGE;
    } catch (error) {
      if (turn === this.#turn) this.failure = failureOf(error);
    }
    this.busy = false;
  }

  private readonly next = (): void => void this.load(this.people?.at(-1));
}

function row(person: PersonDetails): TemplateResult {
  const { id, name, email, operator, kind, disabledAt } = person;
  const gone = isInactive(person);
  return html`<li class="link-box ${gone ? 'gone' : ''}">
    ${avatar(id, 'm')}
    <div>
      <a href=${paths.person(id)}>${name}</a>
      <p class="quiet">${email}</p>
    </div>
    <span class="tags">
      ${operator ? tag(personWords.value.operator, 'good') : nothing}
      ${kind === 'guest' ? tag(kindOf(person), 'info') : nothing}
      ${gone ? tag(disabledAt === undefined ? personWords.value.ended : personWords.value.inactive, 'bad') : nothing}
    </span>
  </li>`;
}

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../../components/people-picker.ts';
import { dayHeading, startOfDay } from '../../../format/dates.ts';
import { go } from '../../../router.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { texts } from '../../../text/text.ts';
import { functions, groups } from '../data.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, failed, pageHead, waiting } from '../page-parts.ts';
import { paths } from '../paths.ts';
import './chain-check.ts';
import { type LogEntry, logEntry } from './log-entry.ts';
import { logWords } from './log-words.ts';

const words = texts({
  sv: {
    lead: 'Vem som gjorde vad, och när. Varje post är låst vid den före, så att en ändring i efterhand syns.',
    area: 'Visa',
    all: 'Allt',
    who: 'Av vem',
    since: 'Tid',
    times: { all: 'All tid', day: 'Senaste dygnet', week: 'Senaste veckan', month: 'Senaste 30 dagarna' },
    narrowed: 'Visar bara det som gäller en viss person eller sak.',
    clear: 'Visa allt',
    none: 'Inget passar',
    noneHint: 'Ta bort något av det du begränsat till.',
    more: 'Visa äldre',
    loading: 'Hämtar äldre …',
  },
  en: {
    lead: 'Who did what, and when. Each entry is locked to the one before, so that a later change shows.',
    area: 'Show',
    all: 'Everything',
    who: 'By whom',
    since: 'Time',
    times: { all: 'All time', day: 'The last day', week: 'The last week', month: 'The last 30 days' },
    narrowed: 'Showing only what concerns a certain person or thing.',
    clear: 'Show everything',
    none: 'Nothing fits',
    noneHint: 'Take away some of what you narrowed it to.',
    more: 'Show older',
    loading: 'Fetching older …',
  },
});

const PAGE = 50;
const DAY = 24 * 3_600_000;
const SPANS: Readonly<Record<string, number>> = { day: DAY, week: 7 * DAY, month: 30 * DAY };
type Query = Readonly<Record<string, string | undefined>>;

/** The audit trail, narrowed and paged, and whether it is as it was written. */
@customElement('vf-log-page')
export class LogPageElement extends PageElement {
  @property({ attribute: false }) query: Query = {};
  @state() private entries: readonly LogEntry[] | undefined;
  @state() private more = false;
  @state() private busy = false;
  @state() private failure: Failure | undefined;
  #turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void groups.refresh();
    void functions.refresh();
  }

  protected override get heading(): string {
    return pageName('log');
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('query') as Query | undefined;
    if (changed.has('query') && JSON.stringify(before) !== JSON.stringify(this.query)) void this.load();
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, lead: words.value.lead })}
      <vf-chain-check></vf-chain-check>
      ${this.filters()} ${this.query['target'] ? this.narrowed() : nothing}
      ${this.failure ? failed(this.failure, () => this.load()) : this.list()}`;
  }

  private filters(): TemplateResult {
    const { area, who, since, all, times } = words.value;
    return html`<form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
      ${this.select({ id: 'area', label: area, options: { '': all, ...logWords.value.areas } })}
      ${this.select({ id: 'since', label: since, options: { '': times.all, day: times.day, week: times.week, month: times.month } })}
      <vf-people-picker
        class="grow"
        .label=${who}
        .self=${true}
        .most=${1}
        .chosen=${this.query['actor'] ? [this.query['actor']] : []}
        @vf-change=${(event: Event) => this.narrow({ actor: (event.currentTarget as PeoplePickerElement).chosen[0] })}
      ></vf-people-picker>
    </form>`;
  }

  private select(given: {
    readonly id: 'area' | 'since';
    readonly label: string;
    readonly options: Readonly<Record<string, string>>;
  }): TemplateResult {
    const { id, label, options } = given;
    const chosen = this.query[id] ?? '';
    return html`<div class="field">
      <label for="log-${id}">${label}</label>
      <select
        class="input"
        id="log-${id}"
        @change=${(event: Event) => this.narrow({ [id]: (event.target as HTMLSelectElement).value })}
      >
        ${Object.entries(options).map(([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`)}
      </select>
    </div>`;
  }

  private narrowed(): TemplateResult {
    return html`<p class="quiet">
      ${words.value.narrowed}
      <button class="link" @click=${() => this.narrow({ target: undefined })}>${words.value.clear}</button>
    </p>`;
  }

  private list(): TemplateResult {
    const { entries } = this;
    if (entries === undefined) return waiting(8);
    if (entries.length === 0)
      return emptyPlace(
        words.value.none,
        words.value.noneHint,
        html`<a class="btn" href=${paths.log}>${words.value.clear}</a>`,
      );
    const days = Map.groupBy(entries, ({ at }) => startOfDay(at));
    return html`${[...days].map(
      ([day, each]) =>
        html`<section class="log-day">
          <h2>${dayHeading(day)}</h2>
          <ol class="log-list">
            ${each.map(logEntry)}
          </ol>
        </section>`,
    )}
    ${
      this.more
        ? html`<p class="last">
            <button class="btn" ?disabled=${this.busy} @click=${this.older}>
              ${this.busy ? words.value.loading : words.value.more}
            </button>
          </p>`
        : nothing
    }`;
  }

  private narrow(query: Query): void {
    go(paths.logWith({ ...this.query, ...query }), { replace: true });
  }

  private async load(before?: number): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const found = await api.system.audit.query({ limit: PAGE, before, ...this.given });
      if (turn !== this.#turn) return;
      this.failure = undefined;
      this.entries = before === undefined ? found : [...(this.entries ?? []), ...found];
      this.more = found.length === PAGE;
    } catch (error) {
      if (turn === this.#turn) this.failure = failureOf(error);
    }
    this.busy = false;
  }

  /** What is asked of the host; what an address says wrongly is left out. */
  private get given(): { area?: string; actor?: string; target?: string; since?: number } {
    const { area, actor, target, since } = this.query;
    const span = since ? SPANS[since] : undefined;
    return {
      ...(area && area in logWords.value.areas ? { area } : {}),
      ...(actor ? { actor } : {}),
      ...(target ? { target } : {}),
      ...(span ? { since: Date.now() - span } : {}),
    };
  }

  private readonly older = (): void => void this.load(this.entries?.at(-1)?.place);
}

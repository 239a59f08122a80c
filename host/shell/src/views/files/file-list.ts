import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { exactly, sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { avatar } from '../../components/avatar.ts';
import { editPath, filesPath } from '../../router.ts';
import { count, entries, readUpTo, sortBy, type Sorting, sorting } from '../../state/files/folder.ts';
import { editorsFor, editorsOf, watchEditors } from '../../state/office.ts';
import { nameOf } from '../../state/people.ts';
import { openFileMenu, runKey } from './file-menu.ts';
import { words as editing } from '../edit/words.ts';
import { iconOf } from './kinds.ts';
import { words } from './words.ts';

/** Height of a row, in pixels; as in the style sheet. */
const ROW = 46;
/** Rows that are drawn beyond the edges. */
const MORE = 12;

/** What is in a folder. Only the rows in sight are drawn, however many there are. */
@customElement('vf-file-list')
export class FileListElement extends ShellElement {
  @property() label = '';
  @property({ type: Boolean }) sortable = false;
  /** Where the list is, for links to the files in it. */
  @property({ attribute: false }) path: string | undefined;
  @state() private from = 0;
  @state() private until = 60;
  private readonly seen = new ResizeObserver(() => this.measure());

  override firstUpdated(): void {
    this.seen.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen.disconnect();
    this.unwatch();
  }

  private watched = '';
  private unwatch: () => void = () => undefined;

  /** Who has the files open that are in sight. */
  override updated(): void {
    const files = entries.value.slice(this.from, this.until).flatMap(({ id, kind }) => (kind === 'file' ? [id] : []));
    if (files.join() === this.watched) return;
    this.watched = files.join();
    const before = this.unwatch;
    this.unwatch = watchEditors(files);
    before();
  }

  private get scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.rows')!;
  }

  private readonly measure = (): void => {
    const { scrollTop, clientHeight } = this.scroller;
    this.from = Math.max(0, Math.floor(scrollTop / ROW) - MORE);
    this.until = Math.ceil((scrollTop + clientHeight) / ROW) + MORE;
    readUpTo(this.until);
  };

  override render(): TemplateResult {
    const total = Math.max(count.value ?? 0, entries.value.length);
    const { from } = this;
    const until = Math.min(total, this.until);
    const rows = Array.from({ length: Math.max(0, until - from) }, (_, i) => entries.value[from + i]);
    return html`<div class="columns" aria-hidden=${this.sortable ? nothing : 'true'}>
        ${this.column('name', words.value.name)} ${this.column('modified', words.value.modified)}
        ${this.column('size', words.value.size)}<span></span>
      </div>
      <div class="rows" @scroll=${this.measure} @keydown=${this.keys}>
        <ul aria-label="${this.label}, ${words.value.entries(total)}" .style=${`height:${total * ROW}px`}>
          ${rows.map((node, i) => this.row(node, from + i, total))}
        </ul>
      </div>`;
  }

  private column(sort: Sorting['sort'], label: string): TemplateResult {
    if (!this.sortable) return html`<span class=${sort}>${label}</span>`;
    const { sort: now, descending } = sorting.value;
    return html`<button class=${sort} aria-pressed=${now === sort ? 'true' : 'false'} @click=${() => sortBy(sort)}>
      ${label}${now === sort ? html`<span class="order ${descending ? 'down' : ''}">${icon('down')}</span>` : nothing}
    </button>`;
  }

  private row(node: DocumentNode | undefined, index: number, total: number): TemplateResult {
    const place = `top:${index * ROW}px`;
    if (!node) return html`<li class="entry waiting" .style=${place} aria-hidden="true"><i></i></li>`;
    const { id, kind, name, version, shared } = node;
    const at = version?.modifiedAt ?? node.createdAt;
    const opens = kind === 'file' && editorsFor(name).length > 0;
    const to = kind === 'folder' ? filesPath(id) : opens ? editPath(id) : filesPath(this.path, { file: id });
    return html`<li
      class="entry"
      .style=${place}
      aria-setsize=${total}
      aria-posinset=${index + 1}
      data-node=${id}
      @contextmenu=${(event: Event) => (event.preventDefault(), this.menu(event, node))}
    >
      <a class="name" href=${to} data-index=${index}>
        ${icon(iconOf(node))}<span class="text">${name}</span>
        ${kind === 'folder' ? html`<span class="visually-hidden">, ${words.value.folder}</span>` : nothing}
        ${shared ? html`<span class="mark" title=${words.value.isShared}>${icon('people')}<span class="visually-hidden">, ${words.value.isShared}</span></span>` : nothing}
        ${kind === 'file' ? this.editors(id) : nothing}
      </a>
      <span class="modified" title="${exactly(at)}, ${nameOf(version?.savedBy ?? node.createdBy)}">${sayWhen(at)}</span>
      <span class="size">${version ? sizeOf(version.size) : ''}</span>
      <button
        class="icon-btn"
        aria-label=${words.value.actionsFor(name)}
        aria-haspopup="menu"
        @click=${(event: Event) => this.menu(event, node)}
      >
        ${icon('more')}
      </button>
    </li>`;
  }

  private editors(file: string): TemplateResult | typeof nothing {
    const people = editorsOf(file);
    if (people.length === 0) return nothing;
    const said = editing.value.editing(people.map(nameOf).join(', '));
    return html`<span class="editing" title=${said}>
      ${people.slice(0, 3).map((person) => avatar(person, 's'))}<span class="visually-hidden">, ${said}</span>
    </span>`;
  }

  private menu(event: Event, node: DocumentNode): void {
    const row = (event.currentTarget as HTMLElement).closest('.entry')!;
    openFileMenu(row.querySelector('button')!, node);
  }

  private readonly keys = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('.entry');
    const index = Number(row?.querySelector<HTMLElement>('.name')?.dataset['index']);
    if (!row || Number.isNaN(index)) return;
    const node = entries.value[index];
    if (node && runKey(event, node)) return event.preventDefault();
    const last = Math.max(count.value ?? 0, entries.value.length) - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: last,
      PageDown: index + 10,
      PageUp: index - 10,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    void this.focusRow(Math.max(0, Math.min(last, next)));
  };

  /** A row out of sight is drawn first. */
  private async focusRow(index: number): Promise<void> {
    const { scroller } = this;
    const top = index * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + ROW - scroller.clientHeight;
    this.measure();
    await this.updateComplete;
    this.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  }
}

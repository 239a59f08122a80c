import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { editPath, filesPath } from '../../router.ts';
import {
  count,
  entryAt,
  lookAt,
  placeOf,
  placeOfName,
  sortBy,
  type Sorting,
  sorting,
} from '../../state/files/folder.ts';
import {
  anchorAt,
  chooseAll,
  chooseNone,
  chooseOnly,
  chosenCount,
  chooseTo,
  isChosen,
  toggle,
} from '../../state/files/selection.ts';
import { editorsFor, watchEditors } from '../../state/office.ts';
import { rowOf, tileOf } from './file-entry.ts';
import { openFileMenu, runKey } from './file-menu.ts';
import { geometryOf, inSight, scrolledTo, stepOf, styleOf, wholeHeight } from './geometry.ts';
import './selection-bar.ts';
import { Typed } from './typed.ts';
import { words } from './words.ts';

/** Rows that are drawn beyond the edges. */
const MORE = 6;

/** What is in a folder, as a list or as tiles. Only what is in sight is drawn, however many there are. */
@customElement('vf-file-list')
export class FileListElement extends ShellElement {
  @property() label = '';
  @property({ type: Boolean }) sortable = false;
  /** Where the list is, for links to the files in it. */
  @property({ attribute: false }) path: string | undefined;
  /** Words that were searched for, where that is what the list is of. */
  @property({ attribute: false }) within: { readonly words?: string } = {};
  @property() view: 'list' | 'tiles' = 'list';
  @state() private width = 0;
  @state() private from = 0;
  @state() private until = 60;
  /** The entry that the tab key comes to. */
  @state() private reached = 0;
  /** The entry that has the focus, or had it last. */
  private focused = 0;
  /** The entry that is to have the focus when it is known. */
  private awaited: number | undefined;
  /** The name that is gone to. */
  private sought: string | undefined;
  private readonly typed = new Typed();
  private readonly seen = new ResizeObserver(() => this.measure());

  override firstUpdated(): void {
    this.seen.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen.disconnect();
    this.unwatch();
    this.watched = '';
    chooseNone();
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('view') && changed.get('view') !== undefined) this.measure();
    if (this.awaited !== undefined) this.focusAwaited();
    this.watchInSight();
  }

  private watched = '';
  private unwatch: () => void = () => undefined;

  /** Follows who has the files open that are in sight. */
  private watchInSight(): void {
    const inSight = Array.from({ length: Math.max(0, this.until - this.from) }, (_, i) => entryAt(this.from + i));
    const files = inSight.flatMap((node) => (node?.kind === 'file' ? [node.id] : []));
    if (files.join() === this.watched) return;
    this.watched = files.join();
    const before = this.unwatch;
    this.unwatch = watchEditors(files);
    before();
  }

  private get scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.rows')!;
  }

  private get geometry() {
    return geometryOf(this.view, this.width);
  }

  private readonly measure = (): void => {
    const { scrollTop, clientHeight, clientWidth } = this.scroller;
    this.width = clientWidth;
    [this.from, this.until] = inSight(this.geometry, { top: scrollTop, room: clientHeight, more: MORE });
    lookAt(this.from, this.until);
  };

  override render(): TemplateResult {
    const total = count.value ?? 0;
    const { geometry, view } = this;
    return html`${this.bar()}
      <div
        class="rows ${view} ${chosenCount.value > 0 ? 'choosing' : ''}"
        @scroll=${this.measure}
        @keydown=${this.keys}
        @focusin=${this.arrived}
        @click=${this.clicked}
      >
        <ul
          aria-label="${this.label}, ${words.value.entries(total)}"
          .style=${`height:${wholeHeight(geometry, total)}px`}
        >
          ${repeat(
            this.drawn(total),
            (index) => index,
            (index) => this.entry(index, total),
          )}
        </ul>
      </div>`;
  }

  /** What is in sight; and, wherever they are, the one with the focus and the one that is to have it, or it would be lost. */
  private drawn(total: number): readonly number[] {
    const [from, until] = [Math.min(this.from, Math.max(0, total - 1)), Math.min(total, this.until)];
    const inside = Array.from({ length: Math.max(0, until - from) }, (_, i) => from + i);
    const beside = [this.reached, this.focused].map((index) => Math.min(index, total - 1));
    return [...new Set([...inside, ...beside.filter((index) => index >= 0)])].toSorted((a, b) => a - b);
  }

  private entry(index: number, total: number): TemplateResult {
    const node = entryAt(index);
    return (this.view === 'list' ? rowOf : tileOf)({
      ...{ node, index, total, place: styleOf(this.geometry, index) },
      href: node ? this.hrefOf(node) : '',
      chosen: node !== undefined && isChosen(node.id),
      reached: index === Math.min(this.reached, total - 1),
      menu: (event) => this.menu(event, node!),
      choose: (event) => this.choose(event as MouseEvent, node!, index),
    });
  }

  /** A file that can be edited is opened in its editor; another one is looked at. */
  private hrefOf({ id, kind, name }: DocumentNode): string {
    if (kind === 'folder') return filesPath(id);
    return editorsFor(name).length > 0 ? editPath(id) : filesPath(this.path, { ...this.within, file: id });
  }

  private bar(): TemplateResult {
    if (chosenCount.value > 0) return html`<vf-selection-bar></vf-selection-bar>`;
    return html`<div class="columns ${this.view}" aria-hidden=${this.sortable ? nothing : 'true'}>
      <span class="choice"></span>
      ${this.column('name', words.value.name)} ${this.column('modified', words.value.modified)}
      ${this.column('size', words.value.size)}<span></span>
    </div>`;
  }

  private column(sort: Sorting['sort'], label: string): TemplateResult {
    if (!this.sortable) return html`<span class=${sort}>${label}</span>`;
    const { sort: now, descending } = sorting.value;
    return html`<button class=${sort} aria-pressed=${now === sort ? 'true' : 'false'} @click=${() => sortBy(sort)}>
      ${label}${now === sort ? html`<span class="order ${descending ? 'down' : ''}">${icon('down')}</span>` : nothing}
    </button>`;
  }

  private menu(event: Event, node: DocumentNode): void {
    const row = (event.currentTarget as HTMLElement).closest('.entry')!;
    openFileMenu(row.querySelector('button')!, node);
  }

  private choose(event: MouseEvent, node: DocumentNode, index: number): void {
    event.stopPropagation();
    if (event.shiftKey) void chooseTo(index);
    else toggle(node, index);
  }

  private readonly arrived = (event: FocusEvent): void => {
    const index = this.indexAt(event.target);
    if (index !== undefined) [this.reached, this.focused] = [index, index];
  };

  /** With Ctrl or Shift a click chooses; without, it opens where it meets a name, and chooses where it does not. */
  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const index = this.indexAt(target);
    const node = index === undefined ? undefined : entryAt(index);
    if (!node || target.closest('button, label')) return;
    const byKey = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!byKey && target.closest('a')) return;
    event.preventDefault();
    if (event.shiftKey) void chooseTo(index!);
    else if (byKey) toggle(node, index!);
    else chooseOnly(node, index!);
    void this.focusEntry(index!);
  };

  private indexAt(target: EventTarget | null): number | undefined {
    const link = (target as HTMLElement).closest('.entry')?.querySelector<HTMLElement>('.name');
    return link ? Number(link.dataset['index']) : undefined;
  }

  private readonly keys = (event: KeyboardEvent): void => {
    const index = this.indexAt(event.target);
    const node = index === undefined ? undefined : entryAt(index);
    if (!node || index === undefined) return;
    if (runKey(event, node) || this.chooseByKey(event, node, index) || this.goByKey(event, index))
      event.preventDefault();
    else if (!(event.target as HTMLElement).matches('a')) return;
    else if (this.typed.take(event)) {
      event.preventDefault();
      void this.goToName(this.typed.said);
    }
  };

  private chooseByKey(event: KeyboardEvent, node: DocumentNode, index: number): boolean {
    const { key, ctrlKey, metaKey } = event;
    if (key === 'a' && (ctrlKey || metaKey)) void chooseAll();
    else if (key === 'Escape' && chosenCount.peek() > 0) chooseNone();
    else if (key === ' ' && this.typed.said === '' && (event.target as HTMLElement).matches('a')) toggle(node, index);
    else return false;
    return true;
  }

  private goByKey({ key, shiftKey }: KeyboardEvent, index: number): boolean {
    const { columns, height } = this.geometry;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / height) - 1);
    const next = stepOf(key, index, { columns, page, total: count.peek() ?? 0 });
    if (next === undefined) return false;
    if (shiftKey && chosenCount.peek() === 0) anchorAt(index);
    if (shiftKey) void chooseTo(next);
    void this.focusEntry(next);
    return true;
  }

  /** Of what is typed while the list is asked, only the last is asked for next. */
  private async goToName(said: string): Promise<void> {
    const under = this.sought !== undefined;
    this.sought = said;
    if (under) return;
    for (let asked: string | undefined; asked !== this.sought;) {
      asked = this.sought;
      const place = await placeOfName(asked).catch(() => undefined);
      if (place !== undefined && asked === this.sought) await this.focusEntry(place);
    }
    this.sought = undefined;
  }

  /** Gives an entry the focus, where it is known. */
  focusNode(id: string): void {
    const place = placeOf(id);
    if (place !== undefined) void this.focusEntry(place);
  }

  /** What is out of sight is drawn first; what is not known yet has the focus as soon as it is. */
  private async focusEntry(index: number): Promise<void> {
    const { scroller } = this;
    [this.reached, this.awaited] = [index, index];
    scroller.scrollTop = scrolledTo(this.geometry, index, { top: scroller.scrollTop, room: scroller.clientHeight });
    this.measure();
    await this.updateComplete;
    this.focusAwaited();
  }

  private focusAwaited(): void {
    const link = this.querySelector<HTMLElement>(`[data-index="${this.awaited}"]`);
    if (!link) return;
    this.awaited = undefined;
    link.focus({ preventScroll: true });
  }
}

import { VirtualizerController, type Virtualizer } from '@tanstack/lit-virtual';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { createRef, ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { paint } from '../../components/paint.ts';
import { dayHeading } from '../../format/dates.ts';
import { explain } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { markRead, roomById, roomName, unreadIn } from '../../state/chat/rooms.ts';
import { outgoing } from '../../state/chat/sending.ts';
import { type Timeline, type TimelineState, timelineOf } from '../../state/chat/timeline.ts';
import { firstFrame, firstFrameDrawn } from '../../state/first-frame.ts';
import { text } from '../../text/text.ts';
import { actByKey, rowByKey } from './message-keys.ts';
import { messageBody, type MessageContext, outgoingBody } from './message.ts';
import { News } from './news.ts';
import { roomBeginning } from './room-beginning.ts';
import { estimate, lastScreen, sizeOf } from './row-heights.ts';
import { type Row, rowsOf } from './rows.ts';
import './composer.ts';

const me = bootstrap.session.signedIn?.id ?? '';
const NEAR_EDGE = 12;
const SKELETON_AFTER = 150;
/** Frames until rows that came into view have been measured, and what follows from it is drawn. */
const FRAMES_TO_MEASURE = 3;
/** Rows that are drawn beyond the edges, so that scrolling finds them there. */
const OVERSCAN = 8;

/** The messages of a room or of a thread: as many rows as fit are in the page, however many there are. */
@customElement('vf-message-list')
export class MessageListElement extends ShellElement {
  @property() room = '';
  @property() thread: string | undefined;
  /** A message to show, and to point at. */
  @property() message: string | undefined;
  @state() private editing: string | undefined;
  @state() private focused: string | undefined;
  @state() private slow = false;

  private readonly scroller = createRef<HTMLElement>();
  /** The field from which the change was asked for; without one it was asked for at the message. */
  private askedFrom: HTMLElement | undefined;
  private timeline: Timeline | undefined;
  private rows: readonly Row[] = [];
  private news = new News('');
  /** The place of the last message that was there while the end was in view. */
  private seenSeq = 0;
  private toEnd = false;
  private shownEpoch = -1;
  /** Whether the place to begin at has been scrolled to; before that, where it stands means nothing. */
  private settled = false;
  /** Whether there was more after the rows that were drawn the last time. */
  private moreThen = false;
  private slowTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly controller = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    getScrollElement: () => (this.flat ? null : (this.scroller.value ?? null)),
    estimateSize: (index) => estimate(this.rows[index]),
    measureElement: sizeOf,
    getItemKey: (index) => this.rows[index]?.key ?? index,
    // What the header and the composer leave: measured only once it is drawn.
    initialRect: { width: 800, height: innerHeight - 160 },
    initialOffset: () => this.begin(),
    overscan: 1,
    paddingStart: 16,
    paddingEnd: 12,
    anchorTo: 'end',
    scrollEndThreshold: 120,
  });

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.noteRead);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.noteRead);
    clearTimeout(this.slowTimer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('room') || changed.has('thread')) this.arrive();
    else if (changed.has('message') && this.message)
      void this.timeline?.loadAround(this.message).then(() => this.point());
  }

  private arrive(): void {
    this.timeline = timelineOf(this.room, this.thread);
    this.news = new News(this.room, this.thread);
    this.seenSeq = this.news.readUpTo;
    this.shownEpoch = -1;
    this.settled = false;
    this.rows = [];
    this.editing = undefined;
    this.focused = undefined;
    if (this.message) void this.timeline.loadAround(this.message).then(() => this.point());
    else if (!this.timeline.known || this.timeline.state.peek().hasAfter) void this.timeline.loadLatest();
    this.slow = false;
    clearTimeout(this.slowTimer);
    this.slowTimer = setTimeout(() => (this.slow = true), SKELETON_AFTER);
  }

  private get virtual(): Virtualizer<HTMLElement, HTMLElement> {
    return this.controller.getVirtualizer();
  }

  override render(): TemplateResult {
    const state = this.timeline!.state.value;
    const room = roomById(this.room);
    this.news.follow(state, { looking: this.watching, marked: this.firstNew !== -1 });
    const mine = outgoing.value.filter((each) => each.room === this.room && each.thread === this.thread);
    this.rows = rowsOf({
      ...state,
      outgoing: mine,
      readUpTo: this.news.readUpTo,
      me,
      showBeginning: !this.thread && state.epoch > 0,
    });
    const { virtual } = this;
    virtual.setOptions({
      ...virtual.options,
      count: this.rows.length,
      overscan: firstFrameDrawn() ? OVERSCAN : 1,
      // While rows are measured for the first time, the end must not draw away what is pointed at.
      anchorTo: this.message !== undefined && !this.settled ? 'start' : 'end',
      // What was left out before, and is read now, was not appended.
      followOnAppend: this.settled && !this.moreThen,
    });
    this.moreThen = state.hasAfter;
    const { flat } = this;
    if (!flat) this.keepHeights();
    const items = flat ? lastScreen(this.rows) : virtual.getVirtualItems();
    const label = this.thread ? text.value.thread : text.value.messagesIn(room ? roomName(room) : '');
    return html`${this.firstNewAbove(state) ? html`<div class="over"><button class="btn first-new" @click=${this.toFirstNew}>${text.value.newBelow(this.news.count)} · ${text.value.showFirstNew}</button></div>` : nothing}
      <div class="log ${flat ? 'flat' : ''}" ${ref(this.scroller)} @scroll=${this.noteRead} tabindex="-1">
        ${state.epoch === 0 ? this.waiting(state.failure ? explain(state.failure) : undefined) : nothing}
        <div
          class="rows"
          role="feed"
          aria-label=${label}
          aria-busy=${state.loading ? 'true' : 'false'}
          ${paint({ height: flat ? '' : `${virtual.getTotalSize()}px` })}
          @keydown=${this.keys}
          @focusin=${this.noteFocus}
        >
          ${repeat(
            items,
            ({ key }) => key,
            ({ index, start }) =>
              html`<div
                class="row-at"
                data-index=${index}
                ${ref(flat ? undefined : this.measure)}
                ${paint({ transform: flat ? '' : `translateY(${start}px)` })}
              >
                ${this.row(this.rows[index]!, index)}
              </div>`,
          )}
        </div>
      </div>
      ${state.failure && state.epoch > 0 ? html`<p class="notice bad edge" role="status">${explain(state.failure)} <button class="link" @click=${() => this.timeline?.reload()}>${text.value.tryAgain}</button></p>` : nothing}
      ${state.hasAfter || !this.atEnd ? this.latest(state) : nothing}`;
  }

  private latest({ messages, hasAfter }: TimelineState): TemplateResult {
    const room = this.thread === undefined ? roomById(this.room) : undefined;
    const below = messages.filter(({ seq, author }) => seq > this.seenSeq && author !== me).length;
    const count = hasAfter ? (room ? unreadIn(room) : 0) : below;
    return html`<div class="over">
      <button class="btn latest" @click=${() => this.showLatest()}>
        ${icon('down')} ${count > 0 ? `${text.value.newBelow(count)} · ` : ''}${text.value.jumpToLatest}
      </button>
    </div>`;
  }

  /** Whether the last rows stand one below the other, with nothing to scroll and nothing measured: as the first frame has them. */
  private get flat(): boolean {
    return this.message === undefined && !firstFrameDrawn();
  }

  /** What the first frame has drawn needs no guess: it stays where it is. */
  private keepHeights(): void {
    for (const row of this.querySelectorAll<HTMLElement>('.log.flat .row-at'))
      this.virtual.resizeItem(Number(row.dataset['index']), row.offsetHeight);
  }

  /** Where the list begins, in pixels from its top: the end, wherever that is; a message that is pointed at is scrolled to from the top. */
  private begin(): number {
    if (this.message !== undefined) return 0;
    const drawn = this.scroller.value;
    return drawn ? Math.max(0, this.virtual.getTotalSize() - drawn.clientHeight) : 1e9;
  }

  private get looking(): boolean {
    return this.settled && this.watching;
  }

  /** Whether what arrives comes into view: where the list begins at its end, also before it has come to rest there. */
  private get watching(): boolean {
    const begins = this.settled || this.message === undefined;
    return begins && document.visibilityState === 'visible' && this.atEnd;
  }

  private get firstNew(): number {
    return this.rows.findIndex((row) => row.kind === 'message' && row.firstNew);
  }

  /** Whether the first new message stands further up than what is in view. */
  private firstNewAbove(state: TimelineState): boolean {
    const { range } = this.virtual;
    return this.settled && range !== null && this.news.isUnseenAbove(state, this.firstNew, range.startIndex);
  }

  private readonly toFirstNew = async (): Promise<void> => {
    const timeline = this.timeline!;
    const more = () => this.news.isAbove(timeline.state.peek()) && !timeline.state.peek().failure;
    this.news.seen();
    while (timeline === this.timeline && more()) await timeline.loadBefore();
    await this.updateComplete;
    if (this.firstNew >= 0) await this.goTo(this.firstNew, 'start');
  };

  private waiting(failure: string | undefined): TemplateResult | typeof nothing {
    if (failure)
      return html`<div class="empty" role="status">
        <p>${failure}</p>
        <button class="btn" @click=${() => this.timeline?.loadLatest()}>${text.value.tryAgain}</button>
      </div>`;
    if (!this.slow) return nothing;
    return html`<div class="skeleton" role="status" aria-label=${text.value.loading}>
      ${[1, 2, 3, 4].map(() => html`<div><i></i><b></b><b></b></div>`)}
    </div>`;
  }

  private row(row: Row, index: number): TemplateResult {
    if (row.kind === 'beginning') return roomBeginning(this.room);
    const { key, day, compact } = row;
    const sent = row.kind === 'message' ? row.message.sentAt : row.message.at;
    const position = { setsize: this.timeline!.state.peek().hasBefore ? -1 : this.rows.length, posinset: index + 1 };
    const pointed = key === this.message;
    const current = this.focused === undefined ? index === this.rows.length - 1 : this.focused === key;
    return html`${day ? html`<div class="day">${dayHeading(sent)}</div>` : nothing}
      ${row.kind === 'message' && row.firstNew ? html`<div class="new">${text.value.newMessages}</div>` : nothing}
      <article
        class="msg ${compact ? 'compact' : ''} ${pointed ? 'pointed' : ''}"
        data-key=${key}
        tabindex=${current ? '0' : '-1'}
        aria-setsize=${position.setsize}
        aria-posinset=${position.posinset}
      >
        ${row.kind === 'message' ? messageBody(row.message, this.contextOf(row)) : outgoingBody(row.message, compact)}
      </article>`;
  }

  private contextOf({ compact, message }: Row & { kind: 'message' }): MessageContext {
    return {
      compact,
      thread: this.thread,
      editing: this.editing === message.id,
      onEdit: (id) => this.edit(id),
      editor: () =>
        html`<vf-composer
          .room=${this.room}
          .editing=${message}
          @vf-done=${() => this.stopEditing(message.id)}
        ></vf-composer>`,
    };
  }

  private edit(id: string | undefined, askedFrom?: HTMLElement): void {
    this.editing = id;
    this.askedFrom = askedFrom;
  }

  private stopEditing(id: string): void {
    const back = this.askedFrom?.isConnected ? this.askedFrom : undefined;
    this.edit(undefined);
    void this.updateComplete.then(() => (back ?? this.querySelector<HTMLElement>(`[data-key="${id}"]`))?.focus());
  }

  /** Begins to change the last message that the reader wrote; after it they are back in the field. */
  editLast(askedFrom: HTMLElement): void {
    const index = this.rows.findLastIndex(
      (each) => each.kind === 'message' && each.message.author === me && each.message.deletedAt === undefined,
    );
    if (index === -1) return;
    this.edit(this.rows[index]!.key, askedFrom);
    this.virtual.scrollToIndex(index, { align: 'auto' });
  }

  private readonly measure = (element: Element | undefined): void => {
    if (element) this.virtual.measureElement(element as HTMLElement);
  };

  override updated(): void {
    const { epoch, hasAfter } = this.timeline!.state.peek();
    if (epoch !== this.shownEpoch && epoch > 0) {
      this.shownEpoch = epoch;
      const pointed = !this.toEnd && this.rows.some(({ key }) => key === this.message);
      this.toEnd = false;
      this.settle(pointed ? 'message' : hasAfter ? 'stay' : 'end');
    }
    const { range } = this.virtual;
    if (range && epoch > 0 && this.settled) {
      if (range.startIndex < NEAR_EDGE) void this.timeline!.loadBefore();
      if (range.endIndex > this.rows.length - NEAR_EDGE) void this.timeline!.loadAfter();
    }
    this.noteRead();
  }

  /** Goes to where the reader is to begin. */
  private settle(where: 'message' | 'end' | 'stay'): void {
    this.settled = false;
    requestAnimationFrame(async () => {
      await firstFrame;
      await this.updateComplete;
      if (where === 'message') await this.toMessage();
      else if (where === 'end') await this.goTo(this.rows.length - 1, 'end');
      else await nextFrame();
      this.settled = true;
      this.requestUpdate();
    });
  }

  private get atEnd(): boolean {
    const element = this.scroller.value;
    return !element || !this.settled || element.scrollHeight - element.scrollTop - element.clientHeight < 160;
  }

  private point(): void {
    requestAnimationFrame(() => void this.toMessage());
  }

  private async toMessage(): Promise<void> {
    const index = this.rows.findIndex(({ key }) => key === this.message);
    if (index >= 0) await this.goTo(index, 'center');
  }

  /** Scrolls to a row, and again once the rows there have been measured. */
  private async goTo(index: number, align: 'start' | 'center' | 'end'): Promise<void> {
    const key = this.rows[index]?.key;
    for (let frame = 0; frame < FRAMES_TO_MEASURE; frame++) {
      const now = this.rows.findIndex((row) => row.key === key);
      if (now >= 0) this.virtual.scrollToIndex(now, { align });
      await nextFrame();
    }
  }

  /** Goes to the end, and shows the newest there. */
  async showLatest(): Promise<void> {
    this.toEnd = this.timeline!.state.peek().hasAfter;
    if (this.toEnd) await this.timeline!.loadLatest();
    await this.updateComplete;
    this.virtual.scrollToIndex(this.rows.length - 1, { align: 'end' });
  }

  /** What is in view at the end of the room, while the page is looked at, has been read. */
  private readonly noteRead = (): void => {
    if (!this.looking) return;
    const { messages, hasAfter, epoch } = this.timeline!.state.peek();
    const last = messages.at(-1);
    if (!last || hasAfter || epoch === 0) return;
    this.seenSeq = last.seq;
    // Messages in threads have places too; whoever has read the room to its end is not left with them unread.
    const seq = Math.max(last.seq, roomById(this.room)?.lastSeq ?? 0);
    if (!this.thread) markRead(this.room, { id: last.id, seq });
  };

  private readonly noteFocus = (event: FocusEvent): void => {
    const article = (event.target as HTMLElement).closest<HTMLElement>('article');
    if (article) this.focused = article.dataset['key'];
  };

  private readonly keys = (event: KeyboardEvent): void => {
    const article = event.target as HTMLElement;
    if (article.localName !== 'article') return;
    const index = this.rows.findIndex(({ key }) => key === article.dataset['key']);
    const to = rowByKey(event.key, index, this.rows.length);
    const row = this.rows[index];
    if (to !== undefined) {
      event.preventDefault();
      void this.focusRow(to);
    } else if (row?.kind === 'message') actByKey(event, row.message, this.contextOf(row));
  };

  /** Moves the focus to the last message. */
  focusLast(): void {
    if (this.rows.length > 0) void this.focusRow(this.rows.length - 1);
  }

  private async focusRow(index: number): Promise<void> {
    const { key } = this.rows[index]!;
    this.focused = key;
    this.virtual.scrollToIndex(index, { align: 'auto' });
    await this.updateComplete;
    requestAnimationFrame(() => this.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true }));
  }
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Message, Room } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { exactly, sayWhen } from '../../format/dates.ts';
import { plainText } from '../../format/plain-text.ts';
import { chatPath, route } from '../../router.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { roomById, roomName } from '../../state/chat/rooms.ts';
import { forgetSearch, searchEverywhere, searchWords } from '../../state/chat/search.ts';
import { nameOf } from '../../state/people.ts';
import { texts } from '../../text/text.ts';

const words = texts({
  sv: {
    find: 'Sök i meddelanden',
    here: 'Bara i det här rummet',
    none: 'Inget hittades. Prova färre eller andra ord.',
    more: 'Visa fler',
    hint: 'Skriv ett eller flera ord. Sätt citattecken runt det som ska stå tillsammans.',
  },
  en: {
    find: 'Search messages',
    here: 'In this room only',
    none: 'Nothing was found. Try fewer or other words.',
    more: 'Show more',
    hint: 'Type one or more words. Put quotation marks around what belongs together.',
  },
});

const WAIT = 150;
const PAGE = 25;

/** A search over messages, in one room or in all of the reader's. */
@customElement('vf-room-search')
export class RoomSearchElement extends ShellElement {
  @property({ attribute: false }) room: Room | undefined;
  @state() private found: readonly Message[] | undefined;
  @state() private more = false;
  @state() private failure: Failure | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked for last, and where. */
  private asked = '';

  private get query(): string {
    return searchWords.value;
  }

  private get hereOnly(): boolean {
    return this.room !== undefined && !searchEverywhere.value;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const here = route.peek();
    if (here.view !== 'chat' || !here.thread) forgetSearch();
  }

  override firstUpdated(): void {
    this.querySelector('input')?.focus();
  }

  /** Asks again where the words, or the place, are not those of what is shown. */
  override updated(): void {
    const asked = JSON.stringify([this.query.trim(), this.hereOnly && this.room?.id]);
    if (asked === this.asked) return;
    this.asked = asked;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(false), WAIT);
  }

  override render(): TemplateResult {
    return html`<div class="panel-body search">
      <input
        class="input"
        type="search"
        aria-label=${words.value.find}
        placeholder=${words.value.find}
        .value=${this.query}
        @input=${this.typed}
      />
      ${this.room ? html`<label class="check"><input type="checkbox" .checked=${this.hereOnly} @change=${this.scoped} /> ${words.value.here}</label>` : nothing}
      <div role="status" aria-live="polite">${this.outcome()}</div>
      <ul class="hits">
        ${this.found?.map((message) => html`<li>${this.hit(message)}</li>`)}
      </ul>
      ${this.more ? html`<button class="btn" @click=${() => this.search(true)}>${words.value.more}</button>` : nothing}
    </div>`;
  }

  private outcome(): TemplateResult | typeof nothing {
    if (this.failure) return html`<p class="notice bad">${explain(this.failure)}</p>`;
    if (this.found === undefined) return html`<p class="hint">${words.value.hint}</p>`;
    return this.found.length === 0 ? html`<p class="hint">${words.value.none}</p>` : nothing;
  }

  private hit(message: Message): TemplateResult {
    const room = roomById(message.room);
    const path = message.thread
      ? chatPath(message.room, { message: message.thread, thread: message.thread })
      : chatPath(message.room, { message: message.id, panel: 'search' });
    return html`<a class="hit" href=${path}>
      ${avatar(message.author, 's')}
      <span class="who"
        ><strong>${nameOf(message.author)}</strong>
        <time title=${exactly(message.sentAt)}>${sayWhen(message.sentAt)}</time
        >${this.hereOnly || !room ? nothing : html` · ${roomName(room)}`}</span
      >
      <span class="said">${marked(plainText(message.text, nameOf), this.query)}</span>
    </a>`;
  }

  private readonly typed = (event: Event): void => {
    searchWords.value = (event.target as HTMLInputElement).value;
  };

  private readonly scoped = (event: Event): void => {
    searchEverywhere.value = !(event.target as HTMLInputElement).checked;
  };

  private async search(more: boolean): Promise<void> {
    const query = this.query.trim();
    if (query === '') {
      this.found = undefined;
      this.more = false;
      return;
    }
    const last = more ? this.found?.at(-1) : undefined;
    const scope = this.hereOnly && this.room ? { room: this.room.id } : {};
    try {
      const { messages } = await api.chat.searchMessages.query({
        query,
        limit: PAGE,
        ...scope,
        ...(last ? { before: { sentAt: last.sentAt, id: last.id } } : {}),
      });
      if (query !== this.query.trim()) return;
      this.found = [...(last ? (this.found ?? []) : []), ...messages];
      this.more = messages.length === PAGE;
      this.failure = undefined;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}

const AROUND = 60;

/** The part of a text in which the words stand, with the words marked. */
function marked(text: string, query: string): TemplateResult {
  const wanted = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const lower = text.toLowerCase();
  const first = Math.max(
    0,
    Math.min(...wanted.map((word) => (lower.includes(word) ? lower.indexOf(word) : Infinity)).filter(Number.isFinite)),
  );
  const from = Number.isFinite(first) ? Math.max(0, first - AROUND) : 0;
  const shown = `${from > 0 ? '…' : ''}${text.slice(from, from + 220)}${text.length > from + 220 ? '…' : ''}`;
  const pieces = wanted.length === 0 ? [shown] : shown.split(new RegExp(`(${wanted.join('|')})`, 'iu'));
  return html`${pieces.map((piece, i) => (i % 2 === 1 ? html`<mark>${piece}</mark>` : piece))}`;
}

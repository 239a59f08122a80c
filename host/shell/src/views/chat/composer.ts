import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { MESSAGE_TEXT_LIMIT } from '@valfri/sdk/chat';
import type { Message } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { guestMark } from '../../components/guest-mark.ts';
import { icon, type IconName } from '../../components/icon.ts';
import { plainText, shortened } from '../../format/plain-text.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { firstFrameDrawn } from '../../state/first-frame.ts';
import { type Draft, drafts, draftKey, keepDraft } from '../../state/chat/drafts.ts';
import { roomById, roomName } from '../../state/chat/rooms.ts';
import { send } from '../../state/chat/sending.ts';
import { changeMessage, shownMessage } from '../../state/chat/timeline.ts';
import { sayTyping } from '../../state/chat/typing.ts';
import { documentFeatures } from '../../state/features.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { preferences } from '../../state/preferences.ts';
import { text } from '../../text/text.ts';
import { openEmojiPicker } from './emoji.ts';
import { findPeople, type Found } from './find-people.ts';

const EMPTY: Draft = { text: '', mentions: {} };

/** Where one writes: a new message, or, with `editing`, a change to one that stands. */
@customElement('vf-composer')
export class ComposerElement extends ShellElement {
  @property() room = '';
  @property() thread: string | undefined;
  @property({ attribute: false }) editing: Message | undefined;
  @state() private edited: Draft | undefined;
  @state() private found: readonly Found[] = [];
  @state() private picked = 0;

  private get key(): string {
    return draftKey(this.room, this.thread);
  }

  private get draft(): Draft {
    return this.editing ? (this.edited ?? EMPTY) : (drafts.value[this.key] ?? EMPTY);
  }

  private set draft(draft: Draft) {
    if (this.editing) this.edited = draft;
    else keepDraft(this.key, draft);
  }

  private get area(): HTMLTextAreaElement {
    return this.querySelector('textarea')!;
  }

  /** Puts the focus where one writes, at the end of what is written. */
  async focusField(): Promise<void> {
    await this.updateComplete;
    this.area.focus();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('editing') && this.editing) this.edited = readable(this.editing);
    if (changed.has('room')) this.found = [];
  }

  override updated(changed: PropertyValues<this>): void {
    grow(this.area);
    if (changed.has('editing') && this.editing) {
      this.area.focus();
      this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    }
  }

  override render(): TemplateResult {
    const room = roomById(this.room);
    const { draft } = this;
    const name = room ? roomName(room) : '';
    const label = this.editing ? text.value.edit : this.thread ? text.value.reply : text.value.writeTo(name);
    const over = written(draft).length - MESSAGE_TEXT_LIMIT;
    return html`<div class="compose" data-composer=${this.editing ? 'edit' : (this.thread ?? 'room')}>
      ${draft.replyTo && !this.editing ? this.quote(draft.replyTo) : nothing}
      ${this.found.length > 0 ? this.people() : nothing}
      ${draft.attachments?.length ? this.attached(draft.attachments) : nothing}
      <textarea
        rows="1"
        aria-label=${label}
        placeholder=${label}
        aria-autocomplete="list"
        aria-controls=${this.found.length > 0 ? 'mention-list' : nothing}
        aria-activedescendant=${this.found.length > 0 ? `mention-${this.picked}` : nothing}
        .value=${draft.text}
        @input=${this.typed}
        @keydown=${this.keys}
        @blur=${() => (this.found = [])}
        @paste=${this.pasted}
      ></textarea>
      ${over > 0 ? html`<p class="over" role="status">${text.value.messageTooLong(over)}</p>` : nothing}
      <div class="bar">
        <div class="format" role="group" aria-label=${text.value.formatting}>
          ${firstFrameDrawn() ? this.formatButtons() : nothing}
          ${firstFrameDrawn() && this.canAttach ? this.formatButton('attach', text.value.attach, (event) => void this.openAttaching(event)) : nothing}
        </div>
        ${this.editing ? html`<button class="btn" @click=${this.done}>${text.value.cancel}</button>` : nothing}
        <button class="btn primary" ?disabled=${isEmpty(draft) || over > 0} @click=${this.submit}>
          ${this.editing ? text.value.save : text.value.send}
        </button>
      </div>
    </div>`;
  }

  private quote(id: string): TemplateResult {
    const original = shownMessage(id);
    return html`<div class="quote">
      ${icon('reply')}<strong
        >${text.value.replyingTo(original ? nameOf(original.author) : text.value.unknownPerson)}</strong
      >
      <span>${original ? shortened(plainText(original.text, nameOf), 100) : ''}</span>
      <button
        class="icon-btn"
        aria-label=${text.value.cancel}
        @click=${() => (this.draft = { ...this.draft, replyTo: undefined })}
      >
        ${icon('close')}
      </button>
    </div>`;
  }

  private get canAttach(): boolean {
    return !this.editing && documentFeatures.value !== undefined && bootstrap.session.signedIn?.kind !== 'guest';
  }

  private attached(attachments: Message['attachments']): TemplateResult {
    void import('./attached-files.ts');
    return html`<vf-attached-files
      .room=${this.room}
      .attachments=${attachments}
      @vf-change=${this.changeAttachments}
    ></vf-attached-files>`;
  }

  private readonly changeAttachments = ({ detail }: CustomEvent<Message['attachments']>): void => {
    this.draft = { ...this.draft, attachments: detail };
  };

  private async openAttaching(event: Event): Promise<void> {
    const anchor = event.currentTarget as HTMLElement;
    (await import('./attaching.ts')).openAttachMenu(anchor, (found) => this.attach(found));
  }

  private attach(found: Message['attachments']): void {
    const known = this.draft.attachments ?? [];
    const others = found.filter(({ urn }) => !known.some((each) => each.urn === urn));
    this.draft = { ...this.draft, attachments: [...known, ...others].slice(0, 20) };
    this.area.focus();
  }

  /** Files that are dropped on a room, or pasted, are uploaded and linked to. */
  async takeFiles(files: readonly File[]): Promise<void> {
    if (!this.canAttach || files.length === 0) return;
    (await import('./attaching.ts')).uploadHere(files, this.room, (found) => this.attach(found));
  }

  private readonly pasted = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!this.canAttach || files.length === 0 || event.clipboardData?.types.includes('text/plain')) return;
    event.preventDefault();
    void this.takeFiles(files);
  };

  private people(): TemplateResult {
    return html`<ul class="mention-list" id="mention-list" role="listbox" aria-label=${text.value.mention}>
      ${this.found.map(
        ({ id, name }, i) =>
          html`<li
            role="option"
            id="mention-${i}"
            aria-selected=${i === this.picked ? 'true' : 'false'}
            @mousedown=${(event: Event) => (event.preventDefault(), this.mention(i))}
          >
            ${avatar(id, 's')} ${name}${guestMark(id)}
          </li>`,
      )}
    </ul>`;
  }

  private formatButtons(): TemplateResult {
    return html`${this.formatButton('bold', text.value.bold, () => this.wrap('**'))}
    ${this.formatButton('italic', text.value.italic, () => this.wrap('_'))}
    ${this.formatButton('code', text.value.code, () => this.wrap('`'))}
    ${this.formatButton('link', text.value.link, () => this.wrapLink())}
    ${this.formatButton('emoji', text.value.emoji, (event) => void openEmojiPicker(event.currentTarget as HTMLElement, (emoji) => this.insert(emoji)))}
    ${this.formatButton('mention', text.value.mention, () => this.insert('@'))}`;
  }

  private formatButton(name: IconName, label: string, run: (event: Event) => void): TemplateResult {
    return html`<button
      class="icon-btn"
      aria-label=${label}
      title=${label}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private readonly typed = (): void => {
    const { value } = this.area;
    this.draft = { ...this.draft, text: value };
    if (!this.editing) sayTyping(this.room, value.trim() !== '');
    void this.look();
  };

  /** Looks for people where a name is being written after an at sign. */
  private async look(): Promise<void> {
    const { value, selectionStart } = this.area;
    const [, query] = /(?:^|[\s(])@([\p{L}\p{N} .'-]{0,40})$/u.exec(value.slice(0, selectionStart)) ?? [];
    const found = query === undefined ? [] : await findPeople(this.room, query);
    if (this.area.value !== value) return;
    this.found = found;
    this.picked = 0;
  }

  private mention(index: number): void {
    const person = this.found[index];
    const { area } = this;
    if (!person) return;
    const before = area.value.slice(0, area.selectionStart).replace(/@[^@]*$/, `@${person.name} `);
    const value = before + area.value.slice(area.selectionStart);
    this.draft = { ...this.draft, text: value, mentions: { ...this.draft.mentions, [person.name]: person.id } };
    this.found = [];
    this.put(value, before.length);
  }

  private readonly keys = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (this.found.length > 0 && this.keysInList(event)) return;
    const enterSends = preferences.value.enterSends !== false;
    const sends =
      event.key === 'Enter' && !event.altKey && (event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey));
    if (sends) {
      event.preventDefault();
      void this.submit();
    } else if (event.key === 'Escape' && (this.editing || this.draft.replyTo)) {
      event.stopPropagation();
      if (this.editing) this.done();
      else this.draft = { ...this.draft, replyTo: undefined };
    } else if (event.key === 'ArrowUp' && this.area.value === '' && !this.editing) {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('vf-edit-last', { bubbles: true }));
    } else if (event.ctrlKey || event.metaKey) this.shortcut(event);
  };

  private shortcut(event: KeyboardEvent): void {
    const marks: Readonly<Record<string, string>> = { b: '**', i: '_', e: '`' };
    const mark = marks[event.key.toLowerCase()];
    if (!mark || event.shiftKey) return;
    event.preventDefault();
    this.wrap(mark);
  }

  private keysInList(event: KeyboardEvent): boolean {
    const { length } = this.found;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
      this.picked = (this.picked + (event.key === 'ArrowDown' ? 1 : length - 1)) % length;
    else if (event.key === 'Enter' || event.key === 'Tab') this.mention(this.picked);
    else if (event.key === 'Escape') this.found = [];
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private wrap(mark: string): void {
    const { value, selectionStart, selectionEnd } = this.area;
    const chosen = value.slice(selectionStart, selectionEnd);
    const next = `${value.slice(0, selectionStart)}${mark}${chosen}${mark}${value.slice(selectionEnd)}`;
    this.put(next, selectionStart + mark.length, selectionEnd + mark.length);
  }

  private wrapLink(): void {
    const { value, selectionStart, selectionEnd } = this.area;
    const chosen = value.slice(selectionStart, selectionEnd) || text.value.link.toLowerCase();
    const next = `${value.slice(0, selectionStart)}[${chosen}](https://)${value.slice(selectionEnd)}`;
    const at = selectionStart + chosen.length + 3 + 8;
    this.put(next, at);
  }

  private insert(piece: string): void {
    const { value, selectionStart, selectionEnd } = this.area;
    const space = piece === '@' && selectionStart > 0 && !/\s/.test(value[selectionStart - 1]!) ? ' ' : '';
    const next = value.slice(0, selectionStart) + space + piece + value.slice(selectionEnd);
    this.put(next, selectionStart + space.length + piece.length);
    if (piece === '@') void this.look();
  }

  private put(value: string, start: number, end: number = start): void {
    const { area } = this;
    area.value = value;
    this.draft = { ...this.draft, text: value };
    area.focus();
    area.setSelectionRange(start, end);
    grow(area);
  }

  private readonly submit = async (): Promise<void> => {
    const { draft } = this;
    const source = written(draft);
    if (isEmpty(draft) || source.length > MESSAGE_TEXT_LIMIT) return;
    const mentions = [...new Set(source.match(/(?<=<@)[0-9a-f-]{36}(?=>)/g) ?? [])];
    if (this.editing) return this.saveEdit(this.editing, source, mentions);
    const { replyTo, attachments } = draft;
    this.draft = EMPTY;
    sayTyping(this.room, false);
    send({ room: this.room, text: source, mentions, attachments, replyTo, thread: this.thread });
    this.dispatchEvent(new CustomEvent('vf-sent', { bubbles: true }));
    this.area.focus();
  };

  private async saveEdit(message: Message, source: string, mentions: string[]): Promise<void> {
    this.done();
    if (source === message.text) return;
    changeMessage(message.id, (known) => ({ ...known, text: source, mentions, editedAt: Date.now() }));
    try {
      await api.chat.editMessage.mutate({ room: message.room, message: message.id, text: source, mentions });
    } catch (error) {
      changeMessage(message.id, () => message);
      tell(explain(failureOf(error)), { kind: 'bad' });
    }
  }

  private readonly done = (): void => {
    this.dispatchEvent(new CustomEvent('vf-done'));
  };
}

function isEmpty({ text: said, attachments }: Draft): boolean {
  return said.trim() === '' && !attachments?.length;
}

/** A draft as it is sent: with ids where names stand. The longest names first, so that none is taken for part of another. */
function written({ text: source, mentions }: Draft): string {
  const names = Object.keys(mentions).sort((a, b) => b.length - a.length);
  return names.reduce((done, name) => done.replaceAll(`@${name}`, `<@${mentions[name]}>`), source);
}

/** A message as it is changed: with names where ids stand. */
function readable({ text: source }: Message): Draft {
  const mentions: Record<string, string> = {};
  const readableText = source.replace(/<@([0-9a-f-]{36})>/g, (_, id: string) => {
    mentions[nameOf(id)] = id;
    return `@${nameOf(id)}`;
  });
  return { text: readableText, mentions };
}

/** As high as what is written, within what the style allows. */
function grow(area: HTMLTextAreaElement | null): void {
  if (!area || CSS.supports('field-sizing', 'content')) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

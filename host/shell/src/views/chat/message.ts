import { html, nothing, type TemplateResult } from 'lit';
import type { Message } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { icon } from '../../components/icon.ts';
import { openMenu, type MenuItem } from '../../components/menu.ts';
import { exactly, sayWhen, timeOf } from '../../format/dates.ts';
import { plainText, shortened } from '../../format/plain-text.ts';
import { chatPath } from '../../router.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { discard, type Outgoing, retry } from '../../state/chat/sending.ts';
import { shownMessage } from '../../state/chat/timeline.ts';
import { explain } from '../../state/api.ts';
import { firstFrameDrawn } from '../../state/first-frame.ts';
import { guestMark } from '../../components/guest-mark.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import { openEmojiPicker } from './emoji.ts';
import {
  beginReply,
  copyLink,
  copyText,
  deleteMessage,
  openThread,
  possibleWith,
  toggleReaction,
} from './message-actions.ts';
import { messageText } from './message-text.ts';

const me = bootstrap.session.signedIn?.id ?? '';

/** How a message is drawn where it stands. */
export interface MessageContext {
  readonly compact: boolean;
  /** Id of the thread in which it is shown; absent in the room itself. */
  readonly thread: string | undefined;
  readonly editing: boolean;
  /** Called with the id of the message whose text is to be changed, or with nothing to stop. */
  readonly onEdit: (id: string | undefined) => void;
  /** The composer in which it is changed. */
  readonly editor: () => TemplateResult;
}

/** What is inside a message's `<article>`. */
export function messageBody(message: Message, context: MessageContext): TemplateResult {
  const { author, sentAt, editedAt, deletedAt, attachments, replies } = message;
  const deleted = deletedAt !== undefined;
  return html`
    ${context.compact ? html`<time class="aside" datetime=${new Date(sentAt).toISOString()} title=${inFull(sentAt)}>${timeOf(sentAt)}</time>` : avatar(author, 'l')}
    <div class="content">
      ${message.replyTo ? quote(message) : nothing}
      ${context.compact ? html`<span class="visually-hidden">${nameOf(author)}</span>` : heading(author, sentAt, context.thread)}
      ${context.editing ? context.editor() : deleted ? html`<p class="tombstone">${text.value.deleted}</p>` : html`<div class="text">${messageText(message.text)}${editedAt ? html`<span class="edited" title=${inFull(editedAt)}>(${text.value.edited})</span>` : nothing}</div>`}
      ${attachments.map((each) => fileCard(each, message.room))}
      ${message.reactions.length > 0 ? reactions(message, context) : nothing}
      ${replies && context.thread === undefined ? threadLink(message) : nothing}
    </div>
    ${context.editing || !firstFrameDrawn() ? nothing : toolbar(message, context)}
  `;
}

/** Date and time for whoever points at them; nobody does before there is anything. */
function inFull(at: number): string | typeof nothing {
  return firstFrameDrawn() ? exactly(at) : nothing;
}

function heading(author: string, at: number, thread?: string): TemplateResult {
  return html`<div class="who" role="heading" aria-level=${thread === undefined ? 2 : 3}>
    ${nameOf(author)}${guestMark(author)}<time datetime=${new Date(at).toISOString()} title=${inFull(at)}
      >${timeOf(at)}</time
    >
  </div>`;
}

/** What a message links to; drawn in full once that part of the shell has come. */
function fileCard({ urn, title }: Message['attachments'][number], room: string): TemplateResult {
  void import('./file-card.ts');
  return html`<vf-file-card class="card" urn=${urn} name=${title} room=${room}></vf-file-card>`;
}

function quote({ room, replyTo }: Message): TemplateResult {
  const original = shownMessage(replyTo!);
  const said = original
    ? original.deletedAt === undefined
      ? shortened(plainText(original.text, nameOf), 140)
      : text.value.deleted
    : text.value.originalGone;
  return html`<a class="quote" href=${chatPath(room, { message: replyTo! })}>
    ${icon('reply')}${original ? html`<strong>${nameOf(original.author)}</strong>` : nothing}<span>${said}</span>
  </a>`;
}

function reactions(message: Message, { thread }: MessageContext): TemplateResult {
  const can = possibleWith(message, thread !== undefined).react;
  return html`<div class="chips" role="group" aria-label=${text.value.reactions}>
    ${message.reactions.map(({ emoji, people }) => {
      const names = people.map((person) => (person === me ? text.value.you.toLowerCase() : nameOf(person))).join(', ');
      return html`<button
        class="chip"
        aria-pressed=${people.includes(me) ? 'true' : 'false'}
        aria-label="${text.value.reactedWith(emoji, names)}, ${people.length}"
        title=${text.value.reactedWith(emoji, names)}
        ?disabled=${!can}
        @click=${() => toggleReaction(message, emoji)}
      >
        <span class="emoji">${emoji}</span> ${people.length}
      </button>`;
    })}
    ${
      can
        ? html`<button
            class="chip add"
            aria-label=${text.value.react}
            title=${text.value.react}
            @click=${(event: Event) => pickReaction(event, message)}
          >
            ${icon('emoji')}
          </button>`
        : nothing
    }
  </div>`;
}

function threadLink(message: Message): TemplateResult {
  const { count, lastAt } = message.replies!;
  return html`<a class="thread-link" href=${chatPath(message.room, { thread: message.id })}>
    ${text.value.replies(count)} · ${text.value.lastReply(sayWhen(lastAt))}
  </a>`;
}

function toolbar(message: Message, context: MessageContext): TemplateResult {
  const can = possibleWith(message, context.thread !== undefined);
  const button = (name: Parameters<typeof icon>[0], label: string, run: (event: Event) => void) =>
    html`<button class="icon-btn" tabindex="-1" aria-label=${label} title=${label} @click=${run}>
      ${icon(name)}
    </button>`;
  return html`<div class="tools" role="toolbar" aria-label=${text.value.moreActions}>
    ${can.react ? button('emoji', text.value.react, (event) => pickReaction(event, message)) : nothing}
    ${can.reply ? button('reply', text.value.reply, () => reply(message, context)) : nothing}
    ${can.thread ? button('thread', text.value.startThread, () => openThread(message)) : nothing}
    ${button('more', text.value.moreActions, (event) => {
      const anchor = event.currentTarget as HTMLElement;
      openMenu({ anchor, label: text.value.moreActions, items: menuItems(message, context, anchor) });
    })}
  </div>`;
}

/** Everything that can be done with a message, for its menu and its keys; what it opens stands beside the anchor. */
export function menuItems(message: Message, context: MessageContext, anchor: HTMLElement): readonly MenuItem[] {
  const can = possibleWith(message, context.thread !== undefined);
  const words = text.value;
  const items: (MenuItem | false)[] = [
    can.react && { label: words.react, icon: 'emoji', keys: '+', run: () => pickReaction(anchor, message) },
    can.reply && { label: words.reply, icon: 'reply', keys: 'R', run: () => reply(message, context) },
    can.thread && { label: words.startThread, icon: 'thread', keys: 'T', run: () => openThread(message) },
    can.edit && { label: words.edit, icon: 'edit', keys: 'E', run: () => context.onEdit(message.id) },
    message.deletedAt === undefined && { label: words.copyText, icon: 'copy', run: () => void copyText(message) },
    { label: words.copyLink, icon: 'link', keys: 'L', run: () => void copyLink(message) },
    can.delete && { label: words.delete, icon: 'trash', keys: 'Del', danger: true, run: () => deleteMessage(message) },
  ];
  return items.filter((item) => item !== false);
}

function reply(message: Message, { thread }: MessageContext): void {
  beginReply(message, thread);
  document.querySelector<HTMLTextAreaElement>(`[data-composer="${thread ?? 'room'}"] textarea`)?.focus();
}

/** Lets the reader choose an emoji to put on a message. */
function pickReaction(event: Event | HTMLElement, message: Message): void {
  const anchor = event instanceof HTMLElement ? event : (event.currentTarget as HTMLElement);
  void openEmojiPicker(anchor, (emoji) => void toggleReaction(message, emoji));
}

/** What is inside the `<article>` of a message that is on its way. */
export function outgoingBody(message: Outgoing, compact: boolean): TemplateResult {
  const { id, at, failure } = message;
  const state = failure
    ? html`<p class="failed" role="status">
        ${icon('warning')} ${text.value.notSent} ${explain(failure)}
        <button class="link" @click=${() => retry(id)}>${text.value.tryAgain}</button>
        <button class="link" @click=${() => discard(id)}>${text.value.discard}</button>
      </p>`
    : nothing;
  return html`
    ${compact ? html`<span class="aside"></span>` : avatar(me, 'l')}
    <div class="content">
      ${compact ? nothing : heading(me, at)}
      <div class="text ${failure ? '' : 'pending'}">${messageText(message.text)}</div>
      ${message.attachments?.map((each) => fileCard(each, message.room))} ${state}
    </div>
  `;
}

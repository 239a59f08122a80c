import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import type { MarkdownContext } from '../../format/markdown.ts';
import { plainParagraphs } from '../../format/plain-text.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { firstFrame } from '../../state/first-frame.ts';
import { roomById, roomName } from '../../state/chat/rooms.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';

const me = bootstrap.session.signedIn?.id;

const context: MarkdownContext = {
  mention: (person) => html`<mark class=${person === me ? 'mention me' : 'mention'}>@${nameOf(person)}</mark>`,
  ownLink(href) {
    const url = new URL(href);
    if (url.origin !== location.origin) return undefined;
    const [, id, message] = /^\/chat\/([0-9a-f-]{36})(\/[0-9a-f-]{36})?/.exec(url.pathname) ?? [];
    const room = id === undefined ? undefined : roomById(id);
    if (!room) return html`<a href=${url.pathname + url.search}>${href}</a>`;
    return html`<a class="room-link" href=${url.pathname + url.search}
      >${room.kind === 'channel' ? '#' : ''}${roomName(room)}${message ? ` › ${text.value.openInRoom.toLowerCase()}` : ''}</a
    >`;
  },
};

/** When what draws the marks could not be loaded, in milliseconds. */
const RETRY = 2_000;
const markdown = signal<typeof import('../../format/markdown.ts') | undefined>(undefined);
void firstFrame.then(loadMarkdown);

function loadMarkdown(): void {
  import('../../format/markdown.ts').then(
    (module) => (markdown.value = module),
    () => setTimeout(loadMarkdown, RETRY),
  );
}

const drawn = new Map<string, TemplateResult>();
const MOST_KEPT = 500;

/**
 * A message's text, drawn; without its marks until what draws them has been loaded, so that it can be read at once.
 * Texts that were drawn before are not parsed again; names in them still follow their people.
 */
export function messageText(source: string): TemplateResult {
  if (!markdown.value)
    return html`${plainParagraphs(source, nameOf).map((lines) => html`<p class="plain">${lines}</p>`)}`;
  const { renderMarkdown } = markdown.value;
  if (source.includes('<@') || source.includes(location.origin)) return renderMarkdown(source, context);
  const known = drawn.get(source);
  if (known) return known;
  const made = renderMarkdown(source, context);
  drawn.set(source, made);
  if (drawn.size > MOST_KEPT) drawn.delete(drawn.keys().next().value!);
  return made;
}

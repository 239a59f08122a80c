import { html, type TemplateResult } from 'lit';
import type { Room } from '@valfri/sdk';
import { colourOf, initialsOf, nameOf } from '../state/people.ts';
import { otherIn } from '../state/chat/rooms.ts';
import { paint } from './paint.ts';

/**
 * A person's initials in their colour. The name stands beside it, so they are drawn by the style sheet and are no text.
 */
export function avatar(person: string, size: 's' | 'm' | 'l' = 'm'): TemplateResult {
  return html`<span
    class="avatar ${size}"
    aria-hidden="true"
    data-initials=${initialsOf(nameOf(person))}
    ${paint({ '--c': colourOf(person) })}
  ></span>`;
}

/** What stands before a room's name. */
export function roomMark(room: Room): TemplateResult {
  if (room.kind === 'direct') return avatar(otherIn(room) ?? room.id, 's');
  if (room.kind === 'channel') return html`<span class="hash" aria-hidden="true">#</span>`;
  if (room.name === '')
    return html`<span
      class="avatar s"
      aria-hidden="true"
      data-initials=${room.memberCount}
      ${paint({ '--c': colourOf(room.id) })}
    ></span>`;
  return html`<span class="hash" aria-hidden="true"
    ><svg class="icon" viewBox="0 0 24 24"><path d="M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3"></path></svg
  ></span>`;
}

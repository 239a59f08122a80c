import { html, type TemplateResult } from 'lit';
import { roomById, roomName } from '../../state/chat/rooms.ts';
import { text } from '../../text/text.ts';

/** What stands above the first message of a room: whose it is, and what it is for. */
export function roomBeginning(id: string): TemplateResult {
  const room = roomById(id);
  const name = room ? roomName(room) : '';
  const [title, hint] =
    room?.kind === 'direct'
      ? [text.value.beginningDirect(name), text.value.beginningDirectHint]
      : room?.kind === 'channel'
        ? [text.value.beginning(name), text.value.beginningChannelHint]
        : [room?.name === '' ? text.value.beginningGroup(name) : text.value.beginning(name), text.value.beginningHint];
  return html`<article class="beginning" data-key="beginning" tabindex="-1" aria-setsize="-1" aria-posinset="1">
    <h2>${title}</h2>
    <p>${hint}</p>
  </article>`;
}

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Room } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { chatPath } from '../../router.ts';
import { roomName } from '../../state/chat/rooms.ts';
import { text } from '../../text/text.ts';
import './room-details.ts';
import './room-search.ts';

/** What is beside a room: a thread, its members and details, or a search. */
@customElement('vf-side-panel')
export class SidePanelElement extends ShellElement {
  @property({ attribute: false }) room: Room | undefined;
  @property() thread: string | undefined;
  @property() panel: 'details' | 'search' | undefined;

  override render(): TemplateResult {
    const { room, thread, panel } = this;
    if (!room) return html``;
    const title = thread ? text.value.thread : panel === 'search' ? text.value.search : text.value.showMembers;
    return html`<div class="panel-header">
        <h2 title=${roomName(room)}>${title} <small>${roomName(room)}</small></h2>
        <a class="icon-btn" href=${chatPath(room.id)} aria-label=${text.value.close} title=${text.value.close}
          >${icon('close')}</a
        >
      </div>
      ${thread ? this.inThread(room, thread) : panel === 'search' ? html`<vf-room-search .room=${room}></vf-room-search>` : html`<vf-room-details .room=${room}></vf-room-details>`}`;
  }

  private inThread(room: Room, thread: string): TemplateResult {
    return html`<vf-message-list .room=${room.id} .thread=${thread}></vf-message-list>
      ${room.archivedAt === undefined ? html`<vf-composer .room=${room.id} .thread=${thread}></vf-composer>` : nothing}`;
  }
}

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Room } from '@valfri/sdk';
import { roomMark } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { chatPath } from '../../router.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { drafts } from '../../state/chat/drafts.ts';
import {
  directRooms,
  loadRooms,
  mentionsIn,
  namedRooms,
  roomName,
  roomsFailure,
  roomsKnown,
  unreadIn,
} from '../../state/chat/rooms.ts';
import { chatFeatures } from '../../state/features.ts';
import { preferences } from '../../state/preferences.ts';
import { text } from '../../text/text.ts';
import { openPalette } from '../palette/open-palette.ts';

const guest = bootstrap.session.signedIn?.kind === 'guest';

/** The reader's rooms and conversations. */
@customElement('vf-room-list')
export class RoomListElement extends ShellElement {
  @property() current = '';

  override render(): TemplateResult {
    return html`<div class="side-header">
        ${this.current === '' ? html`<h1>${text.value.chat}</h1>` : html`<p class="h1">${text.value.chat}</p>`}
        <button class="find" @click=${() => openPalette()}>
          ${icon('search')}<span>${text.value.searchOrGo}</span><kbd>Ctrl K</kbd>
        </button>
      </div>
      <div class="sections" @keydown=${this.move}>${this.content()}</div>`;
  }

  private content(): TemplateResult {
    if (chatFeatures.value === undefined) return html`<p class="empty-list">${text.value.chatNotSet}</p>`;
    if (!roomsKnown.value && roomsFailure.value) return this.failed();
    const [named, direct] = [namedRooms.value, directRooms.value];
    const empty = roomsKnown.value && named.length + direct.length === 0;
    return html`
      ${this.section(text.value.rooms, text.value.newRoom, 'room', named)}
      ${guest ? nothing : html`<button class="row quiet" @click=${() => this.openDialog('browse')}>${icon('search')}<span>${text.value.browseChannels}</span></button>`}
      ${empty ? html`<p class="empty-list"><strong>${text.value.roomsEmpty}</strong>${guest ? nothing : html`<span>${text.value.roomsEmptyHint}</span>`}</p>` : nothing}
      ${this.section(text.value.direct, text.value.newDirect, 'direct', direct)}
    `;
  }

  private failed(): TemplateResult {
    return html`<div class="empty-list" role="status">
      <strong>${text.value.chatUnavailable}</strong><span>${text.value.chatUnavailableHint}</span>
      <button class="btn" @click=${() => loadRooms()}>${text.value.tryAgain}</button>
    </div>`;
  }

  private section(title: string, add: string, kind: 'room' | 'direct', rooms: readonly Room[]): TemplateResult {
    return html`<section aria-label=${title}>
      <h2>
        ${title}${guest ? nothing : html`<button class="icon-btn small" aria-label=${add} title=${add} @click=${() => this.openDialog(kind)}>${icon('plus')}</button>`}
      </h2>
      <ul>
        ${rooms.map((room) => html`<li>${this.row(room)}</li>`)}
      </ul>
    </section>`;
  }

  private row(room: Room): TemplateResult {
    const [unread, mentions] = [unreadIn(room), mentionsIn(room)];
    const muted = preferences.value.mutedRooms?.includes(room.id) ?? false;
    const current = room.id === this.current;
    const loud = unread > 0 && !muted && !current;
    const hasDraft = !current && drafts.value[room.id] !== undefined;
    return html`<a
      class="row ${loud ? 'unread' : ''} ${muted ? 'muted' : ''}"
      href=${chatPath(room.id)}
      aria-current=${current ? 'page' : nothing}
    >
      ${roomMark(room)}<span>${roomName(room)}</span>
      ${room.archivedAt === undefined ? nothing : html`<small>${text.value.archived}</small>`}
      ${hasDraft ? html`<small title=${text.value.draft}>${icon('edit')}<span class="visually-hidden">${text.value.draft}</span></small>` : nothing}
      ${loud ? html`<em class=${mentions > 0 || room.kind === 'direct' ? 'strong' : ''}><span aria-hidden="true">${mentions > 0 ? '@' : ''}${unread > 99 ? '99+' : unread}</span><span class="visually-hidden">${text.value.unread(unread)}${mentions > 0 ? `, ${text.value.mentioned(mentions)}` : ''}</span></em>` : nothing}
    </a>`;
  }

  private async openDialog(kind: 'room' | 'direct' | 'browse'): Promise<void> {
    const { openRoomDialog } = await import('./room-dialogs.ts');
    openRoomDialog(kind);
  }

  private readonly move = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const rows = [...this.querySelectorAll<HTMLElement>('.row')];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (at === -1) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus();
  };
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Room } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { resizer } from '../../components/resizer.ts';
import { chatPath, go, route as latest, type Route, visits } from '../../router.ts';
import { api, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { putRoom, roomById, roomName, roomsKnown } from '../../state/chat/rooms.ts';
import { typingIn } from '../../state/chat/typing.ts';
import { chatFeatures } from '../../state/features.ts';
import { roomToWrite } from '../../state/keyboard.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { changePreferences, preferences } from '../../state/preferences.ts';
import { narrow } from '../../state/viewport.ts';
import { text } from '../../text/text.ts';
import type { ComposerElement } from './composer.ts';
import './composer.ts';
import type { MessageListElement } from './message-list.ts';
import './message-list.ts';
import './room-list.ts';

type ChatRoute = Extract<Route, { view: 'chat' }>;

/** The visit that has been answered with the focus. */
let visited = 0;

/** When what is beside a room could not be loaded, in milliseconds. */
const RETRY = 2_000;

/** Loads what is beside a room; without a connection, as soon as there is one. */
function loadPanel(told = false): void {
  import('./side-panel.ts').catch(() => {
    if (!told) tell(text.value.errorOffline, { kind: 'bad' });
    setTimeout(() => loadPanel(true), RETRY);
  });
}

/** Chat: the rooms, the room that is open, and what is beside it. */
@customElement('vf-chat-view')
export class ChatViewElement extends ShellElement {
  @property({ attribute: false }) route: ChatRoute = { view: 'chat' };
  @property({ type: Boolean }) missing = false;
  /** Whether files are held over the room. */
  @state() private dragging = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('route')) return;
    this.missing = false;
    const { room } = this.route;
    if (room && !roomById(room)) void this.lookFor(room);
    if (room && roomById(room) && preferences.peek().lastRoom !== room) changePreferences({ lastRoom: room });
    if (this.route.thread || this.route.panel || this.route.file) loadPanel();
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.route !== latest.peek()) return; // drawn once more when it is told of where the reader is now
    const came = visits.value !== visited;
    visited = visits.value;
    const { room, message, thread, panel, file } = this.route;
    const before = changed.get('route');
    const elsewhere = before !== undefined && before.room !== room;
    if (!room || message || thread || panel || file || !(elsewhere || (came && !this.inMain)) || !roomToWrite()) return;
    void this.querySelector<ComposerElement>('main > vf-composer')?.focusField();
  }

  private get inMain(): boolean {
    return document.activeElement?.closest('main') !== null;
  }

  /** A link may lead to a channel that the reader has not joined: it is shown, with the offer to join. */
  private async lookFor(id: string): Promise<void> {
    try {
      const { room } = await api.chat.getRoom.query({ room: id });
      if (room.role) putRoom(room);
      else if (this.route.room === id) this.offered = room;
      this.requestUpdate();
    } catch (error) {
      if (failureOf(error).code === 'NOT_FOUND' && this.route.room === id) this.missing = true;
    }
  }

  private offered: Room | undefined;

  override render(): TemplateResult {
    void visits.value; // whoever chooses the room they are in has chosen it too
    const { room: id, thread, panel, file } = this.route;
    const room = id === undefined ? undefined : roomById(id);
    const panelOpen = room ? (thread ?? panel ?? file) !== undefined : id === undefined && panel === 'search';
    const shown = id === undefined ? 'list' : panelOpen ? 'panel' : 'room';
    return html`<div class="chat" data-shown=${shown}>
      <div class="side" role=${narrow.value && shown === 'list' ? 'main' : 'navigation'} aria-label=${text.value.rooms}>
        <vf-room-list .current=${id ?? ''}></vf-room-list>${resizer('list')}
      </div>
      <main
        id="main"
        tabindex="-1"
        @vf-edit-last=${this.editLast}
        @vf-sent=${this.showSent}
        class=${this.dragging ? 'dropping' : ''}
        @dragover=${this.dragged}
        @dragleave=${this.dragLeft}
        @drop=${this.dropped}
      >
        ${room ? this.open(room) : this.nothingOpen(id)}
      </main>
      ${
        panelOpen
          ? html`<div
              class="panel"
              role=${narrow.value ? 'main' : 'complementary'}
              @vf-edit-last=${this.editLast}
              @vf-sent=${this.showSent}
              data-holds=${file && !thread ? 'file' : nothing}
              aria-label=${thread ? text.value.thread : panel === 'search' ? text.value.search : file ? text.value.file : text.value.showMembers}
            >
              ${resizer(file && !thread ? 'file' : 'panel')}<vf-side-panel
                .room=${room}
                .thread=${thread}
                .panel=${panel}
                .file=${file}
              ></vf-side-panel>
            </div>`
          : nothing
      }
    </div>`;
  }

  /** The arrow up in an empty field asks for it. */
  private readonly editLast = (event: Event): void => {
    const field = (event.target as HTMLElement).querySelector('textarea')!;
    (event.currentTarget as HTMLElement).querySelector<MessageListElement>('vf-message-list')?.editLast(field);
  };

  private readonly showSent = (event: Event): void => {
    void (event.currentTarget as HTMLElement).querySelector<MessageListElement>('vf-message-list')?.showLatest();
  };

  private readonly dragged = (event: DragEvent): void => {
    if (!this.route.room || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dragging = true;
  };

  private readonly dragLeft = (event: DragEvent): void => {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.dragging = false;
  };

  private readonly dropped = (event: DragEvent): void => {
    this.dragging = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void this.querySelector<ComposerElement>('main > vf-composer')?.takeFiles(files);
  };

  private nothingOpen(id: string | undefined): TemplateResult {
    if (this.offered && this.offered.id === id) return this.offer(this.offered);
    if (this.missing)
      return html`<div class="empty">
        <h1>${text.value.notFoundTitle}</h1>
        <p>${text.value.notFoundHint}</p>
        <a class="btn" href="/chat">${text.value.toChat}</a>
      </div>`;
    if (id !== undefined || !roomsKnown.value) return html``;
    return this.begin();
  }

  /** Nothing is open: what one could do first. */
  private begin(): TemplateResult {
    const dialog = async (which: 'room' | 'direct' | 'browse') =>
      (await import('./room-dialogs.ts')).openRoomDialog(which);
    const guest = bootstrap.session.signedIn?.kind === 'guest';
    return html`<div class="empty">
      ${icon('chat')}
      <p>${text.value.pickRoom}</p>
      ${
        guest
          ? nothing
          : html`<p class="choices">
              <button class="btn primary" @click=${() => dialog('direct')}>${text.value.newDirect}</button>
              <button class="btn" @click=${() => dialog('room')}>${text.value.newRoom}</button>
              <button class="btn" @click=${() => dialog('browse')}>${text.value.browseChannels}</button>
            </p>`
      }
    </div>`;
  }

  private offer(room: Room): TemplateResult {
    const join = async () => {
      const { room: joined } = await api.chat.joinRoom.mutate({ room: room.id });
      this.offered = undefined;
      putRoom(joined);
    };
    return html`<div class="empty">
      <h1>#${room.name}</h1>
      <p>${room.topic || text.value.members(room.memberCount)}</p>
      <button class="btn primary" @click=${join}>${text.value.join}</button>
    </div>`;
  }

  private open(room: Room): TemplateResult {
    const archived = room.archivedAt !== undefined;
    return html`<div class="room-header">
        <a class="icon-btn to-list" href="/chat" aria-label=${text.value.back}>${icon('back')}</a>
        <div class="title">
          <h1>${room.kind === 'channel' ? html`<span aria-hidden="true">#</span>` : nothing}${roomName(room)}</h1>
          ${room.topic ? html`<p title=${room.topic}>${room.topic}</p>` : nothing}
        </div>
        ${room.kind === 'direct' ? nothing : this.people(room)}
        ${chatFeatures.value?.['search'] ? this.panelButton(room, 'search', text.value.search) : nothing}
        ${this.panelButton(room, 'details', text.value.showMembers)}
      </div>
      <vf-message-list .room=${room.id} .message=${this.route.message}></vf-message-list>
      <div class="typing" role="status">${this.typing(room.id)}</div>
      ${archived ? html`<p class="notice edge">${text.value.roomArchived}</p>` : html`<vf-composer .room=${room.id}></vf-composer>`}`;
  }

  private people(room: Room): TemplateResult {
    const others = room.people.filter((person) => person !== bootstrap.session.signedIn?.id).slice(0, 3);
    const rest = room.memberCount - others.length;
    return html`<a
      class="stack"
      href=${chatPath(room.id, { panel: 'details' })}
      aria-label=${text.value.members(room.memberCount)}
      title=${text.value.members(room.memberCount)}
    >
      ${others.map((person) => avatar(person, 'm'))}${rest > 0 ? html`<span class="avatar m rest" aria-hidden="true" data-initials="${others.length > 0 ? '+' : ''}${rest}"></span>` : nothing}
    </a>`;
  }

  private panelButton(room: Room, panel: 'search' | 'details', label: string): TemplateResult {
    const open = this.route.panel === panel;
    return html`<button
      class="icon-btn"
      aria-label=${label}
      title=${label}
      aria-expanded=${open ? 'true' : 'false'}
      @click=${() => go(open ? chatPath(room.id) : chatPath(room.id, { panel }))}
    >
      ${icon(panel === 'search' ? 'search' : 'people')}
    </button>`;
  }

  private typing(room: string): string {
    const names = typingIn(room).map(nameOf);
    return names.length > 0 ? text.value.typing(names) : '';
  }
}

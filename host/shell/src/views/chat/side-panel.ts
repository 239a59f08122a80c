import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Room } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { chatPath } from '../../router.ts';
import { roomName } from '../../state/chat/rooms.ts';
import { touched } from '../../state/keyboard.ts';
import { searchEverywhere } from '../../state/chat/search.ts';
import { text, texts } from '../../text/text.ts';
import type { ComposerElement } from './composer.ts';
import './room-details.ts';
import './room-search.ts';

const words = texts({
  sv: { searchIn: (room: string) => (room === '' ? 'Sök i alla rum' : `Sök i ${room}`) },
  en: { searchIn: (room: string) => (room === '' ? 'Search all rooms' : `Search ${room}`) },
});

/** What is beside a room: a thread, its members and details, or a search. */
@customElement('vf-side-panel')
export class SidePanelElement extends ShellElement {
  @property({ attribute: false }) room: Room | undefined;
  @property() thread: string | undefined;
  @property() panel: 'details' | 'search' | undefined;
  /** The file that is open beside the room. */
  @property() file: string | undefined;

  override render(): TemplateResult {
    const { room, thread, panel, file } = this;
    if (room && file && !thread) return this.document(room, file);
    if (!room && panel !== 'search') return html``;
    return html`<div class="panel-header">
        <h2 title=${room ? roomName(room) : nothing}>${this.heading()}</h2>
        <a
          class="icon-btn"
          href=${room ? chatPath(room.id) : '/chat'}
          aria-label=${text.value.close}
          title=${text.value.close}
          >${icon('close')}</a
        >
      </div>
      ${thread && room ? this.inThread(room, thread) : panel === 'search' ? html`<vf-room-search .room=${room}></vf-room-search>` : html`<vf-room-details .room=${room}></vf-room-details>`}`;
  }

  private document(room: Room, file: string): TemplateResult {
    void import('../edit/edit-view.ts');
    return html`<vf-edit beside .file=${file} .back=${chatPath(room.id)}></vf-edit>`;
  }

  /** What is beside which room; of a search, what is searched. */
  private heading(): TemplateResult | string {
    const { room, thread, panel } = this;
    const name = room ? roomName(room) : '';
    if (!thread && panel === 'search') return words.value.searchIn(searchEverywhere.value ? '' : name);
    return html`${thread ? text.value.thread : text.value.showMembers} <small>${name}</small>`;
  }

  /** The thread whose field has been given the focus. */
  private begun: string | undefined;

  /** Whoever opens a thread is about to answer in it. */
  override updated(): void {
    const { thread, begun } = this;
    this.begun = thread;
    if (thread === undefined || thread === begun) return;
    const composer = this.querySelector<ComposerElement>(':scope > vf-composer');
    if (composer && !touched()) void composer.focusField();
    else this.querySelector<HTMLElement>('.panel-header a')?.focus();
  }

  private inThread(room: Room, thread: string): TemplateResult {
    return html`<vf-message-list .room=${room.id} .thread=${thread}></vf-message-list>
      ${room.archivedAt === undefined ? html`<vf-composer .room=${room.id} .thread=${thread}></vf-composer>` : nothing}`;
  }
}

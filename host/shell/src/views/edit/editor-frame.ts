import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { FileState, PageCommand } from '@valfri/sdk/ui';
import { ShellElement } from '../../components/element.ts';
import { FrameChannel } from '../../frame/frame-channel.ts';
import { FramePort } from '../../frame/frame-port.ts';
import { api } from '../../state/api.ts';
import { contentUrl } from '../../state/files/actions.ts';
import type { Opened } from './edit-session.ts';
import { words } from './words.ts';

/** How long a page may take until it is connected, in milliseconds. */
const PATIENCE = 15_000;

/** What a frame may do: a page in a sandbox runs its scripts; a product's page is a page of its own, and never ours. */
const SANDBOX = {
  editor: 'allow-scripts',
  vendor:
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals',
};
const ALLOW = { editor: '', vendor: 'clipboard-read; clipboard-write; fullscreen' };

/** The frame with the editor's page: sends `vf-file-state`, `vf-leave`, `vf-silent` and `vf-over`. */
@customElement('vf-editor-frame')
export class EditorFrameElement extends ShellElement {
  @property({ attribute: false }) opened!: Opened;
  @state() private connected = false;
  #port: FramePort | undefined;
  #channel: FrameChannel | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#late = setTimeout(() => this.tell('vf-silent'), PATIENCE);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  private end(): void {
    clearTimeout(this.#late);
    this.#channel?.close();
    this.#port?.close();
    this.#channel = this.#port = undefined;
  }

  command(command: PageCommand): void {
    this.#port?.command(command);
  }

  renamed(name: string): void {
    this.#port?.renamed(name);
  }

  /** Gives the page the focus. */
  focusPage(): void {
    this.querySelector('iframe')?.focus();
    this.command('focus');
  }

  override render(): TemplateResult {
    const { page, file, session } = this.opened;
    const waiting = html`<p class="opening" role="status">${words.value.opening}</p>`;
    return html`${this.connected ? nothing : waiting}
    ${keyed(
      session,
      html`<iframe
        sandbox=${SANDBOX[page.kind]}
        allow=${ALLOW[page.kind]}
        referrerpolicy="no-referrer"
        title=${file.name}
        src=${page.url}
        @load=${this.loaded}
      ></iframe>`,
    )}`;
  }

  /** A page that goes elsewhere is not the one that was opened: it is given no other port. */
  private readonly loaded = ({ target }: Event): void => {
    if (this.#port) {
      this.end();
      return this.tell('vf-silent');
    }
    const { session, file, action, person, data, page } = this.opened;
    const frame = (target as HTMLIFrameElement).contentWindow!;
    const opened = { session, file, action, person, data };
    const origin = page.kind === 'vendor' ? { origin: new URL(page.url).origin } : {};
    this.#port = new FramePort(
      { window: frame, opened, ...origin },
      {
        connected: () => {
          clearTimeout(this.#late);
          this.connected = true;
          this.tell('vf-connected');
        },
        resize: () => undefined,
        ask: async (name, asked) => (await api.office.ask.mutate({ session, name, data: asked })).answer,
        file: {
          read: (version) => contentOf(file.id, version),
          openChannel: () => this.openChannel(),
          send: (message) => this.#channel?.send(message),
          fileState: (fileState) => this.tell('vf-file-state', fileState),
          leave: () => this.tell('vf-leave'),
        },
      },
    );
  };

  private openChannel(): void {
    this.#channel ??= new FrameChannel(this.opened.session, {
      changed: (open) => this.#port?.channel(open),
      message: (message) => this.#port?.message(message),
      over: () => this.tell('vf-over'),
    });
  }

  private tell(type: string, detail?: FileState): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

async function contentOf(file: string, version: string | undefined): Promise<ArrayBuffer> {
  const answer = await fetch(contentUrl(file, version === undefined ? {} : { version }));
  if (!answer.ok) throw new TypeError(`the file could not be read: ${answer.status}`);
  return answer.arrayBuffer();
}

import type { FileState, FromPage, FromShell, Handover, OpenedFile, PageCommand, PageState } from './protocol.ts';

/**
 * The shell, as a page of a plugin's knows it. Sends `change` when language or theme have changed; the document's `lang`
 * and `data-theme` follow by themselves. A page that shows a file is also sent `channel` when its channel has opened or
 * closed, `message` ({@link MessageEvent}, with bytes) for what its server half sent, `command` ({@link CustomEvent}) for
 * what the shell wants of it, and `renamed` (with the new name).
 */
export interface Shell extends EventTarget, PageState {
  /**
   * Asks the plugin's own server half. JSON, at most 64 KiB each way; it waits 10 seconds.
   * @throws an error with the `code` of the error table and the server half's words.
   */
  ask(name: string, data?: unknown): Promise<unknown>;
  /** Wishes for a height of the frame, in CSS pixels; the shell has its bounds. */
  resize(height: number): void;
  /** The file that the page shows, where it shows one. */
  readonly opened: OpenedFile | undefined;
  /** What the file holds, or held in a version. @throws as {@link Shell.ask} */
  readFile(version?: string): Promise<ArrayBuffer>;
  /** Whether the channel to the server half is open. */
  readonly channelOpen: boolean;
  /** Opens the channel, and opens it again whenever it was cut, until the page is gone. */
  openChannel(): void;
  /** Sends bytes to the server half, at most 1 MiB; dropped while the channel is not open. */
  send(message: Uint8Array): void;
  /** Tells whether what the person did is saved. */
  tell(state: FileState): void;
  /** Hands the focus back to the shell: the person has left the frame by keyboard. */
  leave(): void;
}

const handedOver = new Promise<PortShell>((resolve) => {
  addEventListener('message', function take({ source, data, ports: [port] }: MessageEvent<Handover | undefined>) {
    if (source !== parent || data?.valfri !== 1 || !port) return;
    removeEventListener('message', take);
    resolve(new PortShell(port, data));
  });
});

/** Connects the page to the shell. Load this with the page, not later: the shell knocks once, when the page has loaded. */
export async function connectToShell(): Promise<Shell> {
  const shell = await handedOver;
  shell.say({ kind: 'connected' });
  return shell;
}

interface Waiting {
  resolve(data: unknown): void;
  reject(error: Error): void;
}

class PortShell extends EventTarget implements Shell {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly opened: OpenedFile | undefined;
  #state!: PageState;
  #asked = 0;
  #channelOpen = false;

  constructor(port: MessagePort, state: Handover) {
    super();
    this.#port = port;
    this.opened = state.opened;
    this.#follow(state);
    port.onmessage = ({ data }: MessageEvent<FromShell>) => this.#take(data);
  }

  get language(): PageState['language'] {
    return this.#state.language;
  }

  get theme(): PageState['theme'] {
    return this.#state.theme;
  }

  get channelOpen(): boolean {
    return this.#channelOpen;
  }

  ask(name: string, data: unknown = null): Promise<unknown> {
    return this.#answered((id) => ({ kind: 'ask', id, name, data }));
  }

  async readFile(version?: string): Promise<ArrayBuffer> {
    const content = await this.#answered((id) => ({ kind: 'read', id, ...(version === undefined ? {} : { version }) }));
    return content as ArrayBuffer;
  }

  #answered(question: (id: number) => FromPage): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.say(question(id));
      this.#waiting.set(id, { resolve, reject });
    });
  }

  openChannel(): void {
    this.say({ kind: 'open-channel' });
  }

  send(data: Uint8Array): void {
    if (this.#channelOpen) this.say({ kind: 'send', data });
  }

  tell(state: FileState): void {
    this.say({ kind: 'file-state', ...state });
  }

  leave(): void {
    this.say({ kind: 'leave' });
  }

  resize(height: number): void {
    this.say({ kind: 'resize', height });
  }

  say(message: FromPage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(message);
  }

  #take(message: FromShell): void {
    switch (message.kind) {
      case 'state':
        this.#follow(message);
        return this.#dispatch(new Event('change'));
      case 'channel':
        this.#channelOpen = message.open;
        return this.#dispatch(new Event('channel'));
      case 'message':
        return this.#dispatch(new MessageEvent('message', { data: message.data }));
      case 'command':
        return this.#dispatch(new CustomEvent<PageCommand>('command', { detail: message.command }));
      case 'renamed':
        return this.#dispatch(new CustomEvent('renamed', { detail: message.name }));
      default:
        return this.#settle(message);
    }
  }

  #dispatch(event: Event): void {
    this.dispatchEvent(event);
  }

  #settle(message: Extract<FromShell, { readonly id: number }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'refusal') waiting?.reject(Object.assign(new Error(message.message), { code: message.code }));
    else waiting?.resolve(message.data);
  }

  #follow(state: PageState): void {
    this.#state = state;
    const root = document.documentElement;
    root.lang = state.language;
    root.dataset['theme'] = state.theme;
  }
}

import type { FromPage, FromShell, Handover, PageState } from './protocol.ts';

/**
 * The shell, as a page of a plugin's knows it. Sends `change` when language or theme have changed; the document's `lang`
 * and `data-theme` follow by themselves.
 */
export interface Shell extends EventTarget, PageState {
  /**
   * Asks the plugin's own server half. JSON, at most 64 KiB each way; it waits 10 seconds.
   * @throws an error with the `code` of the error table and the server half's words.
   */
  ask(name: string, data?: unknown): Promise<unknown>;
  /** Wishes for a height of the frame, in CSS pixels; the shell has its bounds. */
  resize(height: number): void;
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
  #state!: PageState;
  #asked = 0;

  constructor(port: MessagePort, state: PageState) {
    super();
    this.#port = port;
    this.#follow(state);
    port.onmessage = ({ data }: MessageEvent<FromShell>) => this.#take(data);
  }

  get language(): PageState['language'] {
    return this.#state.language;
  }

  get theme(): PageState['theme'] {
    return this.#state.theme;
  }

  ask(name: string, data: unknown = null): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.say({ kind: 'ask', id, name, data });
      this.#waiting.set(id, { resolve, reject });
    });
  }

  resize(height: number): void {
    this.say({ kind: 'resize', height });
  }

  say(message: FromPage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(message);
  }

  #take(message: FromShell): void {
    if (message.kind === 'state') {
      this.#follow(message);
      this.dispatchEvent(new Event('change'));
      return;
    }
    const { id } = message;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.kind === 'answer') waiting?.resolve(message.data);
    else waiting?.reject(Object.assign(new Error(message.message), { code: message.code }));
  }

  #follow(state: PageState): void {
    this.#state = state;
    const root = document.documentElement;
    root.lang = state.language;
    root.dataset['theme'] = state.theme;
  }
}

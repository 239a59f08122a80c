import { effect } from '@preact/signals-core';
import type { FileState, FromPage, FromShell, Handover, OpenedFile, PageCommand } from '@valfri/sdk/ui';
import { failureOf } from '../state/api.ts';
import { theme } from '../state/preferences.ts';
import { language } from '../text/text.ts';
import { readFromPage } from './read-from-page.ts';

/** How many questions of a page may be under way. */
const AT_ONCE = 8;
/** The longest question, in characters of JSON; the host counts again. */
const MOST = 64 << 10;

/** What the shell does for a page. */
export interface FrameHooks {
  connected(): void;
  resize(height: number): void;
  /** Asks the page's own server half. */
  ask(name: string, data: unknown): Promise<unknown>;
  /** What it does for one that shows a file. */
  readonly file?: FileHooks;
}

/** What the shell does for a page that shows a file. */
export interface FileHooks {
  /** What the file holds, or held in a version. */
  read(version: string | undefined): Promise<ArrayBuffer>;
  openChannel(): void;
  send(message: Uint8Array<ArrayBuffer>): void;
  fileState(state: FileState): void;
  /** The person has left the frame by keyboard. */
  leave(): void;
}

/** To whom the port is handed. */
export interface FrameTarget {
  readonly window: Window;
  /** The document's origin. Default: whatever it is, since one in a sandbox has none that could be named. */
  readonly origin?: string;
  /** The file that it shows. */
  readonly opened?: OpenedFile;
}

/** The shell's end of the port to a page of a plugin. What comes is read with care: the page is somebody else's. */
export class FramePort {
  readonly #port: MessagePort;
  readonly #hooks: FrameHooks;
  readonly #unfollow: () => void;
  #asked = 0;

  /** Hands the other end over to a frame that has loaded. */
  constructor({ window: frame, origin = '*', opened }: FrameTarget, hooks: FrameHooks) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#hooks = hooks;
    port1.onmessage = ({ data }) => void this.#take(readFromPage(data));
    const state = { language: language.value, theme: theme.value };
    let handover: Handover | undefined = { valfri: 1, ...state, ...(opened ? { opened } : {}) };
    frame.postMessage(handover, origin, [port2]);
    this.#unfollow = effect(() => {
      const now = { language: language.value, theme: theme.value };
      if (!handover) this.#say({ kind: 'state', ...now });
      handover = undefined;
    });
  }

  close(): void {
    this.#unfollow();
    this.#port.close();
  }

  /** Says whether its channel is open. */
  channel(open: boolean): void {
    this.#say({ kind: 'channel', open });
  }

  /** Hands on what its server half sent. */
  message(data: Uint8Array): void {
    this.#say({ kind: 'message', data });
  }

  command(command: PageCommand): void {
    this.#say({ kind: 'command', command });
  }

  renamed(name: string): void {
    this.#say({ kind: 'renamed', name });
  }

  #say(message: FromShell): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(message);
  }

  async #take(message: FromPage | undefined): Promise<void> {
    const { file } = this.#hooks;
    switch (message?.kind) {
      case 'connected':
        return this.#hooks.connected();
      case 'resize':
        return this.#hooks.resize(message.height);
      case 'ask':
        return this.#say(await this.#answer(message));
      case 'read':
        return this.#say(await this.#content(message));
      case 'open-channel':
        return file?.openChannel();
      case 'send':
        return file?.send(message.data as Uint8Array<ArrayBuffer>);
      case 'file-state':
        return file?.fileState({ saved: message.saved, ...(message.note ? { note: message.note } : {}) });
      case 'leave':
        return file?.leave();
    }
  }

  #answer({ id, name, data }: Extract<FromPage, { kind: 'ask' }>): Promise<FromShell> {
    return this.#atOnce(id, async () => {
      if ((JSON.stringify(data) ?? '').length > MOST)
        return { kind: 'refusal', id, code: 'INVALID', message: 'The question is more than 64 KiB.' };
      return { kind: 'answer', id, data: await this.#hooks.ask(name, data) };
    });
  }

  #content({ id, version }: Extract<FromPage, { kind: 'read' }>): Promise<FromShell> {
    return this.#atOnce(id, async () => {
      const { file } = this.#hooks;
      if (!file) return { kind: 'refusal', id, code: 'NOT_FOUND', message: 'The page shows no file.' };
      return { kind: 'content', id, data: await file.read(version) };
    });
  }

  async #atOnce(id: number, work: () => Promise<FromShell>): Promise<FromShell> {
    if (this.#asked >= AT_ONCE) return { kind: 'refusal', id, code: 'QUOTA', message: 'Too many questions at once.' };
    this.#asked += 1;
    try {
      return await work();
    } catch (error) {
      const { code, message } = failureOf(error);
      return { kind: 'refusal', id, code, message };
    } finally {
      this.#asked -= 1;
    }
  }
}

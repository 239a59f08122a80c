import { effect } from '@preact/signals-core';
import type { FromPage, FromShell, Handover } from '@valfri/sdk/ui';
import { failureOf } from '../../../state/api.ts';
import { theme } from '../../../state/preferences.ts';
import { language } from '../../../text/text.ts';

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
}

/** The shell's end of the port to a page of a plugin. What comes is read with care: the page is somebody else's. */
export class FramePort {
  readonly #port: MessagePort;
  readonly #hooks: FrameHooks;
  readonly #unfollow: () => void;
  #asked = 0;

  /** Hands the other end over to a frame that has loaded. Its document has no origin that could be named. */
  constructor(frame: Window, hooks: FrameHooks) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#hooks = hooks;
    port1.onmessage = ({ data }) => void this.#take(readFromPage(data));
    let handover: Handover | undefined = { valfri: 1, language: language.value, theme: theme.value };
    frame.postMessage(handover, '*', [port2]);
    this.#unfollow = effect(() => {
      const state = { language: language.value, theme: theme.value };
      if (!handover) this.#say({ kind: 'state', ...state });
      handover = undefined;
    });
  }

  close(): void {
    this.#unfollow();
    this.#port.close();
  }

  #say(message: FromShell): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(message);
  }

  async #take(message: FromPage | undefined): Promise<void> {
    if (message?.kind === 'connected') this.#hooks.connected();
    if (message?.kind === 'resize') this.#hooks.resize(message.height);
    if (message?.kind === 'ask') this.#say(await this.#answer(message));
  }

  async #answer({ id, name, data }: Extract<FromPage, { kind: 'ask' }>): Promise<FromShell> {
    if (this.#asked >= AT_ONCE) return { kind: 'refusal', id, code: 'QUOTA', message: 'Too many questions at once.' };
    this.#asked += 1;
    try {
      if ((JSON.stringify(data) ?? '').length > MOST)
        return { kind: 'refusal', id, code: 'INVALID', message: 'The question is more than 64 KiB.' };
      return { kind: 'answer', id, data: await this.#hooks.ask(name, data) };
    } catch (error) {
      const { code, message } = failureOf(error);
      return { kind: 'refusal', id, code, message };
    } finally {
      this.#asked -= 1;
    }
  }
}

/** What a page sent, where it is something that pages send. */
export function readFromPage(given: unknown): FromPage | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { kind, id, name, data, height } = given as Readonly<Record<string, unknown>>;
  if (kind === 'connected') return { kind };
  if (kind === 'resize' && typeof height === 'number' && Number.isFinite(height)) return { kind, height };
  if (kind === 'ask' && typeof id === 'number' && typeof name === 'string') return { kind, id, name, data };
  return undefined;
}

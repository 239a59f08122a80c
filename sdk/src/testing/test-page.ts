import type { PageChannel } from '../plugin/page-channel.ts';

/** Whose page it is. */
export interface TestPageOptions {
  readonly page: string;
  readonly session: string;
  readonly person: string;
}

/** The browser's end of a channel between a page and its server half, for tests. */
export class TestPage {
  /** The server half's end. */
  readonly channel: PageChannel;
  /** What the server half has sent, in order. */
  readonly received: Uint8Array[] = [];
  /** Whether the server half has ended it, and how. */
  ended: { readonly again: boolean } | undefined;
  #said: (message: Uint8Array) => void = () => undefined;
  #left: () => void = () => undefined;
  #heard: (message: Uint8Array) => void = () => undefined;
  #closed: () => void = () => undefined;

  constructor(options: TestPageOptions) {
    this.channel = {
      ...options,
      waiting: 0,
      send: (message) => {
        if (this.ended) return;
        this.received.push(message);
        this.#heard(message);
      },
      onMessage: (listener) => void (this.#said = listener),
      onClose: (listener) => void (this.#left = listener),
      close: ({ again = true } = {}) => {
        if (this.ended) return;
        this.ended = { again };
        this.#closed();
      },
    };
  }

  /** Calls a listener with whatever the server half sends from now on. */
  onMessage(listener: (message: Uint8Array) => void): void {
    this.#heard = listener;
  }

  /** Calls a listener when the server half has ended it. */
  onClose(listener: () => void): void {
    this.#closed = listener;
  }

  /** Sends to the server half. */
  say(message: Uint8Array): void {
    if (!this.ended) this.#said(message);
  }

  /** Goes away, as a page does that is closed or has lost its connection. */
  leave(): void {
    if (this.ended) return;
    this.ended = { again: false };
    this.#left();
  }
}

/** For how long it waits before it connects again: at first, and at most, in milliseconds. */
const [SOON, LATER] = [250, 10_000];
/** Closed with these, it is not connected again: the session is over, or the person signed out. */
const FOR_GOOD: ReadonlySet<number> = new Set([4410, 4401]);
/** Bytes that may wait to leave; past them the connection is too slow, and begun anew. */
const WAITING = 8 << 20;

/** What is told of a channel. */
export interface ChannelHooks {
  /** It has opened, or closed. */
  changed(open: boolean): void;
  message(data: Uint8Array): void;
  /** It is closed, and not opened again. */
  over(): void;
}

/** The channel of a page that shows a file, to its server half; connects again whenever it is cut. */
export class FrameChannel {
  readonly #url: string;
  readonly #hooks: ChannelHooks;
  #socket: WebSocket | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #ended = false;

  constructor(session: string, hooks: ChannelHooks) {
    this.#url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/frames/${session}`;
    this.#hooks = hooks;
    addEventListener('online', this.#now);
    this.#connect();
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(data);
    if (this.#socket.bufferedAmount > WAITING) this.#socket.close();
  }

  close(): void {
    this.#ended = true;
    removeEventListener('online', this.#now);
    clearTimeout(this.#again);
    this.#socket?.close();
  }

  readonly #now = (): void => {
    if (this.#socket || this.#ended) return;
    clearTimeout(this.#again);
    this.#connect();
  };

  #connect(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      [opened, this.#failures] = [true, 0];
      this.#hooks.changed(true);
    };
    socket.onmessage = ({ data }) => {
      if (!this.#ended) this.#hooks.message(new Uint8Array(data as ArrayBuffer));
    };
    socket.onclose = ({ code }) => {
      this.#socket = undefined;
      if (this.#ended) return;
      if (opened) this.#hooks.changed(false);
      if (FOR_GOOD.has(code)) return this.#hooks.over();
      const wait = Math.min(SOON * 2 ** this.#failures++, LATER) * (0.75 + Math.random() / 2);
      this.#again = setTimeout(() => this.#connect(), wait);
      // What cannot be connected may be over: the session knows.
      if (this.#failures === 3) this.#hooks.over();
    };
  }
}

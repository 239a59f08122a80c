import { WebSocket } from 'ws';

/** An event as a client receives it. */
export interface ReceivedEvent {
  readonly at?: string;
  readonly capability: string;
  readonly type: string;
  readonly topic: string;
  readonly data: Record<string, never>;
}

/** A client of the live path that keeps what it receives and can be cut off. */
export class LiveClient {
  readonly events: ReceivedEvent[] = [];
  readonly #url: string;
  readonly #cookie: string;
  #socket: WebSocket | undefined;
  #closed: Promise<number> = Promise.resolve(0);
  #waiters: { holds: (events: readonly ReceivedEvent[]) => boolean; resolve: () => void }[] = [];

  constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** The place of the last event that was kept. */
  get last(): string | undefined {
    return this.events.findLast(({ at }) => at !== undefined)?.at;
  }

  /** Connects, and settles when it has what it missed since `after`; the last one it saw, unless told otherwise. */
  async connect(after: string | undefined = this.last): Promise<void> {
    const { origin, host, protocol } = new URL(this.#url);
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/live`, {
      headers: { cookie: this.#cookie, origin },
      rejectUnauthorized: false,
    });
    this.#socket = socket;
    this.#closed = new Promise((resolve) => void socket.once('close', resolve));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const already = this.events.filter(({ type }) => type === 'live.ready').length;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.send(
      JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.events', input: after ? { after } : {} } }),
    );
    await this.until((events) => events.filter(({ type }) => type === 'live.ready').length > already);
  }

  /** Settles when the connection has ended, with the code that the server gave (RFC 6455, section 7.4). */
  get closed(): Promise<number> {
    return this.#closed;
  }

  /** Sends something, well-formed or not. */
  send(data: string | Buffer): void {
    this.#socket!.send(data);
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Settles when what was received so far is as asked. @throws after ten seconds. */
  async until(holds: (events: readonly ReceivedEvent[]) => boolean): Promise<void> {
    if (holds(this.events)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`waited in vain; received: ${JSON.stringify(this.events.slice(-5))}`)),
        10_000,
      );
    });
    await Promise.race([new Promise<void>((resolve) => this.#waiters.push({ holds, resolve })), late]).finally(() =>
      clearTimeout(timer),
    );
  }

  /** Events of a type. */
  of(type: string): readonly ReceivedEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as { result?: { type: string; data?: ReceivedEvent } };
    if (message.result?.type !== 'data' || !message.result.data) return;
    this.events.push(message.result.data);
    this.#waiters = this.#waiters.filter(({ holds, resolve }) => {
      if (!holds(this.events)) return true;
      resolve();
      return false;
    });
  }
}

import type { PageChannel } from '@valfri/sdk';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Holder, Sessions } from '../accounts/sessions.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type EditingSession, type EditingSessions, isOpen } from './editing-sessions.ts';
import { signInOf } from './session-access.ts';

/** The longest message, in bytes. */
const MESSAGE = 1 << 20;
/** Bytes that may wait for a slow reader; past them it is cut off, and comes back. */
const WAITING = 8 << 20;
/** Channels that one person may have with one instance. */
const MOST = 100;
/** How often it is looked up who may still be connected, in milliseconds. */
const CHECK_EVERY = 2_000;
/** How often a page has to show that it is there, in milliseconds. */
const PING_EVERY = 30_000;
/** How long pages have to say goodbye, in milliseconds. */
const GOODBYE = 1_000;

/** Reasons for which a channel is closed, for the shell to act on. Only `signedOut` and `over` are for good. */
export const FRAME_CLOSE = {
  over: 4410,
  signedOut: 4401,
  restart: 1012,
  fault: 1011,
  malformed: 1008,
  crowded: 1013,
} as const;

/** What channels work with. */
export interface FrameChannelsOptions {
  readonly editing: Pick<EditingSessions, 'get'>;
  readonly sessions: Pick<Sessions, 'changed'>;
  readonly runtime: Pick<Runtime, 'connect'>;
  readonly log: Log;
}

interface Served {
  readonly holder: Holder;
  readonly session: EditingSession;
  heard: boolean;
}

/** The channels between pages that show a file and their server halves. */
export class FrameChannels {
  readonly #options: FrameChannelsOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE, perMessageDeflate: false });
  readonly #served = new Map<WebSocket, Served>();
  readonly #timers: readonly ReturnType<typeof setInterval>[];

  constructor(options: FrameChannelsOptions) {
    this.#options = options;
    const failed = (error: unknown) => options.log.warn('Who may stay connected could not be looked up.', { error });
    this.#timers = [
      setInterval(() => void this.#check().catch(failed), CHECK_EVERY).unref(),
      setInterval(() => this.#ping(), PING_EVERY).unref(),
    ];
  }

  /** The session that a connection may be a channel of: its person’s, by the sign-in it was opened with. */
  async sessionOf(id: string, { standing, token }: Holder): Promise<EditingSession | undefined> {
    const session = await this.#options.editing.get(id);
    const isTheirs = session?.person === standing.id && session.signIn === signInOf(token);
    return isTheirs && isOpen(session) && session.page !== undefined ? session : undefined;
  }

  /** Takes a connection over; whose it is has been found out before. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    given: { holder: Holder; session: EditingSession },
  ): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, { ...given, heard: true }));
  }

  /** Closes the channels of sessions that are over. */
  end(sessions: readonly EditingSession[]): void {
    const ids = new Set(sessions.map(({ id }) => id));
    for (const [socket, { session }] of this.#served) if (ids.has(session.id)) socket.close(FRAME_CLOSE.over);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#served.keys()) socket.close(FRAME_CLOSE.restart);
    const late = setTimeout(() => {
      for (const socket of this.#served.keys()) socket.terminate();
    }, GOODBYE);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    clearTimeout(late);
  }

  async #check(): Promise<void> {
    if (this.#served.size === 0) return;
    const changed = await this.#options.sessions.changed([...this.#served.values()].map(({ holder }) => holder));
    for (const [socket, { holder }] of this.#served)
      if (changed.get(holder.token) === 'ended') socket.close(FRAME_CLOSE.signedOut);
  }

  #ping(): void {
    for (const [socket, served] of this.#served) {
      if (!served.heard) socket.terminate();
      served.heard = false;
      socket.ping();
    }
  }

  #serve(socket: WebSocket, served: Served): void {
    const { session } = served;
    socket.on('error', () => socket.terminate());
    const mine = [...this.#served.values()].filter(
      (other) => other.session.person === session.person && other.session.instance === session.instance,
    );
    if (mine.length >= MOST) return socket.close(FRAME_CLOSE.crowded, 'Too many channels at once.');
    this.#served.set(socket, served);
    socket.on('close', () => this.#served.delete(socket));
    socket.on('pong', () => (served.heard = true));
    const log = this.#options.log.with({ instance: session.instance });
    const channel = new SocketChannel(socket, session, (error) => {
      log.error('A channel was closed because the plugin failed.', { error });
      socket.close(FRAME_CLOSE.fault);
    });
    channel.guard(() => this.#options.runtime.connect(session.instance, channel));
  }
}

/** A WebSocket as a plugin sees it. What the plugin throws ends it, and nothing else. */
class SocketChannel implements PageChannel {
  readonly page: string;
  readonly session: string;
  readonly person: string;
  readonly #socket: WebSocket;
  readonly #failed: (error: unknown) => void;
  /** What came before anybody listened. */
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #listener: ((message: Uint8Array) => void) | undefined;

  constructor(socket: WebSocket, { id, page, person }: EditingSession, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
    this.page = page!;
    this.session = id;
    this.person = person;
    socket.on('message', (data: Buffer, binary) => {
      if (!binary) return socket.close(FRAME_CLOSE.malformed, 'Only bytes.');
      this.#take(new Uint8Array(data));
    });
  }

  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (message.byteLength > MESSAGE) throw new RangeError(`a message of ${message.byteLength} bytes; at most 1 MiB`);
    this.#socket.send(message);
    if (this.waiting > WAITING) this.#socket.terminate();
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.guard(() => listener(message));
  }

  onClose(listener: () => void): void {
    this.#socket.on('close', () => this.guard(listener));
  }

  close({ again = true }: { readonly again?: boolean } = {}): void {
    this.#socket.close(again ? FRAME_CLOSE.restart : FRAME_CLOSE.over);
  }

  #take(message: Uint8Array): void {
    const listener = this.#listener;
    if (listener) return this.guard(() => listener(message));
    this.#early.push(message);
    this.#earlyBytes += message.byteLength;
    if (this.#earlyBytes > WAITING) this.#socket.terminate();
  }

  guard(work: () => void): void {
    try {
      const result: unknown = work();
      // What is async, though it was not to be, may fail later.
      if (result instanceof Promise) result.catch(this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }
}

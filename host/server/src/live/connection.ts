import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { textFrame } from './frame.ts';
import { compare, type LiveEvent } from './outbox.ts';

/** Bytes that may wait for a slow reader; past them it is cut off, and resumes when it comes back. */
const MOST_BUFFERED = 1 << 20;
/** Events that may wait while a client is told what it missed. */
const MOST_HELD = 5_000;
/** Milliseconds for which a client that is told what it missed may read nothing. */
const PATIENCE = 10_000;

/** Reasons for which a connection is closed, for the client to act on (RFC 6455, section 7.4.2: 4000 to 4999 are ours). */
export const CLOSE = { tooSlow: 4001, signedOut: 4401, restart: 1012, malformed: 1008 } as const;

/** A message of tRPC's WebSocket protocol that brings an event, as its JSON in two halves around the subscription's id. */
export function eventMessage(subscription: number, event: LiveEvent): string {
  const id = event.at === undefined ? '' : `"id":"${event.at}",`;
  return `{"id":${subscription},"result":{"type":"data",${id}"data":${JSON.stringify(event)}}}`;
}

/** The TCP connection under a WebSocket. */
function rawOf(socket: WebSocket): Socket {
  return (socket as unknown as { readonly _socket: Socket })._socket;
}

/** Cuts off a client that takes nothing while it has us write; true where it was. */
export function cutOffIfSlow(socket: WebSocket): boolean {
  if (rawOf(socket).writableLength <= MOST_BUFFERED) return false;
  socket.terminate();
  return true;
}

/** One client, and what it is told of. */
export class Connection {
  readonly person: string;
  readonly organisation: string;
  /** The id of its subscription; tRPC numbers them by client. */
  readonly subscription: number;
  /** See `topicKey`. */
  readonly topics = new Set<string>();
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  #held: LiveEvent[] | undefined = [];

  constructor(socket: WebSocket, given: { person: string; organisation: string; subscription: number }) {
    this.#socket = socket;
    this.#raw = rawOf(socket);
    this.person = given.person;
    this.organisation = given.organisation;
    this.subscription = given.subscription;
  }

  /** While it holds, events wait until what was missed has been sent. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  hold(events: readonly LiveEvent[]): void {
    this.#held?.push(...events);
    if (this.#held && this.#held.length > MOST_HELD) this.#socket.terminate();
  }

  /** Sends what waited and came after a place, and holds no longer. */
  async release(after: string): Promise<void> {
    for (let i = 0; this.#held && i < this.#held.length; i++) {
      const event = this.#held[i]!;
      if (event.at === undefined || compare(event.at, after) > 0) await this.sendInTime(event);
    }
    this.#held = undefined;
  }

  /**
   * Sends an event once the reader has taken most of what was sent before: what a client missed may be more than
   * ever waits for a slow one, and it is not to be cut off for our own haste.
   */
  async sendInTime(event: LiveEvent): Promise<void> {
    this.send(event);
    if (this.#raw.writableLength <= MOST_BUFFERED / 2) return;
    const late = AbortSignal.timeout(PATIENCE);
    const gone = new AbortController();
    const end = () => gone.abort();
    this.#raw.once('close', end);
    await once(this.#raw, 'drain', { signal: AbortSignal.any([late, gone.signal]) }).catch(() =>
      this.#socket.terminate(),
    );
    this.#raw.off('close', end);
  }

  send(event: LiveEvent): void {
    this.write(textFrame(eventMessage(this.subscription, event)));
  }

  /**
   * Writes frames that are ready. They go past the library, which would frame the message anew for each of those who
   * receive it; nothing else is written to the socket but whole frames, so they never mix.
   */
  write(frames: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // The stream says itself when much waits; only then it is worth a look how much.
    if (!this.#raw.write(frames)) cutOffIfSlow(this.#socket);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { LiveEvent } from './outbox.ts';
import { compare } from './outbox.ts';
import { textFrame } from './frame.ts';

/** Bytes that may wait for a slow reader; past them it is cut off, and resumes when it comes back. */
const MOST_BUFFERED = 1 << 20;

/** Reasons for which a connection is closed, for the client to act on (RFC 6455, section 7.4.2: 4000 to 4999 are ours). */
export const CLOSE = { tooSlow: 4001, signedOut: 4401, restart: 1012 } as const;

/** A message of tRPC's WebSocket protocol that brings an event, as its JSON in two halves around the subscription's id. */
export function eventMessage(subscription: number, event: LiveEvent): string {
  const id = event.at === undefined ? '' : `"id":"${event.at}",`;
  return `{"id":${subscription},"result":{"type":"data",${id}"data":${JSON.stringify(event)}}}`;
}

/** One client, and what it is told of. */
export class Connection {
  readonly person: string;
  readonly organisation: string;
  /** The id of its subscription; tRPC numbers them by client. */
  readonly subscription: number;
  readonly topics = new Set<string>();
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  #held: LiveEvent[] | undefined = [];

  constructor(socket: WebSocket, given: { person: string; organisation: string; subscription: number }) {
    this.#socket = socket;
    this.#raw = (socket as unknown as { readonly _socket: Socket })._socket;
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
  }

  /** Sends what waited and came after a place, and holds no longer. */
  release(after: string): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) if (event.at === undefined || compare(event.at, after) > 0) this.send(event);
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
    if (this.#raw.writableLength > MOST_BUFFERED) {
      this.#socket.terminate();
      return;
    }
    this.#raw.write(frames);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}

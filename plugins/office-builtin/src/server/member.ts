import type { OfficeAction, PageChannel } from '@valfri/sdk';
import { type Message, type MessageKind, PieceReader, piecesOf } from '../shared/wire.ts';

/** As long as less than this is on its way, more is sent. */
const ON_ITS_WAY = 2 * 1024 * 1024;
/** Beyond this, who does not listen is let go, and comes back with what it knows. */
const MOST_WAITING = 128 * 1024 * 1024;
/** How often it is looked whether more can be sent, in milliseconds. */
const LOOK_EVERY = 10;
/** Longest message of a page's: a picture that is pasted is in it. */
const MOST_SAID = 32 * 1024 * 1024;
/** Messages that are kept for a file that is still being opened. */
const MOST_EARLY = 100;

/** Who hears a member. */
export interface Hearer {
  hear(message: Message): void;
  gone(): void;
}

/** Somebody who has the file open in a page. What it says before there is a room is kept for then. */
export class Member {
  readonly session: string;
  readonly #channel: PageChannel;
  readonly #reader = new PieceReader(MOST_SAID);
  #early: Message[] = [];
  #hearer: Hearer | undefined;
  #closed = false;
  #toSend: Uint8Array[] = [];
  #bytesToSend = 0;
  #timer: NodeJS.Timeout | undefined;
  #name = '';
  #action: OfficeAction = 'view';

  constructor(channel: PageChannel) {
    this.#channel = channel;
    this.session = channel.session;
    channel.onMessage((piece) => this.#take(piece));
    channel.onClose(() => {
      this.#closed = true;
      clearTimeout(this.#timer);
      this.#hearer?.gone();
    });
  }

  get name(): string {
    return this.#name;
  }

  get mayWrite(): boolean {
    return this.#action !== 'view';
  }

  /** Says who it is and what it may do. */
  admit(name: string, action: OfficeAction): void {
    this.#name = name;
    this.#action = action;
  }

  /** Is heard from now on, beginning with what it has said already. */
  listen(hearer: Hearer): void {
    this.#hearer = hearer;
    if (this.#closed) return hearer.gone();
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#hear(message);
  }

  tell(kind: MessageKind, head: Message['head'] = {}, body: Uint8Array = new Uint8Array()): void {
    for (const piece of piecesOf({ kind, head, body })) {
      this.#toSend.push(piece);
      this.#bytesToSend += piece.length;
    }
    if (this.#bytesToSend > MOST_WAITING) return this.close(true);
    return this.#timer === undefined ? this.#send() : undefined;
  }

  close(again: boolean): void {
    this.#channel.close({ again });
  }

  /** Sends what the channel takes now, and the rest as it sinks. */
  #send(): void {
    this.#timer = undefined;
    let sent = 0;
    while (sent < this.#toSend.length && this.#channel.waiting < ON_ITS_WAY) {
      const piece = this.#toSend[sent++]!;
      this.#bytesToSend -= piece.length;
      this.#channel.send(piece);
    }
    this.#toSend = this.#toSend.slice(sent);
    if (this.#toSend.length > 0 && !this.#closed) this.#timer = setTimeout(() => this.#send(), LOOK_EVERY);
  }

  #take(piece: Uint8Array): void {
    try {
      const message = this.#reader.take(piece);
      if (!message) return;
      if (this.#hearer) this.#hear(message);
      else if (this.#early.push(message) > MOST_EARLY) this.close(true);
    } catch {
      this.close(false);
    }
  }

  /** What cannot be understood ends the channel, and nothing else. */
  #hear(message: Message): void {
    try {
      this.#hearer?.hear(message);
    } catch {
      this.close(false);
    }
  }
}

import { type Handle, newId } from '@valfri/core';
import type { chat } from '../capabilities/chat.ts';
import type { Message } from '../capabilities/chat-views.ts';
import { Random } from './random.ts';

/** What writing people do, by whatever way they are connected. */
export type WritingChat = Pick<Handle<typeof chat>, 'sendMessage' | 'editMessage' | 'deleteMessage' | 'react'>;

/** Somebody who writes. */
export interface WritingPerson {
  readonly id: string;
  readonly chat: WritingChat;
}

/** Who writes where, and how fast. */
export interface ChatWritersOptions {
  readonly people: readonly WritingPerson[];
  /** Rooms of which everybody is a member. */
  readonly rooms: readonly string[];
  /** How many write at the same time. Default: 8. */
  readonly writers?: number;
  /** Writes a second, all writers together. Default: as fast as they are answered. */
  readonly perSecond?: number;
  /** Whether to try the same write again. Default: never; the write counts as failed. */
  readonly retry?: (error: unknown) => boolean;
  readonly seed?: number;
}

/** A write that was acknowledged. Times as `performance.now()` gives them, in milliseconds. */
export interface TimedWrite {
  readonly began: number;
  readonly ended: number;
}

/** A message as it must read, by all that was acknowledged. */
interface Expected {
  readonly id: string;
  readonly room: string;
  readonly author: string;
  text: string;
  deleted: boolean;
  readonly replyTo: string | undefined;
  readonly thread: string | undefined;
  readonly reactions: Set<string>;
}

/** What is wrong with what stands in the rooms. */
export interface WritingReport {
  readonly acknowledged: number;
  readonly failed: readonly unknown[];
  /** Ids of messages that are not there, or that do not read as was acknowledged. */
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
}

const EMOJI = ['👍', '❤️', '🎉'];
const WAIT_BEFORE_RETRY = 20;

/**
 * People who write, edit, react and delete at a steady rate, and who know what was acknowledged to them. Each message
 * is changed by the writer who wrote it alone, so that there is one right outcome.
 */
export class ChatWriters {
  readonly random: Random;
  readonly writes: TimedWrite[] = [];
  readonly failed: unknown[] = [];
  readonly #options: ChatWritersOptions;
  readonly #people: ReadonlyMap<string, WritingPerson>;
  readonly #expected = new Map<string, Expected>();
  #running: Promise<unknown> | undefined;
  #stopping = false;
  #number = 0;
  #onWrite: () => void = () => undefined;

  constructor(options: ChatWritersOptions) {
    this.#options = options;
    this.#people = new Map(options.people.map((person) => [person.id, person]));
    this.random = new Random(options.seed);
  }

  start(): void {
    const { writers = 8 } = this.#options;
    this.#stopping = false;
    this.#running = Promise.all(Array.from({ length: writers }, () => this.#write()));
  }

  /** Settles when the last write is answered. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Settles when so many writes were answered. */
  wrote(count: number): Promise<void> {
    return this.#until(() => this.writes.length >= count);
  }

  /** Settles when so many messages were sent. */
  sent(count: number): Promise<void> {
    return this.#until(() => this.#expected.size >= count);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => (this.#onWrite = () => resolve(undefined)));
  }

  /** Compares what was acknowledged with all messages of the rooms, read once each. */
  report(messages: readonly Message[]): WritingReport {
    const seen = new Map<string, number>();
    for (const { id, text, room } of messages) {
      for (const key of new Set([id, ...(text.startsWith('#') ? [`${room} ${text}`] : [])]))
        seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const found = new Map(messages.map((message) => [message.id, message]));
    const lost = [...this.#expected.values()].filter((expected) => !reads(found.get(expected.id), expected));
    return {
      acknowledged: this.writes.length,
      failed: this.failed,
      lost: lost.map(({ id }) => id),
      duplicated: [...seen].filter(([, count]) => count > 1).map(([key]) => key),
    };
  }

  async #write(): Promise<void> {
    const { perSecond, writers = 8 } = this.#options;
    const own: Expected[] = [];
    const interval = perSecond === undefined ? 0 : (1_000 * writers) / perSecond;
    let due = performance.now() + this.random.next() * interval;
    while (!this.#stopping) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      // Who was held up does not catch up all at once.
      due = Math.max(due + interval, performance.now() - interval);
      await this.#one(own, `#${this.#number++} of ${this.random.seed} ${'ord '.repeat(1 + this.random.below(12))}`);
    }
  }

  async #one(own: Expected[], text: string): Promise<void> {
    const kind = own.length === 0 ? 0 : this.random.below(10);
    const subject = own.length > 0 ? this.random.of(own) : undefined;
    if (kind < 7 || !subject || subject.deleted) return this.#send(own, text);
    const { chat } = this.#people.get(subject.author)!;
    const { room, id: message } = subject;
    if (kind === 7) {
      await this.#acknowledged(
        () => chat.editMessage({ room, message, text }),
        () => (subject.text = text),
      );
    } else if (kind === 8) {
      const emoji = this.random.of(EMOJI);
      const on = !subject.reactions.has(emoji);
      await this.#acknowledged(
        () => chat.react({ room, message, emoji, on }),
        () => void (on ? subject.reactions.add(emoji) : subject.reactions.delete(emoji)),
      );
    } else {
      await this.#acknowledged(
        () => chat.deleteMessage({ room, message }),
        () => (subject.deleted = true),
      );
    }
  }

  async #send(own: Expected[], text: string): Promise<void> {
    const { id: author, chat } = this.random.of(this.#options.people);
    const room = this.random.of(this.#options.rooms);
    const id = newId();
    const earlier = own.findLast((message) => message.room === room && !message.deleted);
    const kind = earlier ? this.random.below(10) : 9;
    const replyTo = kind < 2 ? earlier!.id : undefined;
    const thread = kind === 2 ? (earlier!.thread ?? earlier!.id) : undefined;
    const hangsOn = { ...(replyTo ? { replyTo } : {}), ...(thread ? { thread } : {}) };
    await this.#acknowledged(
      () => chat.sendMessage({ id, room, text, ...hangsOn }),
      () => {
        const expected = { id, room, author, text, deleted: false, replyTo, thread, reactions: new Set<string>() };
        this.#expected.set(id, expected);
        own.push(expected);
      },
    );
  }

  /** Writes until it is answered, as an app does that keeps what was not sent; then notes what must stand from now on. */
  async #acknowledged(write: () => Promise<unknown>, note: () => unknown): Promise<void> {
    const began = performance.now();
    for (;;) {
      try {
        await write();
        break;
      } catch (error) {
        if (!this.#options.retry?.(error)) return void this.failed.push(error);
        await new Promise((resolve) => setTimeout(resolve, WAIT_BEFORE_RETRY));
      }
    }
    note();
    this.writes.push({ began, ended: performance.now() });
    this.#onWrite();
  }
}

/** What is deleted hangs on nothing any more; in a thread of which nothing is left it is not shown. */
function reads(message: Message | undefined, expected: Expected): boolean {
  const { author, text, deleted, replyTo, thread, reactions } = expected;
  if (!message) return deleted && thread !== undefined;
  if (message.author !== author || (message.deletedAt !== undefined) !== deleted) return false;
  if (deleted) return true;
  if (message.replyTo !== replyTo || message.thread !== thread || message.text !== text) return false;
  const given = message.reactions.filter(({ people }) => people.includes(author)).map(({ emoji }) => emoji);
  return given.length === reactions.size && given.every((emoji) => reactions.has(emoji));
}

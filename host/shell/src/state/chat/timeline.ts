import { signal } from '@preact/signals-core';
import type { Message } from '@valfri/sdk';
import { api, type Failure, failureOf } from '../api.ts';
import { bootstrap } from '../bootstrap.ts';
import { onEvents } from '../live.ts';

const PAGE = 50;

/** What a timeline shows of a room or of a thread. */
export interface TimelineState {
  /** In the order of the room. */
  readonly messages: readonly Message[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  readonly loading: boolean;
  readonly failure?: Failure | undefined;
  /** Grows when what is shown was replaced as a whole, so that a view does not try to hold its place. */
  readonly epoch: number;
}

const NOTHING: TimelineState = { messages: [], hasBefore: false, hasAfter: false, loading: true, epoch: 0 };

/** A stretch of a room's messages, or of a thread's, that grows where one reads on and follows what happens. */
export class Timeline {
  readonly room: string;
  readonly thread: string | undefined;
  readonly state = signal<TimelineState>(NOTHING);
  #busy: Promise<void> | undefined;

  constructor(room: string, thread?: string) {
    this.room = room;
    this.thread = thread;
    const { history } = bootstrap;
    if (thread === undefined && history?.room === room && !used) {
      used = true;
      const { messages, hasBefore, hasAfter } = history;
      this.state.value = { messages, hasBefore, hasAfter, loading: false, epoch: 1 };
    }
  }

  /** Whether anything was read yet. */
  get known(): boolean {
    return this.state.peek().epoch > 0;
  }

  /** Shows the newest. */
  loadLatest(): Promise<void> {
    return this.#replace({});
  }

  /** Shows a message with what stands around it. */
  loadAround(message: string): Promise<void> {
    if (this.known && this.state.peek().messages.some(({ id }) => id === message)) return Promise.resolve();
    return this.#replace({ around: message });
  }

  loadBefore(): Promise<void> {
    const first = this.state.peek().messages[0];
    if (!first || !this.state.peek().hasBefore) return Promise.resolve();
    return this.#extend({ before: first.id }, (page, state) => ({
      messages: [...page.messages, ...state.messages],
      hasBefore: page.hasBefore,
    }));
  }

  loadAfter(): Promise<void> {
    const last = this.state.peek().messages.at(-1);
    if (!last || !this.state.peek().hasAfter) return Promise.resolve();
    return this.#extend({ after: last.id }, (page, state) => ({
      messages: [...state.messages, ...page.messages],
      hasAfter: page.hasAfter,
    }));
  }

  /** Reads anew what is shown: after too much was missed to be told one by one. */
  reload(): Promise<void> {
    const { messages, hasAfter } = this.state.peek();
    const middle = messages[Math.floor(messages.length / 2)];
    return hasAfter && middle ? this.#replace({ around: middle.id }) : this.#replace({});
  }

  /** Takes a message in that was written here or elsewhere. */
  put(message: Message): void {
    const belongs =
      this.thread === undefined
        ? message.thread === undefined
        : message.thread === this.thread || message.id === this.thread;
    if (message.room !== this.room || !belongs) return;
    const { messages, hasAfter } = this.state.peek();
    if (messages.some(({ id }) => id === message.id)) {
      this.change(message.id, () => message);
      return;
    }
    if (hasAfter || !this.known) return;
    const at = messages.findLastIndex(({ seq }) => seq < message.seq) + 1;
    this.#set({ messages: [...messages.slice(0, at), message, ...messages.slice(at)] });
  }

  change(id: string, change: (message: Message) => Message): void {
    const { messages } = this.state.peek();
    if (!messages.some((message) => message.id === id)) return;
    this.#set({ messages: messages.map((message) => (message.id === id ? change(message) : message)) });
  }

  #replace(anchor: { around?: string }): Promise<void> {
    return this.#once(async () => {
      const { epoch } = this.state.peek();
      const page = await this.#fetch(anchor);
      const { messages, hasBefore, hasAfter } = page;
      this.#set({ messages, hasBefore, hasAfter, epoch: epoch + 1 });
    });
  }

  #extend(
    anchor: { before?: string; after?: string },
    merge: (
      page: Pick<TimelineState, 'messages' | 'hasBefore' | 'hasAfter'>,
      state: TimelineState,
    ) => Partial<TimelineState>,
  ): Promise<void> {
    if (this.#busy) return this.#busy;
    return this.#once(async () => {
      const { epoch } = this.state.peek();
      const page = await this.#fetch(anchor);
      const state = this.state.peek();
      if (state.epoch === epoch) this.#set(merge(page, state));
    });
  }

  #fetch(anchor: { before?: string; after?: string; around?: string }) {
    const thread = this.thread === undefined ? {} : { thread: this.thread };
    return api.chat.history.query({ room: this.room, limit: PAGE, ...thread, ...anchor });
  }

  async #once(work: () => Promise<void>): Promise<void> {
    await this.#busy;
    this.#set({ loading: true });
    const run = work().then(
      () => this.#set({ loading: false, failure: undefined }),
      (error: unknown) => this.#set({ loading: false, failure: failureOf(error) }),
    );
    this.#busy = run.finally(() => (this.#busy = undefined));
    await run;
  }

  #set(changes: Partial<TimelineState>): void {
    this.state.value = { ...this.state.peek(), ...changes };
  }
}

let used = false;
const timelines = new Map<string, Timeline>();
const MOST_KEPT = 20;

/** The timeline of a room or a thread; the last few are kept, so that going back is immediate. */
export function timelineOf(room: string, thread?: string): Timeline {
  const key = `${room} ${thread ?? ''}`;
  const known = timelines.get(key) ?? new Timeline(room, thread);
  timelines.delete(key);
  timelines.set(key, known);
  if (timelines.size > MOST_KEPT) timelines.delete(timelines.keys().next().value!);
  return known;
}

/** Takes a message in wherever it is shown. */
export function putMessage(message: Message): void {
  for (const timeline of timelines.values()) timeline.put(message);
}

/** Changes a message wherever it is shown. */
export function changeMessage(id: string, change: (message: Message) => Message): void {
  for (const timeline of timelines.values()) timeline.change(id, change);
}

/** A message that is shown somewhere. */
export function shownMessage(id: string): Message | undefined {
  for (const timeline of timelines.values()) {
    const found = timeline.state.value.messages.find((message) => message.id === id);
    if (found) return found;
  }
  return undefined;
}

/** A message's reactions with one put on, or taken off. */
export function withReaction(message: Message, emoji: string, person: string, on: boolean): Message {
  const { reactions } = message;
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  const people = (known?.people ?? []).filter((each) => each !== person);
  if (on) people.push(person);
  const changed = known
    ? reactions.map((reaction) => (reaction === known ? { emoji, people } : reaction))
    : [...reactions, { emoji, people }];
  return { ...message, reactions: changed.filter((reaction) => reaction.people.length > 0) };
}

function countReply({ thread, sentAt }: Message): void {
  if (thread === undefined) return;
  changeMessage(thread, (root) => ({ ...root, replies: { count: (root.replies?.count ?? 0) + 1, lastAt: sentAt } }));
}

const counted = new Set<string>();

onEvents({
  'message.posted': ({ message }) => {
    if (!counted.has(message.id)) countReply(message);
    counted.add(message.id);
    putMessage(message);
  },
  'message.changed': ({ message, text, mentions, editedAt, deletedAt }) =>
    changeMessage(message, (known) => ({
      ...known,
      text,
      mentions,
      ...(editedAt === undefined ? {} : { editedAt }),
      ...(deletedAt === undefined ? {} : { deletedAt, reactions: [], attachments: [] }),
    })),
  'reaction.changed': ({ message, emoji, person, on }) =>
    changeMessage(message, (known) => withReaction(known, emoji, person, on)),
  'live.resync': () => {
    for (const timeline of timelines.values()) if (timeline.known) void timeline.reload();
  },
});

import { signal } from '@preact/signals-core';
import { newId } from '@valfri/core/ids';
import type { Message } from '@valfri/sdk';
import { api, type Failure, failureOf } from '../api.ts';
import { bootstrap } from '../bootstrap.ts';
import { connection, onEvents } from '../live.ts';
import { putMessage } from './timeline.ts';

const KEY = `valfri.sending.${bootstrap.session.signedIn?.id ?? ''}`;

/** A message that is on its way. */
export interface Outgoing {
  readonly id: string;
  readonly room: string;
  readonly text: string;
  readonly mentions: readonly string[];
  readonly attachments?: Message['attachments'] | undefined;
  readonly replyTo?: string | undefined;
  readonly thread?: string | undefined;
  readonly at: number;
  /** Why it has not been taken, where it has not; then it waits for the writer, or for the connection. */
  readonly failure?: Failure | undefined;
}

/** Messages on their way, in the order in which they were written. Kept on this device until the host has them. */
export const outgoing = signal<readonly Outgoing[]>(remembered());

function remembered(): readonly Outgoing[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Outgoing[];
  } catch {
    return [];
  }
}

function keep(next: readonly Outgoing[]): void {
  outgoing.value = next;
  if (next.length === 0) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(next));
}

/** Sends a message; it is shown at once, and again with the same id until the host has it. */
export function send(message: Omit<Outgoing, 'id' | 'at' | 'failure'>): void {
  keep([...outgoing.peek(), { ...message, id: newId(), at: Date.now() }]);
  void drain(message.room);
}

/** Tries a message again that was not taken. */
export function retry(id: string): void {
  const message = outgoing.peek().find((each) => each.id === id);
  if (!message) return;
  keep(outgoing.peek().map((each) => (each.id === id ? { ...each, failure: undefined } : each)));
  void drain(message.room);
}

/** Gives a message up. */
export function discard(id: string): void {
  keep(outgoing.peek().filter((each) => each.id !== id));
}

const draining = new Set<string>();

/** Sends what waits for a room, one after another, so that it stands in the order in which it was written. */
async function drain(room: string): Promise<void> {
  if (draining.has(room)) return;
  draining.add(room);
  try {
    for (;;) {
      const next = outgoing.peek().find((each) => each.room === room && each.failure === undefined);
      if (!next || !(await sendOne(next))) return;
    }
  } finally {
    draining.delete(room);
  }
}

async function sendOne(next: Outgoing): Promise<boolean> {
  const { id, room, text, mentions, attachments = [], replyTo, thread } = next;
  const optional = { attachments, ...(replyTo ? { replyTo } : {}), ...(thread ? { thread } : {}) };
  try {
    const { message } = await api.chat.sendMessage.mutate({ id, room, text, mentions: [...mentions], ...optional });
    settle(message);
    return true;
  } catch (error) {
    const failure = failureOf(error);
    keep(outgoing.peek().map((each) => (each.id === id ? { ...each, failure } : each)));
    if (failure.passing) setTimeout(() => retryPassing(), 3_000);
    return !failure.passing;
  }
}

function settle(message: Message): void {
  putMessage(message);
  discard(message.id);
}

/** What failed for a reason that passes is tried again, in its order. */
function retryPassing(): void {
  const waiting = outgoing.peek().filter(({ failure }) => failure?.passing);
  if (waiting.length === 0) return;
  keep(outgoing.peek().map((each) => (each.failure?.passing ? { ...each, failure: undefined } : each)));
  for (const room of new Set(waiting.map((each) => each.room))) void drain(room);
}

/** Begins: what was left from before is sent, and whatever waited goes when the connection is back. */
export function startSending(): void {
  onEvents({
    'message.posted': ({ message }) => {
      if (outgoing.peek().some(({ id }) => id === message.id)) settle(message);
    },
  });
  connection.subscribe((state) => {
    if (state === 'live') retryPassing();
  });
  for (const room of new Set(outgoing.peek().map((each) => each.room))) void drain(room);
}

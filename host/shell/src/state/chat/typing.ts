import { signal } from '@preact/signals-core';
import { api } from '../api.ts';
import { bootstrap } from '../bootstrap.ts';
import { chatFeatures } from '../features.ts';
import { onEvents } from '../live.ts';

const FORGET = 10_000;
const SAY_AGAIN = 4_000;
const me = bootstrap.session.signedIn?.id;

/** Who writes where, with the moment at which that is forgotten. */
const writers = signal<ReadonlyMap<string, ReadonlyMap<string, number>>>(new Map());

/** People other than the reader who are writing in a room. */
export function typingIn(room: string): readonly string[] {
  return [...(writers.value.get(room)?.keys() ?? [])];
}

function set(room: string, person: string, on: boolean): void {
  const inRoom = new Map(writers.peek().get(room));
  if (on) inRoom.set(person, Date.now() + FORGET);
  else if (!inRoom.delete(person)) return;
  writers.value = new Map(writers.peek()).set(room, inRoom);
  if (on) setTimeout(() => forget(room, person), FORGET + 50);
}

function forget(room: string, person: string): void {
  const until = writers.peek().get(room)?.get(person);
  if (until !== undefined && until <= Date.now()) set(room, person, false);
}

onEvents({
  typing: ({ room, person, on }) => {
    if (person !== me) set(room, person, on);
  },
  'message.posted': ({ room, message }) => set(room, message.author, false),
});

let said: { readonly room: string; readonly at: number } | undefined;

/** Tells the others that the reader writes, or has stopped; not more often than they need to know. */
export function sayTyping(room: string, on: boolean): void {
  if (!chatFeatures.peek()?.['typing']) return;
  const now = Date.now();
  if (on ? said?.room === room && now - said.at < SAY_AGAIN : said?.room !== room) return;
  said = on ? { room, at: now } : undefined;
  void api.chat.setTyping.query({ room, on }).catch(() => undefined);
}

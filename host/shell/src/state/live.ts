import { signal } from '@preact/signals-core';
import type { EventOf } from '@valfri/core';
import type { chat, documents } from '@valfri/sdk';
import { bootstrap } from './bootstrap.ts';
import { loadTransport } from './load-transport.ts';

type ChatEvents = { readonly [K in keyof (typeof chat)['events']]: EventOf<typeof chat, K> };
type DocumentEvents = { readonly [K in keyof (typeof documents)['events']]: EventOf<typeof documents, K> };

/** Every event that the shell knows, by type. */
export interface Events extends ChatEvents, DocumentEvents {
  readonly 'read.moved': { readonly resource: string; readonly seq: number };
  readonly 'person.changed': { readonly person: string };
  readonly 'binding.changed': { readonly capability: string };
  /** Who has a file open is other people now. */
  readonly 'office.editors': { readonly file: string };
  /** Another editor is about to take over from this one. */
  readonly 'office.moving': { readonly instance: string };
  readonly 'swap.progressed': { readonly swap: string; readonly state: string; readonly capability: string };
  readonly 'live.ready': object;
  /** Too much was missed to be told one by one: what is shown must be read anew. */
  readonly 'live.resync': { readonly capability: string };
}

interface LiveEvent {
  readonly at?: string;
  readonly type: keyof Events;
  readonly data: never;
}

/** What to do on events, by type. */
export type Handlers = { readonly [K in keyof Events]?: (data: Events[K]) => void };

/** Whether events arrive. `waiting` is what a short interruption looks like; nobody is told of it before a moment has passed. */
export const connection = signal<'connecting' | 'live' | 'waiting' | 'offline' | 'signedOut'>('connecting');

/** When the client that connects could not be loaded, in milliseconds. */
const RETRY = 2_000;
const listeners = new Set<Handlers>();
let last = bootstrap.at;
let offlineTimer: ReturnType<typeof setTimeout> | undefined;

/** Calls a function for each event of its type, once, in order, until disposed of. */
export function onEvents(handlers: Handlers): () => void {
  listeners.add(handlers);
  return () => listeners.delete(handlers);
}

let connecting = 0;
let hangUp: () => void = () => undefined;

/** Connects, and stays connected: after an interruption what was missed arrives first. */
export function goLive(): void {
  const mine = ++connecting;
  hangUp();
  loadTransport().then(
    ({ subscribe }) => {
      if (mine !== connecting) return;
      hangUp = subscribe(last, {
        opened: () => clearTimeout(offlineTimer),
        closed: interrupted,
        received: (message) => receive(eventIn(message as LiveEvent | { readonly data: LiveEvent })),
      });
    },
    () => {
      interrupted(undefined);
      setTimeout(() => mine === connecting && goLive(), RETRY);
    },
  );
}

/** The browser knows sooner than the connection does. */
addEventListener('offline', () => {
  if (connecting > 0 && connection.value !== 'signedOut') connection.value = 'offline';
});
addEventListener('online', () => {
  if (connection.value === 'offline' || connection.value === 'waiting') goLive();
});

function eventIn(message: LiveEvent | { readonly data: LiveEvent }): LiveEvent {
  return 'type' in message ? message : message.data;
}

function receive(event: LiveEvent): void {
  if (event.at !== undefined) {
    if (last !== undefined && !isAfter(event.at, last) && event.type !== 'live.ready' && event.type !== 'live.resync')
      return;
    last = event.at;
  }
  if (event.type === 'live.ready') connection.value = 'live';
  for (const handlers of listeners) handlers[event.type]?.(event.data);
}

/** Whether one place comes after another; both are two numbers with a dot between. */
function isAfter(a: string, b: string): boolean {
  const [[a1, a2], [b1, b2]] = [a.split('.').map(BigInt), b.split('.').map(BigInt)] as [bigint[], bigint[]];
  return a1! > b1! || (a1 === b1 && a2! > b2!);
}

function interrupted(code: number | undefined): void {
  if (code === 4401) {
    connection.value = 'signedOut';
    return;
  }
  if (connection.value === 'live' || connection.value === 'connecting') connection.value = 'waiting';
  clearTimeout(offlineTimer);
  offlineTimer = setTimeout(() => {
    if (connection.value === 'waiting') connection.value = 'offline';
  }, 2_000);
}

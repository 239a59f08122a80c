import { computed, signal } from '@preact/signals-core';
import type { Message, Room } from '@valfri/sdk';
import { compareNames } from '../../format/names.ts';
import { language } from '../../text/text.ts';
import { api, type Failure, failureOf } from '../api.ts';
import { bootstrap } from '../bootstrap.ts';
import { onEvents } from '../live.ts';
import { nameOf } from '../people.ts';
import { preferences } from '../preferences.ts';

const rooms = signal<ReadonlyMap<string, Room>>(new Map((bootstrap.rooms ?? []).map((room) => [room.id, room])));
const read = signal<ReadonlyMap<string, { readonly seq: number; readonly mentions: number }>>(
  new Map((bootstrap.read ?? []).map(({ resource, seq, mentions }) => [resource, { seq, mentions }])),
);

/** Why the rooms could not be read, where they could not. */
export const roomsFailure = signal<Failure | undefined>(undefined);
/** Whether the rooms are known. */
export const roomsKnown = signal(bootstrap.rooms !== undefined);

const me = bootstrap.session.signedIn?.id ?? '';

/** A room that the reader is a member of. */
export function roomById(id: string): Room | undefined {
  return rooms.value.get(id);
}

/** Everything that is known of the rooms. */
export const allRooms = computed(() => [...rooms.value.values()]);

/** The other person in a direct room. */
export function otherIn(room: Room): string | undefined {
  return room.people.find((person) => person !== me) ?? room.people[0];
}

/** What a room is called: its name, or the people in it. */
export function roomName(room: Room): string {
  if (room.name) return room.name;
  if (room.kind === 'direct') return nameOf(otherIn(room) ?? me);
  const others = room.people.filter((person) => person !== me).map((person) => nameOf(person).split(' ')[0]!);
  return others.length > 0 ? others.join(', ') : nameOf(me);
}

/** How many messages of a room are unread. */
export function unreadIn(room: Room): number {
  return Math.max(0, room.lastSeq - (read.value.get(room.id)?.seq ?? 0));
}

/** How many unread messages of a room mention the reader. */
export function mentionsIn(room: Room): number {
  return unreadIn(room) === 0 ? 0 : (read.value.get(room.id)?.mentions ?? 0);
}

/** How far the reader has read in a room. */
export function readUpTo(room: string): number {
  return read.value.get(room)?.seq ?? 0;
}

/** Rooms with a name of their own, by name; archived ones last. */
export const namedRooms = computed(() => {
  const { value: locale } = language;
  const named = allRooms.value.filter(({ kind, name }) => kind === 'channel' || (kind === 'group' && name !== ''));
  const archived = ({ archivedAt }: Room) => (archivedAt === undefined ? 0 : 1);
  return named.sort((a, b) => archived(a) - archived(b) || compareNames(a.name, b.name, locale));
});

/** Conversations with people, the last active first. */
export const directRooms = computed(() =>
  allRooms.value
    .filter(({ kind, name }) => kind === 'direct' || (kind === 'group' && name === ''))
    .sort((a, b) => b.lastAt - a.lastAt),
);

/** Rooms with something unread that is not muted. */
export const unreadRooms = computed(() => {
  const muted = new Set(preferences.value.mutedRooms ?? []);
  return allRooms.value.filter((room) => unreadIn(room) > 0 && !muted.has(room.id));
});

/** Reads all rooms anew. */
export async function loadRooms(): Promise<void> {
  try {
    const [{ rooms: list }, markers] = await Promise.all([api.chat.listRooms.query({}), api.read.list.query()]);
    rooms.value = new Map(list.map((room) => [room.id, room]));
    read.value = new Map(markers.map(({ resource, seq, mentions }) => [resource, { seq, mentions }]));
    roomsFailure.value = undefined;
    roomsKnown.value = true;
  } catch (error) {
    roomsFailure.value = failureOf(error);
  }
}

/** Takes a room in, new or changed. */
export function putRoom(room: Room): void {
  rooms.value = new Map(rooms.value).set(room.id, room);
}

/** Forgets a room that the reader left. */
export function dropRoom(id: string): void {
  const next = new Map(rooms.value);
  next.delete(id);
  rooms.value = next;
}

/** Says that the reader has read a room up to a message. */
export function markRead(room: string, { seq, id }: Pick<Message, 'seq' | 'id'>): void {
  if (seq <= readUpTo(room)) return;
  setRead(room, seq);
  void api.read.mark.mutate({ resource: room, seq, message: id }).catch(() => undefined);
}

function setRead(room: string, seq: number): void {
  read.value = new Map(read.value).set(room, { seq, mentions: 0 });
}

async function fetchRoom(id: string): Promise<void> {
  try {
    putRoom((await api.chat.getRoom.query({ room: id })).room);
  } catch {
    // It was left again meanwhile, or comes with the next reading of all.
  }
}

function changeRoom(id: string, change: (room: Room) => Room): void {
  const room = rooms.peek().get(id);
  if (room) putRoom(change(room));
}

onEvents({
  'message.posted': ({ room, message: { id, seq, sentAt, author, mentions } }) => {
    changeRoom(room, (known) => ({
      ...known,
      lastSeq: Math.max(known.lastSeq, seq),
      lastAt: Math.max(known.lastAt, sentAt),
    }));
    if (author === me) markRead(room, { seq, id });
    else if (mentions.includes(me)) {
      const known = read.peek().get(room) ?? { seq: 0, mentions: 0 };
      read.value = new Map(read.peek()).set(room, { ...known, mentions: known.mentions + 1 });
    }
  },
  'room.changed': ({ room, name, topic, archivedAt }) =>
    changeRoom(room, ({ archivedAt: _, ...known }) => ({
      ...known,
      name,
      topic,
      ...(archivedAt === undefined ? {} : { archivedAt }),
    })),
  'member.joined': ({ room, person }) => {
    if (person === me || rooms.peek().has(room)) void fetchRoom(room);
  },
  'member.changed': ({ room }) => void fetchRoom(room),
  'member.left': ({ room, person }) => (person === me ? dropRoom(room) : void fetchRoom(room)),
  'read.moved': ({ resource, seq }) => {
    if (seq > readUpTo(resource)) setRead(resource, seq);
  },
  'live.resync': () => void loadRooms(),
});

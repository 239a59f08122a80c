import { CapabilityError, type Call, derivedId, type InputOf } from '@valfri/core';
import { createHash } from 'node:crypto';
import type { chat } from '../capabilities/chat.ts';
import { directRoomText } from './direct-room.ts';
import type { MemberRow, MessageRow, RoomRow } from './rows.ts';
import type { Wanted, WorkingSet } from './working-set.ts';

type Operations = (typeof chat)['operations'];
type Input<K extends keyof Operations> = InputOf<Operations[K]>;
type Who = Pick<Call, 'person' | 'organisation'>;

/** One write of the contract: what it looks at, and what it does to that. */
export interface Rule<I> {
  /** What a store must load into the set before it runs. What is not there is left out. */
  wants(input: I, who: Who): Wanted;
  /** @throws an answer of the error table; nothing is then changed. */
  run(set: WorkingSet, input: I, who: Who, now: number): void;
}

/** The writes that have a rule. */
export type RuledOperation =
  | 'createRoom'
  | 'updateRoom'
  | 'joinRoom'
  | 'addMembers'
  | 'removeMember'
  | 'setRole'
  | 'sendMessage'
  | 'editMessage'
  | 'deleteMessage'
  | 'react';

/**
 * What each write of the chat contract means: the same for every store. In one transaction, or with no other write
 * between: load what the rule `wants` into a {@link WorkingSet}, `run` it, save what `changesOf()` says has changed,
 * and keep what `announcementsOf()` says is to be told; then commit, announce and answer.
 */
export const chatRules: { readonly [K in RuledOperation]: Rule<Input<K>> } = {
  createRoom: {
    wants: ({ id, people }, { person }) => ({ rooms: [id], members: [person, ...people].map((p) => `${id}/${p}`) }),
    run: createRoom,
  },
  updateRoom: {
    wants: ({ room }, { person }) => ({ rooms: [room], members: [`${room}/${person}`] }),
    run: updateRoom,
  },
  joinRoom: {
    wants: ({ room }, { person }) => ({ rooms: [room], members: [`${room}/${person}`] }),
    run(set, { room }, { person, organisation }, now) {
      const row = set.get('rooms', room);
      if (!row || row.kind !== 'channel' || row.organisation !== organisation) throw noRoom();
      requireOpen(row);
      admit(set, room, [person], { role: 'member', joinedAt: now });
    },
  },
  addMembers: {
    wants: ({ room, people }, { person }) => ({
      rooms: [room],
      members: [person, ...people].map((p) => `${room}/${p}`),
    }),
    run(set, { room, people }, { person }, now) {
      const { row } = requireMember(set, room, person);
      requireOpen(row);
      if (row.kind === 'direct')
        throw new CapabilityError('CONFLICT', 'A direct room is for two people. Make a group instead.', {
          reason: 'DIRECT',
        });
      admit(set, room, people, { role: 'member', joinedAt: now });
    },
  },
  removeMember: {
    wants: ({ room, person }, who) => ({ rooms: [room], members: [`${room}/${person}`, `${room}/${who.person}`] }),
    run: removeMember,
  },
  setRole: {
    wants: ({ room, person }, who) => ({ rooms: [room], members: [`${room}/${person}`, `${room}/${who.person}`] }),
    run(set, { room, person, role }, who) {
      requireOwner(set, room, who.person);
      const member = set.get('members', `${room}/${person}`);
      if (!member || member.gone)
        throw new CapabilityError('NOT_FOUND', 'This person is no member of the room.', { field: 'person' });
      if (member.role !== role) set.put('members', { ...member, role });
    },
  },
  sendMessage: {
    wants: ({ id, room, replyTo, thread }, { person }) => ({
      rooms: [room],
      members: [`${room}/${person}`],
      messages: [id, ...(replyTo ? [replyTo] : []), ...(thread ? [thread] : [])],
    }),
    run: sendMessage,
  },
  editMessage: {
    wants: wantsMessage,
    run(set, { room, message, text, mentions }, { person }, now) {
      requireOpen(requireMember(set, room, person).row);
      const row = requireLiving(set, room, message);
      if (row.author !== person) throw new CapabilityError('DENIED', 'Only its author can change a message.');
      if (text.trim() === '') throw new CapabilityError('INVALID', 'A message needs a text.', { field: 'text' });
      if (row.text === text) return;
      set.put('messages', { ...row, text, mentions, editedAt: now });
    },
  },
  deleteMessage: {
    wants: wantsMessage,
    run(set, { room, message }, { person }, now) {
      const { member } = requireMember(set, room, person);
      const row = set.get('messages', message);
      if (row?.room === room && row.deletedAt !== null) return;
      const living = requireLiving(set, room, message);
      if (living.author !== person && member.role !== 'owner')
        throw new CapabilityError('DENIED', 'Only its author, or an owner of the room, can delete a message.');
      const emptied = { text: '', mentions: [], attachments: [], replyTo: null, editedAt: null };
      set.put('messages', { ...living, ...emptied, deletedAt: now });
    },
  },
  react: {
    wants: (input, who) => ({
      ...wantsMessage(input, who),
      reactions: [`${input.message}/${who.person}/${input.emoji}`],
    }),
    run(set, { room, message, emoji, on }, { person }, now) {
      requireOpen(requireMember(set, room, person).row);
      requireLiving(set, room, message);
      const known = set.get('reactions', `${message}/${person}/${emoji}`);
      if ((known !== undefined && !known.gone) === on) return;
      set.put('reactions', { message, room, person, emoji, at: on ? now : known!.at, gone: !on });
    },
  },
};

function wantsMessage({ room, message }: { room: string; message: string }, { person }: Who): Wanted {
  return { rooms: [room], members: [`${room}/${person}`], messages: [message] };
}

function createRoom(set: WorkingSet, input: Input<'createRoom'>, { person, organisation }: Who, now: number): void {
  const { id, kind, name, topic } = input;
  const people = input.people.filter((other) => other !== person);
  if (set.get('rooms', id)) {
    requireMember(set, id, person);
    return;
  }
  requireName(kind, name);
  if (kind === 'direct') requireDirect(id, person, people);
  set.put('rooms', { id, kind, name, topic, organisation, createdAt: now, archivedAt: null, lastSeq: 0, lastAt: now });
  admit(set, id, [person], { role: 'owner', joinedAt: now });
  admit(set, id, people, { role: kind === 'direct' ? 'owner' : 'member', joinedAt: now });
}

function requireName(kind: RoomRow['kind'], name: string): void {
  if (kind === 'channel' && name.trim() === '')
    throw new CapabilityError('INVALID', 'A channel needs a name.', { field: 'name' });
}

/** Who is alone in a direct room writes to themselves. */
function requireDirect(id: string, person: string, [other = person, ...more]: readonly string[]): void {
  if (more.length > 0)
    throw new CapabilityError('INVALID', 'A direct room is for two people. Make a group instead.', { field: 'people' });
  if (id !== derivedId(createHash('sha256').update(directRoomText(person, other)).digest()))
    throw new CapabilityError('INVALID', 'A direct room takes the id that directRoomId() gives for the two.', {
      field: 'id',
    });
}

function updateRoom(set: WorkingSet, input: Input<'updateRoom'>, { person }: Who, now: number): void {
  const { row } = requireOwner(set, input.room, person);
  const { name = row.name, topic = row.topic, archived } = input;
  if (input.name !== undefined) requireName(row.kind, input.name);
  const archivedAt = archived === undefined ? row.archivedAt : archived ? (row.archivedAt ?? now) : null;
  set.put('rooms', { ...row, name, topic, archivedAt });
}

function removeMember(set: WorkingSet, { room, person }: Input<'removeMember'>, who: Who): void {
  const { row } = person === who.person ? requireMember(set, room, person) : requireOwner(set, room, who.person);
  if (row.kind === 'direct')
    throw new CapabilityError('CONFLICT', 'Nobody leaves a direct room.', { reason: 'DIRECT' });
  const member = set.get('members', `${room}/${person}`);
  if (member && !member.gone) set.put('members', { ...member, gone: true });
}

function sendMessage(set: WorkingSet, input: Input<'sendMessage'>, { person }: Who, now: number): void {
  const { id, room, text, mentions, attachments, replyTo, thread } = input;
  const { row } = requireMember(set, room, person);
  const known = set.get('messages', id);
  if (known) {
    if (known.room === room && known.author === person) return;
    throw new CapabilityError('CONFLICT', 'Another message has this id.', { field: 'id' });
  }
  requireOpen(row);
  if (text.trim() === '' && attachments.length === 0)
    throw new CapabilityError('INVALID', 'A message needs a text or an attachment.', { field: 'text' });
  if (replyTo) requireIn(set, room, replyTo, 'replyTo');
  if (thread && requireIn(set, room, thread, 'thread').thread !== null)
    throw new CapabilityError('INVALID', 'A thread begins with a message of the room itself.', { field: 'thread' });
  const seq = row.lastSeq + 1;
  set.put('rooms', { ...row, lastSeq: seq, lastAt: Math.max(now, row.lastAt) });
  set.put('messages', {
    ...{ id, room, seq, author: person, sentAt: now, text, mentions, attachments },
    ...{ replyTo: replyTo ?? null, thread: thread ?? null, editedAt: null, deletedAt: null },
  });
}

function admit(
  set: WorkingSet,
  room: string,
  people: readonly string[],
  as: Pick<MemberRow, 'role' | 'joinedAt'>,
): void {
  for (const person of people) {
    const known = set.get('members', `${room}/${person}`);
    if (known && !known.gone) continue;
    set.put('members', { room, person, ...as, gone: false });
  }
}

/** The same answer for a room that is not there and one that is not the person's: neither is to be told apart. */
function noRoom(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'There is no such room, or you are no member of it.', { field: 'room' });
}

/** The room and the membership of a person in it. @throws NOT_FOUND where there is neither: nobody can tell which. */
export function requireMember(set: WorkingSet, room: string, person: string): { row: RoomRow; member: MemberRow } {
  const row = set.get('rooms', room);
  const member = set.get('members', `${room}/${person}`);
  if (!row || !member || member.gone) throw noRoom();
  return { row, member };
}

function requireOwner(set: WorkingSet, room: string, person: string): { row: RoomRow; member: MemberRow } {
  const found = requireMember(set, room, person);
  if (found.member.role !== 'owner') throw new CapabilityError('DENIED', 'Only an owner of the room can do this.');
  return found;
}

function requireOpen({ archivedAt }: RoomRow): void {
  if (archivedAt !== null)
    throw new CapabilityError('CONFLICT', 'The room is archived. An owner can open it again.', { reason: 'ARCHIVED' });
}

function requireIn(set: WorkingSet, room: string, id: string, field: string): MessageRow {
  const row = set.get('messages', id);
  if (row?.room !== room) throw new CapabilityError('NOT_FOUND', 'There is no such message in this room.', { field });
  return row;
}

function requireLiving(set: WorkingSet, room: string, id: string): MessageRow {
  const row = requireIn(set, room, id, 'message');
  if (row.deletedAt !== null) throw new CapabilityError('CONFLICT', 'The message was deleted.', { reason: 'DELETED' });
  return row;
}

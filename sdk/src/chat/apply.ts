import type { IngestReport, Loss, PortableRecord, Rejection } from '@valfri/core';
import { faultOf } from './record-faults.ts';
import type { MemberRow, MessageRow, ReactionRow, RoomRow } from './rows.ts';
import type { Wanted, WorkingSet } from './working-set.ts';

type Value = Record<string, never>;

/** Thrown within {@link applyRecord} where what a record belongs to is not there. */
class ParentMissing extends Error {}

/** What became of one record. */
type Applied = { readonly rejection?: Rejection; readonly loss?: Loss };

/** What {@link applyAll} looks at for some records: what a store must load into the set first. */
export function wantedByRecords(records: readonly PortableRecord[]): Required<Wanted> {
  const wanted = {
    rooms: new Set<string>(),
    members: new Set<string>(),
    messages: new Set<string>(),
    reactions: new Set<string>(),
    places: new Set<string>(),
  };
  for (const record of records) {
    if (faultOf(record) !== undefined) continue;
    const { type, key, value } = record;
    const { room, seq, message } = (value ?? {}) as { room?: string; seq?: number; message?: string };
    if (type === 'room') wanted.rooms.add(key);
    else if (type === 'member') wanted.members.add(key);
    else if (type === 'reaction') {
      wanted.reactions.add(key);
      wanted.messages.add(message ?? key.slice(0, 36));
    } else wanted.messages.add(key);
    if (room) wanted.rooms.add(room);
    if (room && seq) wanted.places.add(`${room}/${seq}`);
  }
  return Object.fromEntries(
    Object.entries(wanted).map(([name, set]) => [name, [...set]]),
  ) as unknown as Required<Wanted>;
}

/**
 * Brings records into a set, and says what became of them; the last value given for a key stands. This is all of
 * `Portability.ingest` but the store: load what {@link wantedByRecords} names, run this, save what changed, and keep the
 * announcements where that is asked for.
 */
export function applyAll(set: WorkingSet, records: readonly PortableRecord[]): IngestReport {
  const rejected: Rejection[] = [];
  const lossy: Loss[] = [];
  for (const record of records) {
    const { rejection, loss } = applyRecord(set, record);
    if (rejection) rejected.push(rejection);
    if (loss) lossy.push(loss);
  }
  return { accepted: records.length - rejected.length, rejected, lossy };
}

function applyRecord(set: WorkingSet, record: PortableRecord): Applied {
  const { type, key } = record;
  const fault = faultOf(record);
  if (fault !== undefined) return { rejection: { type, key, reason: 'INVALID', message: fault } };
  try {
    const loss = record.value === null ? removals[type]!(set, key) : rules[type]!(set, record.value as Value);
    return loss ? { loss: { type, key, message: loss } } : {};
  } catch (error) {
    if (!(error instanceof ParentMissing)) throw error;
    return { rejection: { type, key, reason: 'PARENT_MISSING', message: error.message } };
  }
}

type Rule = (set: WorkingSet, value: Value) => string | undefined | void;

const rules: Record<string, Rule> = {
  room: (set, value) => putRoom(set, value as unknown as RoomRow),
  member: (set, value) => {
    const { room, person, role, joinedAt } = value as unknown as MemberRow;
    requireRoom(set, room);
    set.put('members', { room, person, role, joinedAt, gone: false });
  },
  message: (set, value) => {
    const { text, mentions, attachments } = value as unknown as MessageRow;
    return place(set, value as unknown as MessageRow, { text, mentions, attachments, deletedAt: null });
  },
  tombstone: (set, value) => {
    const { deletedAt } = value as unknown as MessageRow;
    const emptied = { text: '', mentions: [], attachments: [], replyTo: null, editedAt: null };
    return place(set, value as unknown as MessageRow, { ...emptied, deletedAt });
  },
  reply: (set, { message, replyTo }) => change(set, message!, { replyTo: replyTo! }),
  thread: (set, { message, root }) => change(set, message!, { thread: root! }),
  edit: (set, { message, editedAt }) => change(set, message!, { editedAt: editedAt! }),
  reaction: (set, value) => {
    const { message, person, emoji, at } = value as unknown as ReactionRow;
    const { room } = requireMessage(set, message);
    set.put('reactions', { message, room, person, emoji, at, gone: false });
  },
};

const removals: Record<string, (set: WorkingSet, key: string) => void> = {
  room: () => undefined,
  member: (set, key) => {
    const row = set.get('members', key);
    if (row && !row.gone) set.put('members', { ...row, gone: true });
  },
  message: (set, key) => {
    const row = set.get('messages', key);
    if (row && row.deletedAt === null)
      set.put('messages', { ...row, text: '', mentions: [], attachments: [], deletedAt: row.sentAt });
  },
  tombstone: () => undefined,
  reply: (set, key) => clear(set, key, { replyTo: null }),
  thread: (set, key) => clear(set, key, { thread: null }),
  edit: (set, key) => clear(set, key, { editedAt: null }),
  reaction: (set, key) => {
    const row = set.get('reactions', key);
    if (row && !row.gone) set.put('reactions', { ...row, gone: true });
  },
};

function putRoom(set: WorkingSet, value: Partial<RoomRow> & Pick<RoomRow, 'id' | 'createdAt'>): void {
  const known = set.get('rooms', value.id);
  const { id, kind, name, topic, organisation, createdAt, archivedAt } = value as RoomRow;
  const lastSeq = known?.lastSeq ?? 0;
  const lastAt = Math.max(known?.lastAt ?? 0, createdAt);
  set.put('rooms', { id, kind, name, topic, organisation, createdAt, archivedAt: archivedAt ?? null, lastSeq, lastAt });
}

/**
 * Puts a message at its place. A `seq` of 0 means the next one. Where the place is taken by another message it goes
 * to the end, and that is a loss: its order.
 */
function place(set: WorkingSet, value: MessageRow, content: Partial<MessageRow>): string | undefined {
  const { id, room, author, sentAt } = value;
  const roomRow = requireRoom(set, room);
  const known = set.get('messages', id);
  const holder = value.seq === 0 ? undefined : set.at(room, value.seq);
  const taken = holder !== undefined && holder !== id;
  const seq =
    known && (taken || value.seq === 0) ? known.seq : taken || value.seq === 0 ? roomRow.lastSeq + 1 : value.seq;
  const fresh = {
    mentions: [],
    attachments: [],
    text: '',
    replyTo: null,
    thread: null,
    editedAt: null,
    deletedAt: null,
  };
  set.put('messages', { ...fresh, ...known, ...content, id, room, seq, author, sentAt });
  const lastSeq = Math.max(roomRow.lastSeq, seq);
  const lastAt = Math.max(roomRow.lastAt, sentAt);
  if (lastSeq !== roomRow.lastSeq || lastAt !== roomRow.lastAt) set.put('rooms', { ...roomRow, lastSeq, lastAt });
  return taken ? `its place ${value.seq} is taken; it stands at ${seq}` : undefined;
}

function requireRoom(set: WorkingSet, room: string): RoomRow {
  const row = set.get('rooms', room);
  if (!row) throw new ParentMissing(`the room ${room} is not there`);
  return row;
}

function requireMessage(set: WorkingSet, id: string): MessageRow {
  const row = set.get('messages', id);
  if (!row) throw new ParentMissing(`the message ${id} is not there`);
  return row;
}

function change(set: WorkingSet, id: string, changes: Partial<MessageRow>): void {
  set.put('messages', { ...requireMessage(set, id), ...changes });
}

function clear(set: WorkingSet, id: string, changes: Partial<MessageRow>): void {
  const row = set.get('messages', id);
  if (row) set.put('messages', { ...row, ...changes });
}

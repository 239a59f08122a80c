import {
  type Announcement,
  type Call,
  canonicalText,
  CapabilityError,
  type ChangePage,
  type InputOf,
  newId,
  type OutputOf,
  type Portability,
  type PortableRecord,
  type Provider,
} from '@valfri/core';
import type { chat } from '../capabilities/chat.ts';
import type { Message, Room } from '../capabilities/chat-views.ts';
import { announcementsOf, newMessage } from '../chat/announcements.ts';
import { applyAll } from '../chat/apply.ts';
import { livingOf, recordsOf } from '../chat/records.ts';
import { CHAT_TABLES, type ChatTable, type MessageRow, type RoomRow } from '../chat/rows.ts';
import { chatRules, requireMember, type RuledOperation } from '../chat/rules.ts';
import { WorkingSet } from '../chat/working-set.ts';
import { digestOf } from './digest-of.ts';

type Operations = (typeof chat)['operations'];
type Input<K extends keyof Operations> = InputOf<Operations[K]>;
type Output<K extends keyof Operations> = Promise<OutputOf<Operations[K]>>;

/** How a {@link MemoryChat} behaves. */
export interface MemoryChatOptions {
  /** Told of every announcement. Default: nothing. */
  readonly announce?: (announcements: readonly Announcement<typeof chat>[]) => void | Promise<void>;
  /**
   * Keeps what changed; settles when it would survive a crash. Nothing is announced or answered before. Where it fails,
   * what the provider holds is ahead of what is kept: from then on each write is UNAVAILABLE, while reads still answer,
   * with what was not kept as well. Default: keeps nothing.
   */
  readonly keep?: (records: readonly PortableRecord[]) => Promise<void>;
  /** Features that it does without. Default: none. */
  readonly without?: readonly (keyof (typeof chat)['features'])[];
}

/**
 * The reference provider of chat: everything in memory, nothing but the contract. For tests and demos; and for authors,
 * who give it something to `keep` its records in and hand them back by `portability.ingest` at the next start.
 */
export class MemoryChat {
  readonly provider: Provider<typeof chat>;
  readonly #set = new WorkingSet();
  readonly #feed: { readonly table: ChatTable; readonly key: string }[] = [];
  /** Where a feed begins anew a cursor of the one before counts as none. */
  readonly #epoch = newId();
  readonly #announce: (announcements: readonly Announcement<typeof chat>[]) => void | Promise<void>;
  readonly #keep: (records: readonly PortableRecord[]) => Promise<void> | undefined;
  #broken: unknown;

  constructor({ announce = () => undefined, keep, without = [] }: MemoryChatOptions = {}) {
    this.#announce = announce;
    this.#keep = (records) => keep?.(records);
    const features = { edit: {}, delete: {}, replies: {}, threads: {}, reactions: {}, typing: {}, search: {} };
    this.provider = {
      features: Object.fromEntries(Object.entries(features).filter(([name]) => !without.includes(name as never))),
      operations: { ...this.#reads(), ...this.#writes() },
      portability: this.#portability(),
    };
  }

  #write<K extends RuledOperation>(operation: K, input: Input<K>, call: Call): Promise<void> {
    return this.#commit(true, () => chatRules[operation].run(this.#set, input as never, call, Date.now()));
  }

  async #commit<R>(announce: boolean, work: () => R): Promise<R> {
    this.#requireSound();
    const result = this.#set.attempt(work);
    const announcements = announce ? announcementsOf(this.#set) : [];
    const records: PortableRecord[] = [];
    for (const table of CHAT_TABLES) {
      for (const { before, after } of this.#set.changes(table)) {
        if (before && sameRecords(table, before, after)) continue;
        this.#feed.push({ table, key: keyOf(table, after) });
        records.push(...recordsOf[table](after as never));
      }
    }
    this.#set.settle();
    if (records.length > 0) await this.#kept(records);
    if (announcements.length > 0) await this.#announce(announcements);
    return result;
  }

  async #kept(records: readonly PortableRecord[]): Promise<void> {
    try {
      await this.#keep(records);
    } catch (error) {
      this.#broken = error;
      this.#requireSound();
    }
  }

  #requireSound(): void {
    if (this.#broken === undefined) return;
    const message = 'What was written could not be kept. See to that, then start the instance again.';
    throw new CapabilityError('UNAVAILABLE', message, { cause: this.#broken });
  }

  #writes() {
    const room = (id: string, call: Call) => ({ room: this.#room(this.#set.get('rooms', id)!, call.person) });
    const message = (id: string) => ({ message: this.#message(this.#set.get('messages', id)!) });
    return {
      createRoom: async (input: Input<'createRoom'>, call: Call) => (
        await this.#write('createRoom', input, call),
        room(input.id, call)
      ),
      updateRoom: async (input: Input<'updateRoom'>, call: Call) => (
        await this.#write('updateRoom', input, call),
        room(input.room, call)
      ),
      joinRoom: async (input: Input<'joinRoom'>, call: Call) => (
        await this.#write('joinRoom', input, call),
        room(input.room, call)
      ),
      addMembers: async (input: Input<'addMembers'>, call: Call) => (await this.#write('addMembers', input, call), {}),
      removeMember: async (input: Input<'removeMember'>, call: Call) => (
        await this.#write('removeMember', input, call),
        {}
      ),
      setRole: async (input: Input<'setRole'>, call: Call) => (await this.#write('setRole', input, call), {}),
      sendMessage: async (input: Input<'sendMessage'>, call: Call) => (
        await this.#write('sendMessage', input, call),
        message(input.id)
      ),
      editMessage: async (input: Input<'editMessage'>, call: Call) => (
        await this.#write('editMessage', input, call),
        message(input.message)
      ),
      deleteMessage: async (input: Input<'deleteMessage'>, call: Call) => (
        await this.#write('deleteMessage', input, call),
        message(input.message)
      ),
      react: async (input: Input<'react'>, call: Call) => (await this.#write('react', input, call), {}),
      setTyping: async ({ room: id, on }: Input<'setTyping'>, { person }: Call) => {
        requireMember(this.#set, id, person);
        await this.#announce([{ type: 'typing', data: { room: id, person, on } }]);
        return {};
      },
    };
  }

  #reads() {
    return {
      listTopics: async (_: object, { person }: Call) => ({ topics: this.#roomsOf(person).map(({ id }) => id) }),
      listRooms: async (_: object, { person }: Call) => ({
        rooms: this.#roomsOf(person)
          .sort((a, b) => b.lastAt - a.lastAt)
          .map((row) => this.#room(row, person)),
      }),
      browseRooms: async (input: Input<'browseRooms'>, call: Call) => this.#browse(input, call),
      getRoom: async ({ room }: Input<'getRoom'>, { person, organisation }: Call) => {
        const row = this.#set.get('rooms', room);
        const open = row?.kind === 'channel' && row.organisation === organisation;
        if (!open) requireMember(this.#set, room, person);
        return { room: this.#room(row!, person) };
      },
      listMembers: async ({ room, after = '', limit }: Input<'listMembers'>, { person }: Call) => {
        requireMember(this.#set, room, person);
        const members = this.#members(room)
          .filter((member) => member.person > after)
          .sort((a, b) => (a.person < b.person ? -1 : 1));
        return {
          members: members.slice(0, limit).map(({ person: id, role, joinedAt }) => ({ person: id, role, joinedAt })),
        };
      },
      getMessages: async ({ room, ids }: Input<'getMessages'>, { person }: Call) => {
        requireMember(this.#set, room, person);
        return {
          messages: this.#messages(room)
            .filter(({ id }) => ids.includes(id))
            .map((row) => this.#message(row)),
        };
      },
      history: (input: Input<'history'>, call: Call) => this.#history(input, call),
      searchMessages: (input: Input<'searchMessages'>, call: Call) => this.#search(input, call),
    };
  }

  async #browse({ query, after, limit }: Input<'browseRooms'>, { person, organisation }: Call): Output<'browseRooms'> {
    const order = ({ name, id }: { name: string; id: string }) => `${name.toLowerCase()} ${id}`;
    const rows = [...this.#set.all('rooms')]
      .filter((row) => row.kind === 'channel' && row.organisation === organisation && row.archivedAt === null)
      .filter((row) => row.name.toLowerCase().includes(query.toLowerCase()) && !this.#isMember(row.id, person))
      .filter((row) => !after || order(row) > order(after))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    return { rooms: rows.slice(0, limit).map((row) => this.#room(row, person)) };
  }

  async #history(input: Input<'history'>, { person }: Call): Output<'history'> {
    const { room, thread, before, after, around, limit } = input;
    requireMember(this.#set, room, person);
    const rows = this.#messages(room).filter((row) =>
      thread ? row.thread === thread || row.id === thread : row.thread === null,
    );
    const at = this.#seqOf(room, before ?? after ?? around, before ? 'before' : after ? 'after' : 'around');
    const [first, last] = pageOf(rows, { before, after, around, limit, at });
    return {
      messages: rows.slice(first, last).map((row) => this.#message(row)),
      hasBefore: first > 0,
      hasAfter: last < rows.length,
    };
  }

  #seqOf(room: string, anchor: string | undefined, field: string): number {
    if (anchor === undefined) return Infinity;
    const row = this.#set.get('messages', anchor);
    if (row?.room !== room) throw new CapabilityError('NOT_FOUND', 'There is no such message in this room.', { field });
    return row.seq;
  }

  async #search(
    { query, room, author, before, limit }: Input<'searchMessages'>,
    { person }: Call,
  ): Output<'searchMessages'> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const newest = (a: MessageRow, b: MessageRow) => b.sentAt - a.sentAt || (a.id < b.id ? 1 : -1);
    const hits = this.#roomsOf(person)
      .filter(({ id }) => room === undefined || id === room)
      .flatMap(({ id }) => this.#messages(id))
      .filter((row) => row.deletedAt === null && (author === undefined || row.author === author))
      .filter((row) => words.every((word) => row.text.toLowerCase().includes(word)))
      .filter((row) => !before || row.sentAt < before.sentAt || (row.sentAt === before.sentAt && row.id < before.id))
      .sort(newest);
    return { messages: hits.slice(0, limit).map((row) => this.#message(row)) };
  }

  #roomsOf(person: string): RoomRow[] {
    return [...this.#set.all('rooms')].filter(({ id }) => this.#isMember(id, person));
  }

  #isMember(room: string, person: string): boolean {
    return this.#set.get('members', `${room}/${person}`)?.gone === false;
  }

  #members(room: string) {
    return [...this.#set.all('members')].filter((row) => row.room === room && !row.gone);
  }

  #messages(room: string): MessageRow[] {
    return [...this.#set.all('messages')].filter((row) => row.room === room).sort((a, b) => a.seq - b.seq);
  }

  #room({ archivedAt, ...row }: RoomRow, person: string): Room {
    const members = this.#members(row.id);
    const mine = members.find((member) => member.person === person);
    return {
      ...row,
      memberCount: members.length,
      people: members.slice(0, 9).map((member) => member.person),
      ...(archivedAt === null ? {} : { archivedAt }),
      ...(mine ? { role: mine.role } : {}),
    };
  }

  #message(row: MessageRow): Message {
    const replies =
      row.thread === null ? this.#messages(row.room).filter((m) => m.thread === row.id && m.deletedAt === null) : [];
    const summary = { count: replies.length, lastAt: replies.at(-1)?.sentAt ?? 0 };
    const reactions = row.deletedAt === null ? this.#reactions(row.id) : [];
    return { ...newMessage(row), reactions, ...(replies.length > 0 ? { replies: summary } : {}) };
  }

  #reactions(message: string): Message['reactions'] {
    const rows = [...this.#set.all('reactions')]
      .filter((row) => row.message === message && !row.gone)
      .sort((a, b) => a.at - b.at);
    const emojis = [...new Set(rows.map(({ emoji }) => emoji))];
    return emojis.map((emoji) => ({
      emoji,
      people: rows.filter((row) => row.emoji === emoji).map(({ person }) => person),
    }));
  }

  #portability(): Portability {
    return {
      changes: async ({ after, limit }) => this.#changes(after, limit),
      head: async () => this.#cursor(this.#feed.length),
      ingest: async (records, { dryRun = false, announce = false } = {}) => {
        const work = () => applyAll(this.#set, records);
        return dryRun ? this.#set.probe(work) : this.#commit(announce, work);
      },
      digest: async (type) => digestOf(livingOf(this.#set, type)),
      read: async (type, keys) => {
        const wanted = new Set(keys);
        return livingOf(this.#set, type).filter(({ key }) => wanted.has(key));
      },
      purge: async () => {
        for (const table of CHAT_TABLES) for (const row of this.#set.all(table)) this.#set.remove(table, row);
      },
    };
  }

  #changes(after: string | undefined, limit: number): ChangePage {
    const from = this.#placeOf(after);
    const entries = this.#feed.slice(from, from + limit);
    const records = entries.flatMap(({ table, key }) => {
      const row = this.#set.get(table, key);
      return row ? recordsOf[table](row as never) : [];
    });
    const next = from + entries.length;
    return { records, next: this.#cursor(next), caughtUp: next === this.#feed.length };
  }

  #cursor(place: number): string {
    return `${this.#epoch}/${place}`;
  }

  #placeOf(cursor: string | undefined): number {
    const [, epoch, place] = /^([0-9a-f-]{36})\/(\d+)$/.exec(cursor ?? `${this.#epoch}/0`) ?? [];
    if (epoch === undefined || (epoch === this.#epoch && Number(place) > this.#feed.length))
      throw new CapabilityError('INVALID', 'The cursor is none that this provider made. Begin without one.', {
        field: 'after',
      });
    return epoch === this.#epoch ? Number(place) : 0;
  }
}

interface PageRequest {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly around: string | undefined;
  readonly limit: number;
  readonly at: number;
}

/** First and last (exclusive) index of a page. */
function pageOf(rows: readonly MessageRow[], { before, after, around, limit, at }: PageRequest): [number, number] {
  if (around) {
    const upTo = rows.filter(({ seq }) => seq <= at).length;
    const half = Math.ceil(limit / 2);
    return [Math.max(0, upTo - half), Math.min(rows.length, upTo + half)];
  }
  if (after) {
    const first = rows.filter(({ seq }) => seq <= at).length;
    return [first, Math.min(rows.length, first + limit)];
  }
  const last = before ? rows.filter(({ seq }) => seq < at).length : rows.length;
  return [Math.max(0, last - limit), last];
}

function sameRecords(table: ChatTable, a: object, b: object): boolean {
  const text = (row: object) =>
    recordsOf[table](row as never)
      .map(canonicalText)
      .join('\n');
  return text(a) === text(b);
}

function keyOf(table: ChatTable, row: object): string {
  return recordsOf[table](row as never)[0]!.key;
}

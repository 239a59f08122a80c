import { CHAT_TABLES, type ChatRows, type ChatTable, rowKey } from './rows.ts';

/** What an operation wants to look at, by table. */
export interface Wanted {
  readonly rooms?: readonly string[];
  readonly members?: readonly string[];
  readonly messages?: readonly string[];
  readonly reactions?: readonly string[];
  /** Places in rooms, as `room/seq`, of which it must be known whether they are taken. */
  readonly places?: readonly string[];
}

/** One row as it was when it was loaded, and as it is now. */
export interface Change<T extends ChatTable> {
  readonly before: ChatRows[T] | undefined;
  readonly after: ChatRows[T];
}

/** What changed in a set, by table. */
export type ChatChanges = { readonly [T in ChatTable]: readonly Change<T>[] };

/** Everything that changed in a set since it was last settled. */
export function changesOf(set: WorkingSet): ChatChanges {
  return {
    rooms: set.changes('rooms'),
    members: set.changes('members'),
    messages: set.changes('messages'),
    reactions: set.changes('reactions'),
  };
}

/**
 * The rows that some operations look at and change. A store loads what they want, lets the rules work on it, and
 * saves what changed. A store in memory keeps one for ever, and settles it after each write. A row that is unchanged in
 * all that its records say may still come as a change: saving it again does no harm.
 */
export class WorkingSet {
  readonly #rows: { readonly [T in ChatTable]: Map<string, ChatRows[T]> } = {
    rooms: new Map(),
    members: new Map(),
    messages: new Map(),
    reactions: new Map(),
  };
  readonly #places = new Map<string, string>();
  #before: { readonly [T in ChatTable]: Map<string, ChatRows[T] | undefined> } = emptyBefore();

  /** Takes a row as it is stored. */
  load<T extends ChatTable>(table: T, row: ChatRows[T]): void {
    this.#rows[table].set(rowKey[table](row), row);
    if (table === 'messages') this.#occupy(row as ChatRows['messages']);
  }

  get<T extends ChatTable>(table: T, key: string): ChatRows[T] | undefined {
    return this.#rows[table].get(key);
  }

  /** Every row of a table that is loaded. */
  all<T extends ChatTable>(table: T): IterableIterator<ChatRows[T]> {
    return this.#rows[table].values();
  }

  /** Id of the message at a place, where that was wanted or loaded. */
  at(room: string, seq: number): string | undefined {
    return this.#places.get(`${room}/${seq}`);
  }

  put<T extends ChatTable>(table: T, row: ChatRows[T]): void {
    const key = rowKey[table](row);
    const before = this.#before[table];
    if (!before.has(key)) before.set(key, this.#rows[table].get(key));
    this.load(table, row);
  }

  /** Forgets a row, as if it had never been. */
  remove<T extends ChatTable>(table: T, row: ChatRows[T]): void {
    this.#rows[table].delete(rowKey[table](row));
    if (table === 'messages') this.#vacate(row as ChatRows['messages']);
  }

  /** Whether a row was made since the last {@link settle}. */
  isNew(table: ChatTable, key: string): boolean {
    return this.#before[table].has(key) && this.#before[table].get(key) === undefined;
  }

  /** What changed since the last {@link settle}. */
  changes<T extends ChatTable>(table: T): Change<T>[] {
    return [...this.#before[table]].map(([key, before]) => ({ before, after: this.#rows[table].get(key)! }));
  }

  /** Makes what is the state from which changes are counted. */
  settle(): void {
    this.#before = emptyBefore();
  }

  /** Runs something; where it throws, its changes are undone. */
  attempt<R>(work: () => R): R {
    const outer = this.#before;
    this.#before = emptyBefore();
    try {
      const result = work();
      const inner = this.#before;
      this.#before = outer;
      this.#adopt(inner);
      return result;
    } catch (error) {
      this.#undo();
      this.#before = outer;
      throw error;
    }
  }

  /** Runs something and undoes its changes: to find out what it would do. */
  probe<R>(work: () => R): R {
    const outer = this.#before;
    this.#before = emptyBefore();
    try {
      return work();
    } finally {
      this.#undo();
      this.#before = outer;
    }
  }

  #adopt(inner: { readonly [T in ChatTable]: Map<string, ChatRows[T] | undefined> }): void {
    for (const table of CHAT_TABLES) {
      const outer = this.#before[table] as Map<string, unknown>;
      for (const [key, before] of inner[table]) if (!outer.has(key)) outer.set(key, before);
    }
  }

  #undo(): void {
    for (const table of CHAT_TABLES) {
      const rows = this.#rows[table] as Map<string, unknown>;
      for (const [key, before] of this.#before[table]) {
        if (table === 'messages') this.#vacate(this.#rows.messages.get(key)!);
        if (before === undefined) rows.delete(key);
        else rows.set(key, before);
      }
    }
    for (const before of this.#before.messages.values()) if (before) this.#occupy(before);
  }

  #occupy({ room, seq, id }: ChatRows['messages']): void {
    this.#places.set(`${room}/${seq}`, id);
  }

  #vacate({ room, seq }: ChatRows['messages']): void {
    this.#places.delete(`${room}/${seq}`);
  }
}

function emptyBefore(): { readonly [T in ChatTable]: Map<string, ChatRows[T] | undefined> } {
  return { rooms: new Map(), members: new Map(), messages: new Map(), reactions: new Map() };
}

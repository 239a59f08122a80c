import type {
  Call,
  Health,
  IngestReport,
  InputOf,
  Portability,
  PortableRecord,
  ProviderOperations,
} from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import type { chat } from '../../capabilities/chat.ts';
import { newMessage } from '../../chat/announcements.ts';
import { applyAll, wantedByRecords } from '../../chat/apply.ts';
import { CHAT_TABLES } from '../../chat/rows.ts';
import { type ChatChanges, changesOf, type WorkingSet } from '../../chat/working-set.ts';
import { chatRules, type RuledOperation } from '../../chat/rules.ts';
import { readDigest, readRecords, recomputeDigest } from './digests.ts';
import { readChanges, readHead } from './feed.ts';
import * as read from './read.ts';
import type { Natives } from './save.ts';
import type { ChatTables } from './tables.ts';
import { WriteQueue } from './write-queue.ts';

type Chat = typeof chat;
type Input<K extends RuledOperation> = InputOf<Chat['operations'][K]>;

/** The operations that read. */
export type ReadOperation =
  | 'listTopics'
  | 'listRooms'
  | 'browseRooms'
  | 'getRoom'
  | 'listMembers'
  | 'history'
  | 'getMessages'
  | 'searchMessages';

/** What a chat store needs. */
export interface ChatStoreOptions {
  /** A connection whose current schema holds what {@link createChatTables} and {@link createChatRevision} make. */
  readonly db: Kysely<ChatTables>;
  /** Called after each commit, so that what was announced is delivered without delay. Default: nothing. */
  readonly onCommitted?: () => void;
  /** The present moment in milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * Chat on PostgreSQL: a provider of its own, or the index that a provider of another product keeps of what that
 * product told it, so that history, search, changes and digests cost the same whatever the product.
 */
export class ChatStore {
  readonly reads: Required<Pick<ProviderOperations<Chat>, ReadOperation>>;
  readonly writes: Required<Pick<ProviderOperations<Chat>, RuledOperation>>;
  readonly portability: Portability;
  readonly db: Kysely<ChatTables>;
  readonly #queue: WriteQueue;
  readonly #now: () => number;

  constructor({ db, onCommitted = () => undefined, now = Date.now }: ChatStoreOptions) {
    this.db = db;
    this.#queue = new WriteQueue(db, onCommitted);
    this.#now = now;
    this.reads = this.#makeReads();
    this.writes = this.#makeWrites();
    this.portability = this.#makePortability();
  }

  /**
   * What a write would change, without doing it: for a provider whose product is to be told first.
   * @throws what the write would throw.
   */
  propose<K extends RuledOperation>(operation: K, input: Input<K>, call: Call): Promise<ChatChanges> {
    return this.#run(operation, input, call, { answer: changesOf, dryRun: true });
  }

  /** What taking records in would change, and what would become of them, without doing it. */
  async proposeRecords(
    records: readonly PortableRecord[],
  ): Promise<{ readonly report: IngestReport; readonly changes: ChatChanges }> {
    return this.#queue.write({
      wants: wantedByRecords(records),
      run: (set) => ({ report: applyAll(set, records), changes: changesOf(set) }),
      dryRun: true,
    });
  }

  /** Takes in what another product says happened, and announces it. */
  async mirror(records: readonly PortableRecord[], natives: Natives, announce: boolean): Promise<IngestReport> {
    return this.#queue.ingest(records, { announce, natives });
  }

  /** @throws NOT_FOUND where the person is no member of the room. */
  requireMembership(room: string, person: string): Promise<void> {
    return read.requireMembership(this.db, room, person);
  }

  async health(): Promise<Health> {
    try {
      await sql`SELECT 1`.execute(this.db);
      return { ok: true };
    } catch (error) {
      return { ok: false, message: `The database does not answer: ${(error as Error).message}` };
    }
  }

  #run<K extends RuledOperation, R>(
    operation: K,
    input: Input<K>,
    call: Call,
    { answer, dryRun = false }: { answer?: (set: WorkingSet) => R; dryRun?: boolean } = {},
  ): Promise<R> {
    const rule = chatRules[operation];
    return this.#queue.write({
      wants: rule.wants(input as never, call),
      run: (set) => {
        rule.run(set, input as never, call, this.#now());
        return answer?.(set) as R;
      },
      dryRun,
    });
  }

  #makeReads(): ChatStore['reads'] {
    const { db } = this;
    return {
      listTopics: (_, { person }) => read.listTopics(db, person),
      listRooms: (_, { person }) => read.listRooms(db, person),
      browseRooms: (input, call) => read.browseRooms(db, input, call),
      getRoom: ({ room }, call) => read.getRoom(db, room, call),
      listMembers: (input, { person }) => read.listMembers(db, input, person),
      history: (input, { person }) => read.history(db, input, person),
      getMessages: ({ room, ids }, { person }) => read.getMessages(db, room, ids, person),
      searchMessages: (input, { person }) => read.searchMessages(db, input, person),
    };
  }

  #makeWrites(): ChatStore['writes'] {
    const room = async (id: string, call: Call) => read.getRoom(this.db, id, call);
    const message = async (id: string) => ({ message: await read.messageById(this.db, id) });
    return {
      createRoom: async (input, call) => (await this.#run('createRoom', input, call), room(input.id, call)),
      updateRoom: async (input, call) => (await this.#run('updateRoom', input, call), room(input.room, call)),
      joinRoom: async (input, call) => (await this.#run('joinRoom', input, call), room(input.room, call)),
      addMembers: async (input, call) => (await this.#run('addMembers', input, call), {}),
      removeMember: async (input, call) => (await this.#run('removeMember', input, call), {}),
      setRole: async (input, call) => (await this.#run('setRole', input, call), {}),
      sendMessage: async (input, call) => {
        const made = await this.#run('sendMessage', input, call, {
          answer: (set) => (set.isNew('messages', input.id) ? newMessage(set.get('messages', input.id)!) : undefined),
        });
        return made ? { message: made } : message(input.id);
      },
      editMessage: async (input, call) => (await this.#run('editMessage', input, call), message(input.message)),
      deleteMessage: async (input, call) => (await this.#run('deleteMessage', input, call), message(input.message)),
      react: async (input, call) => (await this.#run('react', input, call), {}),
    };
  }

  #makePortability(): Portability {
    const { db } = this;
    return {
      changes: ({ after, limit }) => readChanges(db, after, limit),
      head: () => readHead(db),
      ingest: (records, { dryRun = false, announce = false } = {}) => this.#queue.ingest(records, { dryRun, announce }),
      digest: (type, options) => (options?.recompute ? recomputeDigest(db, type) : readDigest(db, type)),
      read: (type, keys) => readRecords(db, type, keys),
      purge: async () => {
        await db.transaction().execute(async (trx) => {
          await sql`TRUNCATE ${sql.join([...CHAT_TABLES, 'markers', 'digests'].map(sql.table))}`.execute(trx);
          await sql`UPDATE revision SET number = number + 1`.execute(trx);
        });
      },
    };
  }
}

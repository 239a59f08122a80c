import { type ColumnType, type Generated, type Kysely, sql } from 'kysely';

type Stamp = Generated<string>;
type Json<T> = ColumnType<T, string, string>;

interface Stamped {
  /** The transaction that made the row; see {@link createChatTables}. */
  readonly made: Stamp;
  /** The transaction that changed it last. */
  readonly changed: Stamp;
}

/** The tables of a chat store, as Kysely sees them. */
export interface ChatTables {
  rooms: Stamped & {
    id: string;
    kind: 'direct' | 'group' | 'channel';
    name: string;
    topic: string;
    organisation: string;
    created_at: number;
    archived_at: number | null;
    last_seq: number;
    last_at: number;
    native: string | null;
  };
  members: Stamped & { room: string; person: string; role: 'owner' | 'member'; joined_at: number; gone: boolean };
  messages: Stamped & {
    id: string;
    room: string;
    seq: number;
    author: string;
    sent_at: number;
    text: string;
    mentions: string[];
    attachments: Json<{ urn: string; title: string; mediaType?: string }[]>;
    reply_to: string | null;
    thread: string | null;
    edited_at: number | null;
    deleted_at: number | null;
    native: string | null;
    words: Generated<string>;
  };
  reactions: Stamped & {
    message: string;
    room: string;
    person: string;
    emoji: string;
    at: number;
    gone: boolean;
    native: string | null;
  };
  markers: Stamped & { room: string; person: string; seq: number; at: number };
  digests: { type: string; count: number; sum: string };
  /** One row. */
  revision: { number: number };
}

/**
 * Makes the tables of a chat store in the current schema.
 *
 * Each row is stamped with the transaction that made it and the one that changed it last. A feed that reads stamps
 * below `pg_snapshot_xmin` sees every row, however late its transaction commits; one that reads a sequence does not.
 */
export async function createChatTables(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE rooms (
      id uuid PRIMARY KEY, kind text NOT NULL, name text NOT NULL, topic text NOT NULL, organisation uuid NOT NULL,
      created_at bigint NOT NULL, archived_at bigint, last_seq bigint NOT NULL, last_at bigint NOT NULL, native text UNIQUE,
      made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id())`.execute(db);
  await sql`
    CREATE TABLE members (
      room uuid NOT NULL, person uuid NOT NULL, role text NOT NULL, joined_at bigint NOT NULL, gone boolean NOT NULL,
      made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
      PRIMARY KEY (room, person))`.execute(db);
  await sql`CREATE INDEX members_of_person ON members (person, room) WHERE NOT gone`.execute(db);
  await createMessageTable(db);
  await sql`
    CREATE TABLE reactions (
      message uuid NOT NULL, room uuid NOT NULL, person uuid NOT NULL, emoji text NOT NULL, at bigint NOT NULL,
      gone boolean NOT NULL, native text UNIQUE,
      made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
      PRIMARY KEY (message, person, emoji))`.execute(db);
  await sql`
    CREATE TABLE markers (
      room uuid NOT NULL, person uuid NOT NULL, seq bigint NOT NULL, at bigint NOT NULL,
      made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
      PRIMARY KEY (room, person))`.execute(db);
  await sql`CREATE TABLE digests (type text PRIMARY KEY, count bigint NOT NULL, sum numeric NOT NULL)`.execute(db);
  for (const table of ['rooms', 'members', 'messages', 'reactions']) await indexStamps(db, table);
}

/**
 * Numbers what a chat store holds, so that who saves can tell whether it changed since it was loaded. Follows
 * {@link createChatTables}, in a migration of its own.
 */
export async function createChatRevision(db: Kysely<never>): Promise<void> {
  await sql`CREATE TABLE revision (number bigint NOT NULL)`.execute(db);
  await sql`INSERT INTO revision (number) VALUES (0)`.execute(db);
}

async function createMessageTable(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE messages (
      id uuid PRIMARY KEY, room uuid NOT NULL, seq bigint NOT NULL, author uuid NOT NULL, sent_at bigint NOT NULL,
      text text NOT NULL, mentions uuid[] NOT NULL, attachments jsonb NOT NULL, reply_to uuid, thread uuid,
      edited_at bigint, deleted_at bigint, native text UNIQUE,
      words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('swedish', text) || to_tsvector('simple', text)) STORED,
      made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
      UNIQUE (room, seq))`.execute(db);
  await sql`CREATE INDEX messages_of_thread ON messages (thread, seq) WHERE thread IS NOT NULL`.execute(db);
  await sql`CREATE INDEX messages_by_words ON messages USING gin (words)`.execute(db);
}

/** Few rows change after they were made, so the second index stays small. */
async function indexStamps(db: Kysely<never>, table: string): Promise<void> {
  const name = sql.table(table);
  await sql`CREATE INDEX ${sql.ref(`${table}_made`)} ON ${name} (made)`.execute(db);
  await sql`CREATE INDEX ${sql.ref(`${table}_changed`)} ON ${name} (changed) WHERE changed <> made`.execute(db);
}

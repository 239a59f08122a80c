import { type Kysely, type RawBuilder, sql } from 'kysely';
import { CHAT_TABLES, type ChatRows, type ChatTable, splitKey } from '../../chat/rows.ts';
import { type Wanted, WorkingSet } from '../../chat/working-set.ts';
import type { ChatTables } from './tables.ts';

/** The columns of each table under the names of the rows. */
const columns = {
  rooms: sql.raw(`id, kind, name, topic, organisation, created_at AS "createdAt", archived_at AS "archivedAt",
    last_seq AS "lastSeq", last_at AS "lastAt"`),
  members: sql.raw(`room, person, role, joined_at AS "joinedAt", gone`),
  messages: sql.raw(`id, room, seq, author, sent_at AS "sentAt", text, mentions, attachments, reply_to AS "replyTo",
    thread, edited_at AS "editedAt", deleted_at AS "deletedAt"`),
  reactions: sql.raw(`message, room, person, emoji, at, gone`),
} satisfies Record<ChatTable, RawBuilder<unknown>>;

/** The columns to select so that a table's rows come as {@link ChatRows}. */
export function columnsOf(table: ChatTable): RawBuilder<unknown> {
  return columns[table];
}

type Loaded = { readonly [T in ChatTable]: ChatRows[T][] | null } & { readonly revision: number };

/** What was loaded, and the number of what the store held then; see `saveSet`. */
export interface LoadedSet {
  readonly set: WorkingSet;
  readonly revision: number;
}

/** Loads what is wanted, in one statement. */
export async function loadSet(db: Kysely<ChatTables>, wanted: Required<Wanted>): Promise<LoadedSet> {
  const list = (table: ChatTable, condition: RawBuilder<unknown>) =>
    sql`(SELECT jsonb_agg(t) FROM (SELECT ${columns[table]} FROM ${sql.table(table)} WHERE ${condition}) t)`;
  const { rows } = await sql<Loaded>`SELECT
    ${list('rooms', sql`id = ANY(${wanted.rooms}::uuid[])`)} AS rooms,
    ${list('members', keyed(['room', 'person'], wanted.members))} AS members,
    ${list('messages', sql`id = ANY(${wanted.messages}::uuid[] || ${idsAt(wanted.places)})`)} AS messages,
    ${list('reactions', keyed(['message', 'person', 'emoji'], wanted.reactions))} AS reactions,
    (SELECT number FROM revision) AS revision`.execute(db);
  return { set: filled(rows[0]!), revision: rows[0]!.revision };
}

function filled(loaded: Loaded): WorkingSet {
  const set = new WorkingSet();
  for (const table of CHAT_TABLES) for (const row of loaded[table] ?? []) set.load(table, row);
  return set;
}

/** A condition on a key of several columns, given as texts joined by `/`; the last column may hold `/` itself. */
function keyed(names: readonly string[], keys: readonly string[]): RawBuilder<unknown> {
  if (keys.length === 0) return sql`false`;
  const parts = keys.map((key) => splitKey(key, names.length));
  const types = names.map((name) => (name === 'emoji' ? 'text' : 'uuid'));
  const arrays = names.map((_, i) => sql`${parts.map((part) => part[i])}::${sql.raw(types[i]!)}[]`);
  return sql`(${sql.join(names.map((name) => sql.ref(name)))}) IN (SELECT * FROM unnest(${sql.join(arrays)}))`;
}

/** Ids of the messages at some places. As one list with those asked for by id: an OR would read the whole table. */
function idsAt(places: readonly string[]): RawBuilder<unknown> {
  const parts = places.map((place) => place.split('/'));
  const rooms = parts.map(([room]) => room);
  const seqs = parts.map(([, seq]) => Number(seq));
  return sql`ARRAY(SELECT m.id FROM unnest(${rooms}::uuid[], ${seqs}::bigint[]) AS p (room, seq)
    JOIN messages m ON m.room = p.room AND m.seq = p.seq)`;
}

import { CapabilityError, type InputOf, type OutputOf } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { chat } from '../../capabilities/chat.ts';
import type { Message, Room } from '../../capabilities/chat-views.ts';
import { newMessage } from '../../chat/announcements.ts';
import type { MessageRow } from '../../chat/rows.ts';
import { columnsOf } from './load.ts';
import type { ChatTables } from './tables.ts';

type Operations = (typeof chat)['operations'];
type Input<K extends keyof Operations> = InputOf<Operations[K]>;
type Output<K extends keyof Operations> = OutputOf<Operations[K]>;
type Db = Kysely<ChatTables>;

/** @throws NOT_FOUND where the person is no member; the same for a room that is not there. */
export async function requireMembership(db: Db, room: string, person: string): Promise<void> {
  const { rows } = await sql`
    SELECT FROM members WHERE room = ${room} AND person = ${person} AND NOT gone`.execute(db);
  if (rows.length === 0) throw noRoom();
}

function noRoom(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'There is no such room, or you are no member of it.', { field: 'room' });
}

export async function listTopics(db: Db, person: string): Promise<Output<'listTopics'>> {
  const { rows } = await sql<{ room: string }>`
    SELECT room FROM members WHERE person = ${person} AND NOT gone`.execute(db);
  return { topics: rows.map(({ room }) => room) };
}

type RoomViewRow = Omit<Room, 'archivedAt' | 'role'> & { archivedAt: number | null; role: Room['role'] | null };

function roomColumns(person: string): RawBuilder<unknown> {
  return sql`${columnsOf('rooms')},
    (SELECT role FROM members m WHERE m.room = r.id AND m.person = ${person} AND NOT m.gone) AS role,
    (SELECT count(*) FROM members m WHERE m.room = r.id AND NOT m.gone) AS "memberCount",
    ARRAY(SELECT m.person FROM members m WHERE m.room = r.id AND NOT m.gone
      ORDER BY m.joined_at, m.person LIMIT 9) AS people`;
}

function roomView({ archivedAt, role, ...row }: RoomViewRow): Room {
  return { ...row, ...(archivedAt === null ? {} : { archivedAt }), ...(role === null ? {} : { role }) };
}

export async function listRooms(db: Db, person: string): Promise<Output<'listRooms'>> {
  const { rows } = await sql<RoomViewRow>`
    SELECT ${roomColumns(person)} FROM rooms r
    WHERE id IN (SELECT room FROM members WHERE person = ${person} AND NOT gone)
    ORDER BY last_at DESC LIMIT 2000`.execute(db);
  return { rooms: rows.map(roomView) };
}

export async function browseRooms(
  db: Db,
  { query, after, limit }: Input<'browseRooms'>,
  { person, organisation }: { person: string; organisation: string },
): Promise<Output<'browseRooms'>> {
  const pattern = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<RoomViewRow>`
    SELECT ${roomColumns(person)} FROM rooms r
    WHERE kind = 'channel' AND organisation = ${organisation} AND archived_at IS NULL AND name ILIKE ${pattern}
      AND NOT EXISTS (SELECT FROM members m WHERE m.room = r.id AND m.person = ${person} AND NOT m.gone)
      ${after ? sql`AND (lower(name), id) > (lower(${after.name}), ${after.id})` : sql``}
    ORDER BY lower(name), id LIMIT ${limit}`.execute(db);
  return { rooms: rows.map(roomView) };
}

export async function getRoom(
  db: Db,
  room: string,
  { person, organisation }: { person: string; organisation: string },
): Promise<Output<'getRoom'>> {
  const { rows } = await sql<RoomViewRow>`SELECT ${roomColumns(person)} FROM rooms r WHERE id = ${room}`.execute(db);
  const [row] = rows;
  const open = row?.kind === 'channel' && row.organisation === organisation;
  if (!row || (row.role === null && !open)) throw noRoom();
  return { room: roomView(row) };
}

export async function listMembers(
  db: Db,
  { room, after, limit }: Input<'listMembers'>,
  person: string,
): Promise<Output<'listMembers'>> {
  await requireMembership(db, room, person);
  const { rows } = await sql<Output<'listMembers'>['members'][number]>`
    SELECT person, role, joined_at AS "joinedAt" FROM members
    WHERE room = ${room} AND NOT gone ${after ? sql`AND person > ${after}` : sql``}
    ORDER BY person LIMIT ${limit}`.execute(db);
  return { members: rows };
}

type MessageViewRow = MessageRow & { reactions: Message['reactions'] | null; replies: Message['replies'] | null };

const messageColumns = sql`${columnsOf('messages')},
  (SELECT jsonb_agg(jsonb_build_object('emoji', emoji, 'people', people) ORDER BY first) FROM (
    SELECT emoji, jsonb_agg(person ORDER BY at) AS people, min(at) AS first
    FROM reactions x WHERE x.message = m.id AND NOT gone GROUP BY emoji) e) AS reactions,
  CASE WHEN thread IS NULL THEN (SELECT jsonb_build_object('count', count(*), 'lastAt', max(t.sent_at))
    FROM messages t WHERE t.thread = m.id AND t.deleted_at IS NULL HAVING count(*) > 0) END AS replies`;

function messageView(row: MessageViewRow): Message {
  const { deletedAt, reactions, replies } = row;
  return {
    ...newMessage(row),
    reactions: deletedAt === null ? (reactions ?? []) : [],
    ...(replies ? { replies } : {}),
  };
}

async function select(
  db: Db,
  condition: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  limit: number,
): Promise<Message[]> {
  const { rows } = await sql<MessageViewRow>`
    SELECT ${messageColumns} FROM messages m WHERE ${condition} ORDER BY ${order} LIMIT ${limit}`.execute(db);
  return rows.map(messageView);
}

export async function getMessages(
  db: Db,
  room: string,
  ids: readonly string[],
  person: string,
): Promise<Output<'getMessages'>> {
  await requireMembership(db, room, person);
  return { messages: await select(db, sql`room = ${room} AND id = ANY(${ids}::uuid[])`, sql`seq`, ids.length) };
}

/** A message that is known to be there and to be seen. */
export async function messageById(db: Db, id: string): Promise<Message> {
  const [message] = await select(db, sql`id = ${id}`, sql`seq`, 1);
  return message!;
}

export async function history(db: Db, input: Input<'history'>, person: string): Promise<Output<'history'>> {
  const { room, thread, before, after, around, limit } = input;
  await requireMembership(db, room, person);
  const within = thread
    ? sql`room = ${room} AND (thread = ${thread} OR id = ${thread})`
    : sql`room = ${room} AND thread IS NULL`;
  const anchor = before ?? after ?? around;
  const at =
    anchor === undefined ? undefined : await placeOf(db, room, anchor, before ? 'before' : after ? 'after' : 'around');
  const older = (seq: RawBuilder<unknown>, n: number) => select(db, sql`${within} AND ${seq}`, sql`seq DESC`, n);
  const newer = (seq: RawBuilder<unknown>, n: number) => select(db, sql`${within} AND ${seq}`, sql`seq`, n);
  if (around) {
    const half = Math.ceil(limit / 2);
    const [past, next] = await Promise.all([older(sql`seq <= ${at}`, half + 1), newer(sql`seq > ${at}`, half + 1)]);
    const messages = [...past.slice(0, half).reverse(), ...next.slice(0, half)];
    return { messages, hasBefore: past.length > half, hasAfter: next.length > half };
  }
  if (after) {
    const rows = await newer(sql`seq > ${at}`, limit + 1);
    return { messages: rows.slice(0, limit), hasBefore: true, hasAfter: rows.length > limit };
  }
  const rows = await older(at === undefined ? sql`true` : sql`seq < ${at}`, limit + 1);
  return { messages: rows.slice(0, limit).reverse(), hasBefore: rows.length > limit, hasAfter: before !== undefined };
}

async function placeOf(db: Db, room: string, message: string, field: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    SELECT seq FROM messages WHERE id = ${message} AND room = ${room}`.execute(db);
  if (!rows[0]) throw new CapabilityError('NOT_FOUND', 'There is no such message in this room.', { field });
  return rows[0].seq;
}

export async function searchMessages(
  db: Db,
  input: Input<'searchMessages'>,
  person: string,
): Promise<Output<'searchMessages'>> {
  const { query, room, author, before, limit } = input;
  const { topics } = await listTopics(db, person);
  const rooms = room === undefined ? topics : topics.filter((topic) => topic === room);
  const words = sql`(websearch_to_tsquery('swedish', ${query}) || websearch_to_tsquery('simple', ${query})
    || ${prefixQuery(query)})`;
  const conditions = [
    sql`words @@ ${words} AND room = ANY(${rooms}::uuid[]) AND deleted_at IS NULL`,
    ...(author ? [sql`author = ${author}`] : []),
    ...(before ? [sql`(sent_at, id) < (${before.sentAt}, ${before.id})`] : []),
  ];
  return { messages: await select(db, sql.join(conditions, sql` AND `), sql`sent_at DESC, id DESC`, limit) };
}

/** What is typed last is found before it is typed in full. */
function prefixQuery(query: string): RawBuilder<unknown> {
  const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? sql`''::tsquery` : sql`to_tsquery('simple', ${words.map((w) => `'${w}':*`).join(' & ')})`;
}

import type { ChatTables, MemberRow, MessageRow } from '@valfri/sdk/server';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Accounts } from '../matrix/accounts.ts';
import { isObject, type MatrixEvent, redacts, related, type Stamp, stampOf } from '../matrix/event.ts';
import { Known } from './known.ts';
import { mentionedIn } from '../matrix/message-text.ts';
import type { MatrixTables } from '../tables.ts';

/** Loads what the mirror knows of all that some events name. */
export async function lookUp(
  db: Kysely<MatrixTables>,
  accounts: Accounts,
  events: readonly MatrixEvent[],
): Promise<Known> {
  const known = new Known();
  await Promise.all([
    loadRooms(db, events, known),
    loadMessages(db, events, known),
    loadReactions(db, events, known),
    loadPeople(accounts, events, known),
  ]);
  await loadMembers(db, known);
  return known;
}

/** Adds the people behind every account that some events name. */
export async function loadPeople(accounts: Accounts, events: readonly MatrixEvent[], known: Known): Promise<void> {
  const named = events.flatMap((event) => [
    ...[event.sender, stampOf(event).author, event.redactedBy && stampOf(event.redactedBy).author],
    ...(event.type === 'm.room.member' ? [event.stateKey] : []),
    ...ownersIn(stampOf(event)),
    ...mentionedIn(event.content),
    ...(isObject(event.content['m.new_content']) ? mentionedIn(event.content['m.new_content']) : []),
  ]);
  const unknown = named.filter((account) => account !== undefined && !known.people.has(account)) as string[];
  for (const [account, person] of await accounts.peopleOf(unknown)) known.people.set(account, person);
}

async function loadRooms(db: Kysely<MatrixTables>, events: readonly MatrixEvent[], known: Known): Promise<void> {
  const ids = [...new Set(events.map(({ room }) => room))];
  const rooms = await db.selectFrom('rooms').selectAll().where('native', 'in', ids).execute();
  for (const { id, kind, name, topic, organisation, created_at, archived_at, native } of rooms) {
    const times = { createdAt: created_at, archivedAt: archived_at };
    known.rooms.set(native!, { id, kind, name, topic, organisation, ...times });
  }
  for (const { id, owners } of await db.selectFrom('matrix_rooms').selectAll().where('id', 'in', ids).execute())
    known.owners.set(id, owners);
}

async function loadMessages(db: Kysely<MatrixTables>, events: readonly MatrixEvent[], known: Known): Promise<void> {
  const natives = namedEvents(events);
  const ids = events.flatMap((event) => idsIn(stampOf(event), event.redactedBy && stampOf(event.redactedBy)));
  if (natives.length + ids.length === 0) return;
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where((eb) =>
      eb.or([eb('native', '=', sql<string>`ANY(${natives}::text[])`), eb('id', '=', sql<string>`ANY(${ids}::uuid[])`)]),
    )
    .execute();
  for (const row of rows) if (row.native) known.addMessage(row.native, messageOf(row));
}

/** A message as the SDK's rules see it. */
function messageOf(row: Selectable<ChatTables['messages']>): MessageRow {
  const { id, room, seq, author, text, mentions, attachments, thread } = row;
  return {
    ...{ id, room, seq, author, text, mentions, attachments, thread },
    ...{ sentAt: row.sent_at, replyTo: row.reply_to, editedAt: row.edited_at, deletedAt: row.deleted_at },
  };
}

async function loadReactions(db: Kysely<MatrixTables>, events: readonly MatrixEvent[], known: Known): Promise<void> {
  const targets = events.flatMap((event) => redacts(event) ?? []);
  if (targets.length === 0) return;
  const rows = await db.selectFrom('reactions').selectAll().where('native', 'in', targets).execute();
  for (const { native, message, person, emoji, gone } of rows)
    if (!gone) known.reactions.set(native!, { message, person, emoji });
}

async function loadMembers(db: Kysely<MatrixTables>, known: Known): Promise<void> {
  const rooms = [...known.rooms.values()].map(({ id }) => id);
  const people = [...new Set(known.people.values())];
  if (rooms.length === 0 || people.length === 0) return;
  const rows = await db
    .selectFrom('members')
    .select(['room', 'person', 'role', 'joined_at', 'gone'])
    .where('room', 'in', rooms)
    .where('person', 'in', people)
    .where('gone', '=', false)
    .execute();
  for (const { joined_at: joinedAt, ...row } of rows)
    known.members.set(`${row.room}/${row.person}`, { ...row, joinedAt } satisfies MemberRow);
}

function namedEvents(events: readonly MatrixEvent[]): string[] {
  const names = events.flatMap((event) => {
    const relation = event.content['m.relates_to'];
    const answer = isObject(relation) && isObject(relation['m.in_reply_to']) ? relation['m.in_reply_to'] : {};
    const types = ['m.replace', 'm.annotation', 'm.thread'];
    return [event.id, redacts(event), answer['event_id'], ...types.map((type) => related(event, type))];
  });
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idsIn(...stamps: (Stamp | undefined)[]): string[] {
  return stamps.flatMap((stamp) => (typeof stamp?.id === 'string' && ID.test(stamp.id) ? [stamp.id] : []));
}

function ownersIn({ owners }: Stamp): readonly string[] {
  return Array.isArray(owners) ? owners.filter((account) => typeof account === 'string') : [];
}

import type { Change, ChatChanges, RoomRow } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { MatrixTables } from '../tables.ts';

/** What changes in one room. */
export interface RoomWork {
  readonly id: string;
  /** The room's id at the homeserver; absent for one that is not there yet. */
  readonly native: string | undefined;
  readonly room: Change<'rooms'> | undefined;
  /** The room as it is to be. */
  readonly row: RoomRow | undefined;
  readonly members: readonly Change<'members'>[];
  readonly messages: readonly Change<'messages'>[];
  readonly reactions: readonly Change<'reactions'>[];
  /** Event ids of what is there already, by message id and by key of a reaction. */
  readonly events: ReadonlyMap<string, string>;
}

/** What changes, sorted by room; messages in their order. */
export async function workByRoom(db: Kysely<MatrixTables>, changes: ChatChanges): Promise<readonly RoomWork[]> {
  const rooms = new Map(changes.rooms.map((change) => [change.after.id, change]));
  const members = Map.groupBy(changes.members, ({ after }) => after.room);
  const messages = Map.groupBy(changes.messages, ({ after }) => after.room);
  const reactions = Map.groupBy(changes.reactions, ({ after }) => after.room);
  const ids = [...new Set([...rooms.keys(), ...members.keys(), ...messages.keys(), ...reactions.keys()])];
  const [natives, events] = [await roomNatives(db, ids), await eventIds(db, changes)];
  return ids.map((id) => ({
    ...{ id, native: natives.get(id), room: rooms.get(id), row: rooms.get(id)?.after, events },
    members: members.get(id) ?? [],
    messages: (messages.get(id) ?? []).sort((a, b) => a.after.seq - b.after.seq),
    reactions: reactions.get(id) ?? [],
  }));
}

/** Everybody whom a room's changes name. */
export function peopleIn({ members, messages, reactions }: RoomWork): readonly string[] {
  return [
    ...members.map(({ after }) => after.person),
    ...messages.flatMap(({ after }) => [after.author, ...after.mentions]),
    ...reactions.map(({ after }) => after.person),
  ];
}

/** The name by which {@link RoomWork.events} knows a reaction. */
export function reactionKey({ message, person, emoji }: Change<'reactions'>['after']): string {
  return `${message}/${person}/${emoji}`;
}

async function roomNatives(db: Kysely<MatrixTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('rooms')
    .select(['id', 'native'])
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .execute();
  return new Map(rows.flatMap(({ id, native }) => (native ? [[id, native] as const] : [])));
}

async function eventIds(
  db: Kysely<MatrixTables>,
  { messages, reactions }: ChatChanges,
): Promise<ReadonlyMap<string, string>> {
  const named = [
    ...messages.flatMap(({ after }) => [after.id, after.replyTo, after.thread]),
    ...reactions.map(({ after }) => after.message),
  ];
  const ids = [...new Set(named.filter((id) => id !== null))];
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'native'])
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .execute();
  const events = new Map(rows.flatMap(({ id, native }) => (native ? [[id, native] as const] : [])));
  const known = reactions.filter(({ before }) => before !== undefined);
  for (const { after } of known) {
    const row = await db
      .selectFrom('reactions')
      .select('native')
      .where('message', '=', after.message)
      .where('person', '=', after.person)
      .where('emoji', '=', after.emoji)
      .executeTakeFirst();
    if (row?.native) events.set(reactionKey(after), row.native);
  }
  return events;
}

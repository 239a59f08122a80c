import type { RoomRow } from '@valfri/sdk/server';
import type { RoomContext } from './room-context.ts';
import { OWN, STAMP } from '../matrix/event.ts';
import { powerLevels, setPowerLevels } from './power-levels.ts';

type BeforeRoom = Omit<RoomContext, 'room' | 'owners' | 'muted' | 'closed' | 'inside' | 'events'>;

/** Makes a room with nobody in it yet. Its alias follows from its id, so the homeserver never has it twice. */
export async function makeOrFindRoom(context: BeforeRoom, instance: string): Promise<string> {
  const { homeserver, work, sent, accounts, quiet, signal } = context;
  const row = work.row!;
  const owners = work.members
    .filter(({ after }) => after.role === 'owner' && !after.gone)
    .map(({ after }) => accounts.get(after.person)!);
  const alias = `${homeserver.prefix}${row.id}`;
  sent(`room ${row.id}`);
  const stamp = { [STAMP]: { quiet } };
  const levels = powerLevels({ bot: homeserver.bot, owners, muted: [], closed: archived(row), quiet });
  const body = {
    ...{ room_version: '11', preset: 'private_chat', visibility: 'private', room_alias_name: alias },
    creation_content: { 'm.federate': false, ...stamp },
    power_level_content_override: levels,
    initial_state: initialState(row, instance, quiet),
  };
  try {
    const made = await homeserver.call<{ room_id: string }>({ method: 'POST', path: '/v3/createRoom', body, signal });
    return made.room_id;
  } catch (error) {
    if ((error as { reason?: string }).reason !== 'M_ROOM_IN_USE') throw error;
    return findRoom(context, `#${alias}:${homeserver.serverName}`, [
      { type: 'm.room.power_levels', content: levels },
      ...body.initial_state,
    ]);
  }
}

/** A room that was being made when something failed: it is there, but perhaps not with all that belongs to it. */
async function findRoom(
  { homeserver, sent, signal }: BeforeRoom,
  alias: string,
  state: readonly { readonly type: string; readonly content: object }[],
): Promise<string> {
  const path = `/v3/directory/room/${encodeURIComponent(alias)}`;
  const { room_id: room } = await homeserver.call<{ room_id: string }>({ method: 'GET', path, signal });
  for (const { type, content } of state) sent(await homeserver.setState({ room, type, content, signal }));
  return room;
}

function initialState(
  row: RoomRow,
  instance: string,
  quiet: boolean,
): { type: string; state_key: ''; content: object }[] {
  const stamp = { [STAMP]: { quiet } };
  return [
    { type: OWN.room, state_key: '', content: roomContent(row, instance, quiet) },
    { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
    { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
    ...(row.name === ''
      ? []
      : [{ type: 'm.room.name', state_key: '' as const, content: { name: row.name, ...stamp } }]),
    ...(row.topic === ''
      ? []
      : [{ type: 'm.room.topic', state_key: '' as const, content: { topic: row.topic, ...stamp } }]),
  ];
}

function roomContent(row: RoomRow, instance: string, quiet: boolean): object {
  const { id, kind, name, topic, organisation, createdAt } = row;
  const archivedAt = row.archivedAt === null ? {} : { archivedAt: row.archivedAt };
  return { instance, id, kind, organisation, createdAt, ...archivedAt, name, topic, [STAMP]: { quiet } };
}

/** Brings a room's name, topic and whether it is archived. */
export async function renameRoom(context: RoomContext, instance: string): Promise<void> {
  const { homeserver, work, room, actor, accounts, quiet, sent, signal, owners } = context;
  if (!work.room?.before) return;
  const { before, after } = work.room;
  const as = actor === undefined ? undefined : accounts.get(actor);
  const put = async (type: string, content: object, by?: string) =>
    sent(await homeserver.setState({ room, type, content: { ...content, [STAMP]: { quiet } }, as: by, signal }));
  if (before.name !== after.name) await put('m.room.name', { name: after.name }, as);
  if (before.topic !== after.topic) await put('m.room.topic', { topic: after.topic }, as);
  if (fixed(before) !== fixed(after))
    sent(await homeserver.setState({ room, type: OWN.room, content: roomContent(after, instance, quiet), signal }));
  if (archived(before) !== archived(after)) await setPowerLevels(context, owners);
}

function fixed({ kind, organisation, createdAt, archivedAt }: RoomRow): string {
  return JSON.stringify([kind, organisation, createdAt, archivedAt]);
}

function archived({ archivedAt }: RoomRow): boolean {
  return archivedAt !== null;
}

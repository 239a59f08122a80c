import { type Folded, type FoldRequest, NOTHING } from './folded.ts';
import type { KnownRoom } from './known.ts';
import { roomRecord } from './records.ts';

/** Which room of the workspace this is: the bot alone may say. Name and topic count until others are given. */
export function foldRoom({ event, known, trust }: FoldRequest): Folded {
  const { instance, id, kind, organisation, createdAt, archivedAt = null, name = '', topic = '' } = event.content;
  if (event.sender !== trust.bot || instance !== trust.instance || typeof id !== 'string') return NOTHING;
  const before = known.rooms.get(event.room);
  const told = { id, kind, organisation, createdAt, archivedAt, name, topic } as KnownRoom;
  const room = before ? { ...told, name: before.name, topic: before.topic } : told;
  known.rooms.set(event.room, room);
  return { records: [roomRecord(room)], native: { table: 'rooms', key: id, id: event.room } };
}

export function foldName(request: FoldRequest): Folded {
  return changed(request, 'name', 100);
}

export function foldTopic(request: FoldRequest): Folded {
  return changed(request, 'topic', 500);
}

function changed({ event, known }: FoldRequest, field: 'name' | 'topic', most: number): Folded {
  const room = known.rooms.get(event.room);
  const given = event.content[field];
  if (!room || typeof given !== 'string') return NOTHING;
  const text = given.replaceAll('\0', '').toWellFormed().slice(0, most).toWellFormed();
  if (text === room[field] || (field === 'name' && room.kind === 'channel' && text.trim() === '')) return NOTHING;
  const after = { ...room, [field]: text };
  known.rooms.set(event.room, after);
  return { records: [roomRecord(after)] };
}

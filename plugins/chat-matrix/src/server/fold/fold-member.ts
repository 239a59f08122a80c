import type { MemberRow } from '@valfri/sdk/server';
import { type Folded, type FoldRequest, NOTHING } from './folded.ts';
import { memberRecord } from './records.ts';

/** Who came and who went; an invitation is neither. */
export function foldMember({ event, stamp, known, trust }: FoldRequest): Folded {
  const room = known.rooms.get(event.room);
  const account = event.stateKey!;
  if (!room || account === trust.bot) return NOTHING;
  const { membership } = event.content;
  const inside = membership === 'join';
  if (!trust.isOurs(account)) known.addStranger(event.room, account, inside || membership === 'invite');
  if (membership === 'invite' || membership === 'knock') return NOTHING;
  const person = known.people.get(account)!;
  const key = `${room.id}/${person}`;
  const before = known.members.get(key);
  if (!inside) {
    known.members.delete(key);
    return before ? { records: [memberRecord({ ...before, gone: true })] } : NOTHING;
  }
  // A change of somebody's name is a join once more.
  if (before && stamp.joinedAt === undefined) return NOTHING;
  const role = known.owners.get(event.room)?.includes(account) ? 'owner' : 'member';
  const row: MemberRow = { room: room.id, person, role, joinedAt: stamp.joinedAt ?? event.at, gone: false };
  known.members.set(key, row);
  return { records: [memberRecord(row)] };
}

/** Who owns the room: power levels are the bot's alone to set. */
export function foldOwners({ event, stamp, known, trust }: FoldRequest): Folded {
  if (event.sender !== trust.bot || !Array.isArray(stamp.owners)) return NOTHING;
  const before = known.owners.get(event.room) ?? [];
  const after = stamp.owners.filter((account) => known.people.has(account));
  known.setOwners(event.room, after);
  const room = known.rooms.get(event.room);
  if (!room) return NOTHING;
  const records = [...new Set([...before, ...after])].flatMap((account) => {
    const key = `${room.id}/${known.people.get(account)}`;
    const member = known.members.get(key);
    const role = after.includes(account) ? 'owner' : 'member';
    if (!member || member.role === role) return [];
    known.members.set(key, { ...member, role });
    return [memberRecord({ ...member, role })];
  });
  return { records };
}

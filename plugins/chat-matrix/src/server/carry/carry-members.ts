import type { Change } from '@valfri/sdk/server';
import type { RoomContext } from './room-context.ts';
import { STAMP } from '../matrix/event.ts';
import { inParallel } from '../in-parallel.ts';
import { setPowerLevels } from './power-levels.ts';

/** People who come into one room at once. */
const AT_ONCE = 8;

/** Who owns the room, and who comes into it. */
export async function carryMembers(context: RoomContext): Promise<void> {
  const { work } = context;
  await carryOwners(context);
  await inParallel(AT_ONCE, work.members.filter(comes), (change) => join(context, change));
}

/** Those who left, last: what they wrote before was theirs to write. */
export async function carryLeavers(context: RoomContext): Promise<void> {
  for (const { before, after } of context.work.members)
    if (after.gone && before && !before.gone) await leave(context, after.person);
}

/** A room that was just made has its owners already. */
async function carryOwners(context: RoomContext): Promise<void> {
  const { work, owners, accounts } = context;
  if (!work.native || work.members.length === 0) return;
  const after = new Set(owners);
  for (const { after: member } of work.members) {
    const account = accounts.get(member.person)!;
    if (member.role === 'owner' && !member.gone) after.add(account);
    else after.delete(account);
  }
  if (after.size === owners.length && owners.every((account) => after.has(account))) return;
  await setPowerLevels(context, [...after]);
}

function comes({ before, after }: Change<'members'>): boolean {
  return !after.gone && (!before || before.gone || before.joinedAt !== after.joinedAt);
}

async function join(context: RoomContext, { before, after }: Change<'members'>): Promise<void> {
  const { homeserver, room, accounts, actor, quiet, sent, signal, inside } = context;
  const account = accounts.get(after.person)!;
  const at = actor === undefined ? after.joinedAt : undefined;
  const put = (content: object, as?: string) =>
    homeserver.setState({ room, type: 'm.room.member', key: account, content, as, at, signal });
  if (!before || before.gone) await put({ membership: 'invite', [STAMP]: { quiet } }).catch(unlessInside);
  // Another's account is asked in; it comes when its owner wants.
  if (!homeserver.isOurs(account)) return;
  const stamp = { quiet, ...(at === undefined ? {} : { joinedAt: at }) };
  sent(await put({ membership: 'join', [STAMP]: stamp }, account));
  inside.add(account);
}

function unlessInside(error: { reason?: string }): void {
  if (error.reason !== 'M_FORBIDDEN') throw error;
}

async function leave(
  { homeserver, room, accounts, actor, quiet, sent, signal, inside }: RoomContext,
  person: string,
): Promise<void> {
  const account = accounts.get(person)!;
  const as = actor === undefined ? undefined : accounts.get(actor);
  const content = { membership: 'leave', [STAMP]: { quiet } };
  sent(await homeserver.setState({ room, type: 'm.room.member', key: account, content, as, signal }));
  inside.delete(account);
}

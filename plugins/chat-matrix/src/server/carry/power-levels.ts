import type { RoomContext } from './room-context.ts';
import { OWN, STAMP, type Stamp } from '../matrix/event.ts';

const OWNER = 50;
const BOT = 100;

/** Who may do what in a room. */
export interface Powers {
  readonly bot: string;
  /** Accounts of owners. */
  readonly owners: readonly string[];
  /**
   * Accounts that may not write: others' in a room that is archived or frozen. Ours are held back before they come
   * here, and what they wrote elsewhere must still get in.
   */
  readonly muted: readonly string[];
  /** Whether nobody is let in but by the bot. */
  readonly closed: boolean;
  /** Nobody is to be told of it. */
  readonly quiet: boolean;
}

/**
 * The power levels of a room. Whatever decides who may do what, and what the workspace's room it is, is the bot's
 * alone; so no other client can make somebody an owner, turn encryption on or let others in by itself.
 */
export function powerLevels({ bot, owners, muted, closed, quiet }: Powers): Record<string, unknown> {
  const users = Object.fromEntries([
    ...owners.map((account) => [account, OWNER]),
    ...muted.map((account) => [account, -1]),
    [bot, BOT],
  ]);
  const forBot = [
    'power_levels',
    'encryption',
    'history_visibility',
    'server_acl',
    'tombstone',
    'join_rules',
    'guest_access',
  ];
  return {
    users,
    ...{ users_default: 0, events_default: 0, state_default: OWNER, ban: OWNER, kick: OWNER, redact: OWNER },
    invite: closed ? BOT : 0,
    events: { ...Object.fromEntries(forBot.map((name) => [`m.room.${name}`, BOT])), [OWN.room]: BOT },
    [STAMP]: { quiet, owners } satisfies Stamp,
  };
}

/** Sets the power levels of a room anew, with other owners. */
export async function setPowerLevels(context: RoomContext, owners: readonly string[]): Promise<void> {
  const { homeserver, room, closed, muted, quiet, sent, signal } = context;
  const content = powerLevels({ bot: homeserver.bot, owners, muted, closed, quiet });
  sent(await homeserver.setState({ room, type: 'm.room.power_levels', content, signal }));
}

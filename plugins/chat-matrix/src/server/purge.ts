import { type Kysely } from 'kysely';
import type { Accounts } from './matrix/accounts.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { inParallel } from './in-parallel.ts';
import type { MatrixTables } from './tables.ts';

const AT_ONCE = 12;

/** What a purge works with. */
export interface PurgeOptions {
  readonly db: Kysely<MatrixTables>;
  readonly homeserver: Homeserver;
  readonly accounts: Accounts;
}

/**
 * Empties every room of this instance at the homeserver and gives it up: nobody is left in it and no name leads to
 * it. A homeserver deletes such rooms by itself where its administrator has set it so.
 */
export async function abandonRooms(options: PurgeOptions): Promise<void> {
  const rooms = await options.db.selectFrom('rooms').select(['id', 'native']).execute();
  await inParallel(AT_ONCE, rooms, ({ id, native }) => abandon(options, id, native!));
}

async function abandon({ db, homeserver, accounts }: PurgeOptions, id: string, room: string): Promise<void> {
  const alias = `#${homeserver.prefix}${id}:${homeserver.serverName}`;
  const path = `/v3/directory/room/${encodeURIComponent(alias)}`;
  await homeserver.call({ method: 'DELETE', path }).catch(unlessGone);
  const members = await db
    .selectFrom('members')
    .select('person')
    .where('room', '=', id)
    .where('gone', '=', false)
    .execute();
  const strangers = await db.selectFrom('matrix_strangers').select('account').where('room', '=', room).execute();
  const own = await accounts.of(members.map(({ person }) => person));
  for (const account of new Set([...own.values(), ...strangers.map((stranger) => stranger.account)]))
    await out(homeserver, room, account).catch(unlessGone);
  await out(homeserver, room, homeserver.bot).catch(unlessGone);
  await homeserver
    .call({ method: 'POST', path: `/v3/rooms/${encodeURIComponent(room)}/forget`, body: {} })
    .catch(unlessGone);
}

function out(homeserver: Homeserver, room: string, account: string): Promise<string> {
  return homeserver.setState({ room, type: 'm.room.member', key: account, content: { membership: 'leave' } });
}

/** What is gone already need not be taken away. */
function unlessGone(error: { code?: string }): void {
  if (error.code !== 'NOT_FOUND' && error.code !== 'DENIED') throw error;
}

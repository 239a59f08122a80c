import { type Kysely, sql } from 'kysely';
import type { Sent } from './carry/room-context.ts';
import type { Delivery } from './carry/delivery.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { powerLevels } from './carry/power-levels.ts';
import type { MatrixTables } from './tables.ts';

const PATIENCE = 20_000;

/** What a freeze works with. */
export interface FreezeOptions {
  readonly db: Kysely<MatrixTables>;
  readonly homeserver: Homeserver;
  readonly delivery: Delivery;
}

/**
 * Keeps other clients from writing, or lets them again. Only rooms with somebody of theirs in it are touched, so our
 * own accounts write on and can bring what changes elsewhere. What others wrote before is in when this settles, for
 * the homeserver hands it over in one order.
 */
export async function freeze(options: FreezeOptions, frozen: boolean): Promise<void> {
  const { db, delivery } = options;
  await db.updateTable('matrix_state').set({ frozen }).execute();
  for (let done = new Set<string>(); ;) {
    const rooms = (await roomsWithStrangers(db)).filter((room) => !done.has(nameOf(room)));
    if (rooms.length === 0) return;
    const sent: Sent[] = [];
    for (const room of rooms) sent.push({ key: await setMuted(options, room, frozen), room: room.id });
    await delivery.heard(sent, PATIENCE);
    // Somebody may have come in just before the door was shut.
    done = new Set([...done, ...rooms.map(nameOf)]);
  }
}

interface StrangersRoom {
  readonly id: string;
  readonly owners: string[];
  readonly archived: boolean;
  readonly strangers: string[];
}

async function roomsWithStrangers(db: Kysely<MatrixTables>): Promise<readonly StrangersRoom[]> {
  const { rows } = await sql<StrangersRoom>`
    SELECT r.native AS id, coalesce(m.owners, '{}') AS owners, r.archived_at IS NOT NULL AS archived,
      array_agg(s.account ORDER BY s.account) AS strangers
    FROM matrix_strangers s JOIN rooms r ON r.native = s.room LEFT JOIN matrix_rooms m ON m.id = s.room
    GROUP BY r.native, m.owners, r.archived_at ORDER BY r.native`.execute(db);
  return rows;
}

function nameOf({ id, strangers }: StrangersRoom): string {
  return [id, ...strangers].join(' ');
}

function setMuted({ homeserver }: FreezeOptions, room: StrangersRoom, frozen: boolean): Promise<string> {
  const { id, owners, archived, strangers } = room;
  const closed = frozen || archived;
  const muted = closed ? strangers : [];
  const content = powerLevels({ bot: homeserver.bot, owners, muted, closed, quiet: true });
  return homeserver.setState({ room: id, type: 'm.room.power_levels', content });
}

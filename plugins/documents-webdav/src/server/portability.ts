import type { Portability } from '@valfri/sdk';
import type { DocumentStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { DavServer } from './dav/dav-server.ts';
import { isUnavailable } from './dav/faults.ts';
import type { Keeper } from './keeper.ts';
import type { Placements } from './place/placements.ts';
import type { Placer } from './place/placer.ts';
import { OWN } from './places.ts';
import type { SharedLock } from './shared-lock.ts';
import type { WebdavTables } from './tables.ts';

/** What portability works with. */
export interface PortabilityOptions {
  readonly db: Kysely<WebdavTables>;
  readonly store: DocumentStore;
  readonly server: DavServer;
  readonly placements: Placements;
  readonly placer: Placer;
  readonly lock: SharedLock;
  readonly keeper: Keeper;
}

/** Leaving and coming in: by the mirror, and what came in is brought to its place on the server. */
export function createPortability(options: PortabilityOptions): Portability {
  const { store, lock, keeper } = options;
  return {
    ...store.portability,
    ingest: async (records, given = {}) => {
      if (given.dryRun) return store.portability.ingest(records, given);
      await keeper.ready();
      return lock.alone(async () => {
        const report = await store.portability.ingest(records, given);
        const refused = new Set(report.rejected.map(({ type, key }) => `${type} ${key}`));
        const taken = records.filter(({ type, key }) => PLACED.has(type) && !refused.has(`${type} ${key}`));
        await settle(options, [...new Set(taken.map(({ key }) => key))]);
        return report;
      });
    },
    freeze: (frozen) => keeper.freeze(frozen),
    purge: () => lock.alone(() => purge(options)),
  };
}

/** Kinds of record that say where something is, or what it holds. */
const PLACED: ReadonlySet<string> = new Set(['folder', 'file', 'place', 'trashed']);

async function settle({ placements, placer, keeper }: PortabilityOptions, nodes: readonly string[]): Promise<void> {
  if (nodes.length === 0) return;
  try {
    await placer.settle(await placements.withBelow(nodes));
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    // The bytes are on the server: what is missing is their place, which is made up for.
    keeper.wake();
  }
}

async function purge({ db, store, server, placements, keeper }: PortabilityOptions): Promise<void> {
  for (const { node } of await placements.in(null)) {
    const path = await placements.pathOf(node);
    if (path) await server.remove(path, { kind: 'folder' });
    await placements.forget(node);
  }
  await server.remove([OWN], { kind: 'folder' });
  await sql`TRUNCATE contents, placements`.execute(db);
  keeper.forgetReady();
  await store.portability.purge();
}

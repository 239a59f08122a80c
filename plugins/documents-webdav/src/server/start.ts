import type { documents, Health, PluginContext, Provider, RunningPlugin } from '@valfri/sdk';
import { DocumentStore } from '@valfri/sdk/server';
import { WebdavContents } from './contents.ts';
import { DavServer } from './dav/dav-server.ts';
import { Intake } from './foreign/intake.ts';
import { Watch } from './foreign/watch.ts';
import { Keeper } from './keeper.ts';
import { GuardedOperations } from './operations.ts';
import { Placements } from './place/placements.ts';
import { Placer } from './place/placer.ts';
import { createPortability } from './portability.ts';
import type { Settings } from './settings.ts';
import { SharedLock } from './shared-lock.ts';
import type { WebdavTables } from './tables.ts';

const FEATURES = {
  ...{ versions: {}, trash: {}, shares: {}, search: {}, tags: {}, changes: {} },
  locks: { maxSeconds: 86_400 },
};
const POLL_SECONDS = 60;

/** Puts an instance to work. It starts without the server too: then what is known is read, and nothing written. */
export function start(context: PluginContext<Settings>): RunningPlugin {
  const parts = assemble(context);
  const { store, server, keeper } = parts;
  const provider: Provider<typeof documents> = {
    features: FEATURES,
    operations: new GuardedOperations(parts).all,
    portability: createPortability(parts),
    health: () => healthOf(store, server),
  };
  keeper.begin();
  return { providers: { documents: provider }, stop: () => keeper.stop() };
}

function assemble({ settings, database, events, people, log, fetch }: PluginContext<Settings>) {
  const { url, username, password, pollSeconds = POLL_SECONDS } = settings;
  const db = database.kysely<WebdavTables>();
  const server = new DavServer({ root: new URL(url.replace(/\/*$/, '/')), username, password, fetch });
  const contents = new WebdavContents(server, db);
  const onCommitted = () => events.committed();
  const store = new DocumentStore({ db: database.kysely(), contents, features: FEATURES, onCommitted });
  const [placements, lock] = [new Placements(db), new SharedLock()];
  const intake = new Intake({ db, server, store, contents, placements, log });
  const watch = new Watch({ server, placements, intake, lock });
  const homeName = async (person: string) => (await people.displayName(person)) ?? 'Valfri';
  const strangers = (folder: string) => watch.look(folder, (work) => work());
  const placer = new Placer({ server, placements, log, homeName, strangers });
  const interval = pollSeconds * 1_000;
  const keeper = new Keeper({ db, server, contents, placements, placer, watch, lock, log, interval });
  return { db, store, server, contents, placements, lock, intake, watch, placer, keeper };
}

/** Well where the database and the server answer. */
async function healthOf(store: DocumentStore, server: DavServer): Promise<Health> {
  const own = await store.health();
  if (!own.ok) return own;
  try {
    if (await server.stat([], 'folder')) return { ok: true };
    return { ok: false, message: 'The folder of the settings is not on the WebDAV server.' };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

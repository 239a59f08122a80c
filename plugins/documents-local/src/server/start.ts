import type { documents, PluginContext, Provider, RunningPlugin } from '@valfri/sdk';
import { DocumentStore, type DocumentTables } from '@valfri/sdk/server';
import { sql } from 'kysely';
import { openContents } from './content-store.ts';
import type { Settings } from './settings.ts';

/** Puts an instance to work: the document store of the SDK, with its bytes on the disk or in an S3 store. */
export async function start(context: PluginContext<Settings>): Promise<RunningPlugin> {
  const { database, events, log } = context;
  const features = {
    versions: {},
    trash: {},
    shares: {},
    search: {},
    tags: {},
    changes: {},
    locks: { maxSeconds: 86_400 },
  };
  const db = database.kysely<DocumentTables>();
  const isEmpty = async () => (await sql`SELECT FROM versions WHERE NOT dropped LIMIT 1`.execute(db)).rows.length === 0;
  const contents = await openContents(context, isEmpty);
  const store = new DocumentStore({
    db,
    contents: contents.store,
    features,
    onCommitted: () => events.committed(),
  });
  // Where the content cannot be reached now, the instance is at work all the same.
  await store
    .dropErased()
    .catch((error: Error) => log.warn('What was deleted could not be removed yet.', { error: error.message }));
  const provider: Provider<typeof documents> = {
    features,
    operations: store.operations,
    portability: store.portability,
    health: async () => {
      const own = await store.health();
      return own.ok ? contents.health() : own;
    },
  };
  return { providers: { documents: provider } };
}

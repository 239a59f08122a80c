import type { documents, PluginContext, Provider, RunningPlugin } from '@valfri/sdk';
import { DocumentStore, type DocumentTables, FileContentStore } from '@valfri/sdk/server';
import { join } from 'node:path';

/** Puts an instance to work: the document store of the SDK, with its bytes on the disk. */
export async function start({ database, directory, events }: PluginContext): Promise<RunningPlugin> {
  const features = { versions: {}, trash: {}, shares: {}, search: {}, locks: { maxSeconds: 86_400 } };
  const store = new DocumentStore({
    db: database.kysely<DocumentTables>(),
    contents: new FileContentStore(join(directory!, 'content')),
    features,
    onCommitted: () => events.committed(),
  });
  await store.dropErased();
  const provider: Provider<typeof documents> = {
    features,
    operations: store.operations,
    portability: store.portability,
    health: () => store.health(),
  };
  return { providers: { documents: provider } };
}

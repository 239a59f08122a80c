import { defineManifest, definePlugin, type Plugin } from '@valfri/sdk';
import {
  createDocumentLocks,
  createDocumentTables,
  DocumentStore,
  type DocumentTables,
  FileContentStore,
  type StoreFeature,
} from '@valfri/sdk/server';
import { join } from 'node:path';

const FEATURES: readonly StoreFeature[] = ['versions', 'trash', 'shares', 'search', 'locks'];

/** Documents as the built-in provider keeps them, for hosts under test: the host imports no plugin. */
export function storedDocumentsPlugin(has: readonly StoreFeature[] = FEATURES, id = 'stored-documents'): Plugin {
  const features = Object.fromEntries(
    has.map((feature) => [feature, feature === 'locks' ? { maxSeconds: 86_400 } : {}]),
  );
  return definePlugin({
    manifest: defineManifest({
      id,
      version: '0.1.0',
      title: { en: 'Documents', sv: 'Dokument' },
      description: { en: 'Documents for tests.', sv: 'Dokument för prov.' },
      license: 'Apache-2.0',
      provides: [{ capability: 'documents', major: 0 }],
      files: true,
    }),
    server: {
      migrations: { '0001-tables': { up: createDocumentTables }, '0002-locks': { up: createDocumentLocks } },
      start({ database, directory, events }) {
        const store = new DocumentStore({
          db: database.kysely<DocumentTables>(),
          contents: new FileContentStore(join(directory!, 'content')),
          features,
          onCommitted: () => events.committed(),
        });
        const { operations, portability } = store;
        return { providers: { documents: { features, operations, portability } } };
      },
    },
  });
}

import { defineManifest, definePlugin, type Plugin } from '@valfri/sdk';
import { createDocumentTables, DocumentStore, type DocumentTables, FileContentStore } from '@valfri/sdk/server';
import { join } from 'node:path';

/** Documents as the built-in provider keeps them, for hosts under test: the host imports no plugin. */
export const storedDocumentsPlugin: Plugin = definePlugin({
  manifest: defineManifest({
    id: 'stored-documents',
    version: '0.1.0',
    title: { en: 'Documents', sv: 'Dokument' },
    description: { en: 'Documents for tests.', sv: 'Dokument för prov.' },
    license: 'Apache-2.0',
    provides: [{ capability: 'documents', major: 0 }],
    files: true,
  }),
  server: {
    migrations: { '0001-tables': { up: createDocumentTables } },
    start({ database, directory, events }) {
      const features = { versions: {}, trash: {}, shares: {}, search: {} };
      const store = new DocumentStore({
        db: database.kysely<DocumentTables>(),
        contents: new FileContentStore(join(directory!, 'content')),
        features,
        onCommitted: () => events.committed(),
      });
      return { providers: { documents: { features, operations: store.operations, portability: store.portability } } };
    },
  },
});

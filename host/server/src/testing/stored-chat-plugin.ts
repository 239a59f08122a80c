import { type chat, definePlugin, type Plugin, type PluginMigrations, type Provider } from '@valfri/sdk';
import { ChatStore, type ChatTables, createChatRevision, createChatTables } from '@valfri/sdk/server';

/** A chat that keeps what is written in the database, by the store of the SDK; with more migrations where a test wants an upgrade. */
export function storedChatPlugin(more: PluginMigrations = {}): Plugin {
  return definePlugin({
    manifest: {
      id: 'chat-stored',
      version: '0.1.0',
      title: { en: 'Stored chat', sv: 'Sparad chatt' },
      description: { en: 'For tests', sv: 'För prov' },
      license: 'Apache-2.0',
      provides: [{ capability: 'chat', major: 0 }],
      settings: { type: 'object', properties: { token: { type: 'string', writeOnly: true } } } as never,
    },
    server: {
      migrations: { '0001-tables': { up: createChatTables }, '0002-revision': { up: createChatRevision }, ...more },
      start({ database, events }) {
        const store = new ChatStore({ db: database.kysely<ChatTables>(), onCommitted: () => events.committed() });
        const provider: Provider<typeof chat> = {
          features: { edit: {}, delete: {}, replies: {}, threads: {}, reactions: {}, search: {} },
          operations: { ...store.reads, ...store.writes },
          portability: store.portability,
          health: () => store.health(),
        };
        return { providers: { chat: provider } };
      },
    },
  });
}

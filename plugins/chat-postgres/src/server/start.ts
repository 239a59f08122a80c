import { type chat, type PluginContext, type Provider, type RunningPlugin } from '@valfri/sdk';
import { ChatStore, type ChatTables } from '@valfri/sdk/server';

/** Puts an instance to work: the chat store of the SDK is all there is to it. */
export function start({ database, events }: PluginContext): RunningPlugin {
  const store = new ChatStore({ db: database.kysely<ChatTables>(), onCommitted: () => events.committed() });
  const provider: Provider<typeof chat> = {
    features: { edit: {}, delete: {}, replies: {}, threads: {}, reactions: {}, typing: {}, search: {} },
    operations: {
      ...store.reads,
      ...store.writes,
      setTyping: async ({ room, on }, call) => {
        await store.requireMembership(room, call.person);
        events.signal({ type: 'typing', data: { room, person: call.person, on } });
        return {};
      },
    },
    portability: store.portability,
    health: () => store.health(),
  };
  return { providers: { chat: provider } };
}

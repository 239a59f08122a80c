import { chatPostgres } from '@valfri/plugin-chat-postgres';
import { defineWorkspace, readConfig, startHost } from '@valfri/server';

/** One function, served by one provider. Another provider is another line in `plugins`, and its id below. */
const workspace = defineWorkspace({
  name: 'Minimal',
  plugins: [chatPostgres],
  instances: [{ id: 'chat-builtin', plugin: 'chat-postgres' }],
  bindings: [{ capability: 'chat', instance: 'chat-builtin' }],
});

/** Reads VALFRI_PORT, VALFRI_DATA, DATABASE_URL and so on; without them everything has a default. */
const host = await startHost({ workspace, config: readConfig({ log: 'file' }) });
console.log(`${workspace.name} answers at ${host.publicUrl}/trpc`);
if (host.firstLink) console.log(`Sign in as the operator, once: ${host.firstLink}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void host.stop().then(() => process.exit(0));
  });
}

import { memoryChatPlugin } from '@valfri/sdk/testing';
import { runCli } from '../cli/run-cli.ts';
import { storedChatPlugin } from './stored-chat-plugin.ts';

/** A workspace for tests that run the command line as a process of its own; `CHAT` names the instance that serves chat. */
await runCli({
  name: 'Provmyndigheten',
  plugins: [storedChatPlugin(), memoryChatPlugin()],
  instances: [
    { id: 'stored', plugin: 'chat-stored' },
    { id: 'second', plugin: 'chat-stored' },
    { id: 'memory', plugin: 'chat-memory' },
  ],
  bindings: [{ capability: 'chat', instance: process.env['CHAT'] ?? 'stored' }],
});

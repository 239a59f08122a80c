import { memoryChatPlugin } from '@valfri/sdk/testing';
import { runCli } from '../cli/run-cli.ts';
import { storedChatPlugin } from './stored-chat-plugin.ts';

/** What a plugin’s timer does, by the name of it in `FAULT`, once the host is up. */
const FAULTS: Readonly<Record<string, () => void>> = {
  rejects: () => void Promise.reject(new Error('the plugin’s promise')),
  throws: () => {
    throw new Error('the plugin’s timer');
  },
};
const fault = FAULTS[process.env['FAULT'] ?? ''];
if (fault) process.once('SIGUSR2', () => void setTimeout(fault));

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

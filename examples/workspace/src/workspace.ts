import { chatMatrix } from '@valfri/plugin-chat-matrix';
import { chatPostgres } from '@valfri/plugin-chat-postgres';
import { defineWorkspace } from '@valfri/server';
import { shellFiles } from '@valfri/shell';

/** Everything on embedded defaults: one command, no other server. */
export const workspace = defineWorkspace({
  name: 'Valfri',
  shell: shellFiles,
  plugins: [chatPostgres, chatMatrix],
  instances: [{ id: 'chat-builtin', plugin: 'chat-postgres' }],
  bindings: [{ capability: 'chat', instance: 'chat-builtin' }],
});

import { chatMatrix } from '@valfri/plugin-chat-matrix';
import { chatPostgres } from '@valfri/plugin-chat-postgres';
import { documentsLocal } from '@valfri/plugin-documents-local';
import { documentsWebdav } from '@valfri/plugin-documents-webdav';
import { officeWopi } from '@valfri/plugin-office-wopi';
import { defineWorkspace } from '@valfri/server';
import { shellFiles } from '@valfri/shell';

/** Everything on embedded defaults: one command, no other server. */
export const workspace = defineWorkspace({
  name: 'Valfri',
  shell: shellFiles,
  plugins: [chatPostgres, chatMatrix, documentsLocal, documentsWebdav, officeWopi],
  instances: [
    { id: 'chat-builtin', plugin: 'chat-postgres' },
    { id: 'documents-builtin', plugin: 'documents-local' },
  ],
  bindings: [
    { capability: 'chat', instance: 'chat-builtin' },
    { capability: 'documents', instance: 'documents-builtin' },
  ],
});

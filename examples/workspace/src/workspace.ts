import { chatMatrix } from '@valfri/plugin-chat-matrix';
import { chatPostgres } from '@valfri/plugin-chat-postgres';
import { documentsLocal } from '@valfri/plugin-documents-local';
import { documentsWebdav } from '@valfri/plugin-documents-webdav';
import { officeBuiltin } from '@valfri/plugin-office-builtin';
import { officeOnlyoffice } from '@valfri/plugin-office-onlyoffice';
import { officeWopi } from '@valfri/plugin-office-wopi';
import { defineWorkspace } from '@valfri/server';
import { shellFiles } from '@valfri/shell';

/** Everything on embedded defaults: one command, no other server. */
export const workspace = defineWorkspace({
  name: 'Valfri',
  shell: shellFiles,
  plugins: [chatPostgres, chatMatrix, documentsLocal, documentsWebdav, officeBuiltin, officeOnlyoffice, officeWopi],
  instances: [
    { id: 'chat-builtin', plugin: 'chat-postgres' },
    { id: 'documents-builtin', plugin: 'documents-local' },
    { id: 'office-builtin', plugin: 'office-builtin' },
  ],
  bindings: [
    { capability: 'chat', instance: 'chat-builtin' },
    { capability: 'documents', instance: 'documents-builtin' },
    { capability: 'office', instance: 'office-builtin' },
  ],
});

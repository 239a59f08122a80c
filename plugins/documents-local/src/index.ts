import { definePlugin, type Plugin } from '@valfri/sdk';
import { manifest } from './manifest.ts';
import * as tables from './server/migrations/0001-tables.ts';
import * as locks from './server/migrations/0002-locks.ts';
import { start } from './server/start.ts';

export const documentsLocal: Plugin = definePlugin({
  manifest,
  server: { migrations: { '0001-tables': tables, '0002-locks': locks }, start },
});

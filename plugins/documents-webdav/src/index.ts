import { definePlugin, type Plugin } from '@valfri/sdk';
import { manifest } from './manifest.ts';
import * as tables from './server/migrations/0001-tables.ts';
import * as locks from './server/migrations/0002-locks.ts';
import * as tags from './server/migrations/0003-tags.ts';
import type { Settings } from './server/settings.ts';
import { start } from './server/start.ts';

export const documentsWebdav: Plugin = definePlugin<Settings>({
  manifest,
  server: { migrations: { '0001-tables': tables, '0002-locks': locks, '0003-tags': tags }, start },
});

import { definePlugin, type Plugin } from '@valfri/sdk';
import { manifest } from './manifest.ts';
import * as tables from './server/migrations/0001-tables.ts';
import type { Settings } from './server/settings.ts';
import { start } from './server/start.ts';

export const officeWopi: Plugin = definePlugin<Settings>({
  root: new URL('..', import.meta.url),
  manifest,
  server: { migrations: { '0001-tables': tables }, start },
});

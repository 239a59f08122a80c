import { definePlugin, type Plugin } from '@valfri/sdk';
import { manifest } from './manifest.ts';
import * as tables from './server/migrations/0001-tables.ts';
import { start } from './server/start.ts';

export const officeBuiltin: Plugin = definePlugin({
  manifest,
  root: new URL('..', import.meta.url),
  server: { migrations: { '0001-tables': tables }, start },
});

import { definePlugin, type Plugin } from '@valfri/sdk';
import { manifest } from './manifest.ts';
import * as tables from './server/migrations/0001-tables.ts';
import * as arrivals from './server/migrations/0002-arrivals.ts';
import * as revision from './server/migrations/0003-revision.ts';
import type { Settings } from './server/settings.ts';
import { start } from './server/start.ts';

export const chatMatrix: Plugin = definePlugin<Settings>({
  root: new URL('..', import.meta.url),
  manifest,
  server: { migrations: { '0001-tables': tables, '0002-arrivals': arrivals, '0003-revision': revision }, start },
});

export { type Registration, renderRegistration } from './server/matrix/registration.ts';

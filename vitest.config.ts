import { defineConfig } from 'vitest/config';

/** Which tests: those of `npm test`; the heavy ones (`long`); those against servers of other makers (`peer`). */
const kind = process.env['VALFRI_TESTS'];
const suffix = kind ? `${kind}.test.ts` : 'test.ts';

export default defineConfig({
  test: {
    include: ['core', 'sdk', 'host', 'plugins', 'examples', 'scripts'].map((folder) => `${folder}/**/*.${suffix}`),
    exclude: ['**/node_modules/**', ...(kind ? [] : ['**/*.long.test.ts', '**/*.peer.test.ts'])],
    globalSetup: ['scripts/testing/setup.ts', ...(kind === 'peer' ? ['scripts/testing/peers.ts'] : [])],
    pool: 'forks',
    maxWorkers: kind ? 1 : 2,
    testTimeout: kind ? 120_000 : 20_000,
    hookTimeout: kind ? 180_000 : 30_000,
  },
});

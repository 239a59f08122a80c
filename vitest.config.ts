import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['core', 'sdk', 'host', 'plugins', 'examples', 'scripts'].map((folder) => `${folder}/**/*.test.ts`),
    exclude: ['**/node_modules/**', '**/*.long.test.ts', '**/*.peer.test.ts'],
    globalSetup: ['scripts/testing/database.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

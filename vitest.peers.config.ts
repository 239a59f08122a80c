import { defineConfig } from 'vitest/config';

/** Tests against real servers: one file after another, for they share them. */
export default defineConfig({
  test: {
    include: ['plugins', 'examples', 'scripts'].map((folder) => `${folder}/**/*.peer.test.ts`),
    exclude: ['**/node_modules/**'],
    globalSetup: ['scripts/testing/database.ts', 'scripts/testing/peers.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
  },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // What is inlined as data: would be refused by the policy, or weigh on the first load.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});

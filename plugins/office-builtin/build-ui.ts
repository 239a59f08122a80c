import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The pages that the host serves to browsers. */
rmSync(join(here, 'dist/ui'), { recursive: true, force: true });
await build({
  configFile: false,
  root: join(here, 'ui'),
  base: './',
  logLevel: 'warn',
  build: {
    target: 'es2022',
    outDir: join(here, 'dist/ui'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      input: ['text', 'docx'].map((page) => join(here, 'ui', `${page}.html`)),
      output: { hashCharacters: 'hex' },
    },
  },
});

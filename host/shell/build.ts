import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });

/** The one file by which a page of a plugin connects to the shell; the host serves it on the plugins' hostnames. */
await build({
  configFile: false,
  root: here,
  logLevel: 'warn',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: join(here, '../../sdk/src/ui/index.ts'),
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'valfri-ui.js' },
    },
  },
});

/** What the viewer of PDFs fetches by itself: fonts that files leave out, tables of characters, decoders of pictures. */
const pdfjs = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const { version } = JSON.parse(readFileSync(join(pdfjs, 'package.json'), 'utf8')) as { version: string };
for (const folder of ['cmaps', 'standard_fonts', 'wasm'])
  cpSync(join(pdfjs, folder), join(here, `dist/assets/pdfjs-${version}`, folder), {
    recursive: true,
    // Code made at run time is refused by the policy, and never asked for.
    filter: (path) => !/\.wasm$|quickjs/.test(path),
  });

/** What can be made smaller is kept so, at the best level: it is built once and sent often. */
for (const name of readdirSync(join(here, 'dist/assets'))) {
  const path = join(here, 'dist/assets', name);
  if (!/\.(m?js|css|svg|json)$/.test(name) || statSync(path).size < 1_024) continue;
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}

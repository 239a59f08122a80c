import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPages, buildShell } from './build-shell.ts';
import { runProgram } from './run-program.ts';

/** What others install: in the order in which they need each other. */
const PACKAGES = ['core', 'sdk', 'host/server', 'host/shell', ...inside('plugins')];

/** Builds every package and packs it into a folder (default: `packages/`), as the registry would hand it out. */
const target = resolve(process.argv[2] ?? 'packages');
mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (/^valfri-.*\.tgz$/.test(name)) rmSync(join(target, name));
await buildShell();
for (const folder of PACKAGES) await pack(folder);
console.log(readdirSync(target).join('\n'));

async function pack(folder: string): Promise<void> {
  const shell = folder === 'host/shell';
  // The shell's own dist is what browsers load; beside it comes the one module that a server loads.
  if (!shell) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  const config = join(folder, 'tsconfig.pack.json');
  writeFileSync(config, JSON.stringify(packConfig(folder, shell)));
  const compiled = await runProgram('tsc', ['-p', config]);
  rmSync(config);
  if (compiled !== 0) throw new Error(`${folder} could not be built`);
  await buildPages(folder);
  copyLicence(folder);
  const packed = await runProgram('pnpm', ['--dir', folder, 'pack', '--pack-destination', target, '--silent']);
  if (packed !== 0) throw new Error(`${folder} could not be packed`);
}

function packConfig(folder: string, shell: boolean): object {
  return {
    extends: './tsconfig.json',
    compilerOptions: {
      noEmit: false,
      outDir: 'dist',
      rootDir: 'src',
      declaration: true,
      allowImportingTsExtensions: false,
      ...(shell ? { module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] } : {}),
    },
    include: shell ? ['src/files.ts'] : ['src'],
    exclude: ['src/**/*.test.ts'],
  };
}

function copyLicence(folder: string): void {
  cpSync('LICENSE', join(folder, 'dist/LICENSE'));
}

function inside(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).private !== true);
}

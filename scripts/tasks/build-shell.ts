import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Builds what browsers load, the shell and the pages of plugins, where it has changed since the last time. */
export async function buildShell(): Promise<void> {
  await build('the shell', 'host/shell/build.ts', 'host/shell/dist/.built-from', [
    'host/shell/src',
    'host/shell/index.html',
    'host/shell/vite.config.ts',
    'core/src',
    'sdk/src',
  ]);
  for (const folder of readdirSync('plugins').map((name) => join('plugins', name))) await buildPages(folder);
}

/** Builds the pages of a plugin that has some to build: into its `dist/ui`. */
export async function buildPages(folder: string): Promise<void> {
  const script = join(folder, 'build-ui.ts');
  if (!existsSync(script)) return;
  const made = ['ui', 'src/shared', 'package.json'].map((name) => join(folder, name));
  await build(`the pages of ${folder}`, script, join(folder, 'dist/.pages-built-from'), [...made, 'sdk/src/ui']);
}

async function build(what: string, script: string, stamp: string, from: readonly string[]): Promise<void> {
  const wanted = hashOf([...from, script, 'pnpm-lock.yaml']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stdout.write(`Building ${what}.\n`);
  const code = await runProgram(process.execPath, [script]);
  if (code !== 0) throw new Error(`${what} could not be built`);
  writeFileSync(stamp, wanted);
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesIn)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

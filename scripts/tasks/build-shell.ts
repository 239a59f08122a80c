import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const STAMP = 'host/shell/dist/.built-from';

/** Builds the shell where anything that it is built from has changed since the last time. */
export async function buildShell(): Promise<void> {
  const wanted = hashOf([
    'host/shell/src',
    'host/shell/index.html',
    'host/shell/build.ts',
    'host/shell/vite.config.ts',
    'core/src',
    'sdk/src',
    'pnpm-lock.yaml',
  ]);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  process.stdout.write('Building the shell.\n');
  const code = await runProgram(process.execPath, ['host/shell/build.ts']);
  if (code !== 0) throw new Error('the shell could not be built');
  writeFileSync(STAMP, wanted);
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

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const packages = [
  'core',
  'sdk',
  'bench',
  ...['host', 'plugins', 'examples'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))),
];
const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ['format', 'oxfmt', ['--check', '.']],
  ['lint', 'oxlint', ['--quiet']],
  ['boundaries', 'depcruise', ['core', 'sdk', 'host', 'plugins', 'examples', 'bench', 'scripts']],
  ...['.', ...packages].map((folder) => [`types: ${folder}`, 'tsc', ['-p', folder, ...remembering(folder)]] as const),
  ['unused', 'knip', []],
];

/** What is known from the last time is not looked at again: most packages have not changed since. */
function remembering(folder: string): readonly string[] {
  const file = join('node_modules', '.cache', 'types', `${folder.replaceAll('/', '-')}.tsbuildinfo`);
  return ['--incremental', '--tsBuildInfoFile', file];
}

let failed = 0;
for (const [name, command, args] of steps) {
  process.stdout.write(`• ${name}\n`);
  if ((await runProgram(command, args)) !== 0) failed += 1;
}
process.stdout.write(
  failed === 0 ? 'Everything is in order.\n' : `${failed} of ${steps.length} checks found something.\n`,
);
process.exitCode = failed === 0 ? 0 : 1;

import { readdirSync } from 'node:fs';
import { buildShell } from './build-shell.ts';
import { runProgram } from './run-program.ts';

const [name, ...args] = process.argv.slice(2);
const known = readdirSync('bench/src', { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => entry.name.replace('.ts', ''));
if (name === undefined || !known.includes(name)) {
  console.error(`Which benchmark? One of: ${known.join(', ')}. For instance: npm run bench -- ${known[0]}`);
  process.exit(1);
}
if (!args.includes('--json')) await buildShell();
process.exitCode = await runProgram(process.execPath, ['--expose-gc', `bench/src/${name}.ts`, ...args]);

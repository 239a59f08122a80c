import { buildShell } from './build-shell.ts';
import { runProgram } from './run-program.ts';

await buildShell();
process.exitCode = await runProgram(process.execPath, [
  'examples/workspace/src/main.ts',
  'start',
  ...process.argv.slice(2),
]);

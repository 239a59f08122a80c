import { buildShell } from './build-shell.ts';
import { runProgram } from './run-program.ts';

await buildShell();
process.exitCode = await runProgram('vitest', ['run', ...process.argv.slice(2)]);

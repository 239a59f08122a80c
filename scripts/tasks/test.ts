import { runProgram } from './run-program.ts';

process.exitCode = await runProgram('vitest', ['run', ...process.argv.slice(2)]);

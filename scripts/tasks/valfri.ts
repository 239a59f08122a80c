import { runProgram } from './run-program.ts';

process.exitCode = await runProgram(process.execPath, ['examples/workspace/src/main.ts', ...process.argv.slice(2)]);

import { runProgram } from './run-program.ts';

process.exitCode = await runProgram('vitest', ['run', '--config', 'vitest.peers.config.ts', ...process.argv.slice(2)]);

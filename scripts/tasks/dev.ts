import { runProgram } from './run-program.ts';

/** Rebuilds the shell and restarts the host whenever one of their files is saved; reload the page to see it. */
const host = [
  process.execPath,
  ['--watch', '--watch-preserve-output', 'examples/workspace/src/main.ts', 'start', ...process.argv.slice(2)],
] as const;
await runProgram(process.execPath, ['host/shell/build.ts']);
await Promise.all([
  runProgram('vite', ['build', '--watch', '--config', 'host/shell/vite.config.ts']),
  runProgram(...host),
]);

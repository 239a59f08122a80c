import { buildShell } from './build-shell.ts';
import { runProgram } from './run-program.ts';

/** Runs the tests of a kind, by default those of `npm test`, with what the command line adds. Settles with the exit code. */
export async function runTests(kind = ''): Promise<number> {
  await buildShell();
  return runProgram('vitest', ['run', ...process.argv.slice(2)], { VALFRI_TESTS: kind });
}

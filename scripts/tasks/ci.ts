import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** What one step showed. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

const reports = mkdtempSync(join(tmpdir(), 'valfri-ci-'));
const SUITES = ['test', 'test:long', 'test:peers'];

const outcomes: Outcome[] = [await check()];
for (const suite of SUITES) outcomes.push(await run(suite));
rmSync(reports, { recursive: true, force: true });
const total = (of: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[of], 0);
process.exitCode = total('failed') === 0 ? 0 : 1;
console.log(`${total('passed')} passed, ${total('failed')} failed`);

async function check(): Promise<Outcome> {
  heading('check');
  const code = await npm(['run', 'check']);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs a suite as anybody would, and counts from the report that it writes. */
async function run(suite: string): Promise<Outcome> {
  heading(suite);
  const file = join(reports, `${suite.replace(':', '-')}.json`);
  const code = await npm(['run', suite, '--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const { passed, failed } = countsIn(file);
  // A suite that ended badly without a failed test (it did not start, or broke between tests) has failed all the same.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function countsIn(file: string): Outcome {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** In CI a peer that is missing is an error, not a skip. */
function npm(args: readonly string[]): Promise<number> {
  return runProgram('npm', args, { VALFRI_PEERS: 'required' });
}

function heading(name: string): void {
  console.log(`\n=== ${name} ===`);
}

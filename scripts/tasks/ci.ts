import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** What one step showed. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What failed and why, for the end of the output: of a long one often only that is kept. */
  readonly faults: readonly string[];
}

/** As much of Vitest's JSON report as is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const reports = mkdtempSync(join(tmpdir(), 'valfri-ci-'));
const SUITES = ['test', 'test:long', 'test:peers'];

const outcomes: Outcome[] = [await check()];
for (const suite of SUITES) outcomes.push(await run(suite));
rmSync(reports, { recursive: true, force: true });
const total = (of: 'passed' | 'failed') => outcomes.reduce((sum, outcome) => sum + outcome[of], 0);
process.exitCode = total('failed') === 0 ? 0 : 1;
const faults = outcomes.flatMap((outcome) => outcome.faults);
if (faults.length > 0) console.log(`\n=== failed ===\n${faults.join('\n\n')}\n`);
console.log(`${total('passed')} passed, ${total('failed')} failed`);

async function check(): Promise<Outcome> {
  heading('check');
  const code = await npm(['run', 'check']);
  return code === 0 ? { passed: 1, failed: 0, faults: [] } : { passed: 0, failed: 1, faults: ['npm run check'] };
}

/** Runs a suite as anybody would, and counts from the report that it writes. */
async function run(suite: string): Promise<Outcome> {
  heading(suite);
  const file = join(reports, `${suite.replace(':', '-')}.json`);
  const code = await npm(['run', suite, '--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const outcome = outcomeIn(file, suite);
  // A suite that ended badly without a failed test (it did not start, or broke between tests) has failed all the same.
  if (code === 0 || outcome.failed > 0) return outcome;
  return { ...outcome, failed: 1, faults: [...outcome.faults, `${suite} ended with ${code}`] };
}

function outcomeIn(file: string, suite: string): Outcome {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const faults = testResults.flatMap(({ name, message, assertionResults }) => [
      ...(message ? [`${name}\n${message}`] : []),
      ...assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => `${name} > ${fullName}\n${failureMessages.map(inOurCode).join('\n')}`),
    ]);
    return { passed: numPassedTests, failed: numFailedTests, faults };
  } catch {
    return { passed: 0, failed: 1, faults: [`${suite} wrote no report`] };
  }
}

/** A message with those lines of its stack that are the project's. */
function inOurCode(message: string): string {
  return message.replaceAll(/\n\s+at .*\/node_modules\/.*/g, '');
}

/** In CI a peer that is missing is an error, not a skip. */
function npm(args: readonly string[]): Promise<number> {
  return runProgram('npm', args, { VALFRI_PEERS: 'required' });
}

function heading(name: string): void {
  console.log(`\n=== ${name} ===`);
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/bin/litmus';

/** What one suite of litmus found. */
export interface LitmusSuite {
  readonly name: string;
  readonly run: number;
  readonly passed: number;
  readonly failed: number;
}

/** What a run of litmus found, and all that it wrote. */
export interface LitmusReport {
  readonly suites: readonly LitmusSuite[];
  readonly passed: number;
  readonly run: number;
  /** Lines that say that something is not as it should be. */
  readonly complaints: readonly string[];
  readonly output: string;
}

/** Runs litmus, the test suite of WebDAV servers; where it is missing it is installed, where that is allowed. */
export async function runLitmus(url: string, user: string, password: string): Promise<LitmusReport> {
  ensureInstalled();
  const directory = mkdtempSync(join(tmpdir(), 'valfri-litmus-'));
  const child = spawn(PROGRAM, ['-k', url, user, password], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  await once(child, 'close');
  const debug = join(directory, 'debug.log');
  const log = process.env['VALFRI_LITMUS_LOG'];
  if (log && existsSync(debug)) output += readFileSync(debug, 'latin1');
  rmSync(directory, { recursive: true, force: true });
  return report(output);
}

function ensureInstalled(): void {
  if (!existsSync(PROGRAM) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('No litmus is installed: installing it with apt-get.\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', 'litmus'],
    ])
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (!existsSync(PROGRAM))
    throw new Error('This tests with litmus. Install it (Debian: sudo apt-get install litmus), then try again.');
}

/** Reads what litmus wrote: each suite ends with a line of its sums. */
export function report(output: string): LitmusReport {
  const suites: LitmusSuite[] = [];
  const sums = /^<- summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed/gm;
  for (const [, name, run, passed, failed] of output.matchAll(sums))
    suites.push({ name: name!, run: Number(run), passed: Number(passed), failed: Number(failed) });
  const sum = (of: (suite: LitmusSuite) => number) => suites.reduce((all, suite) => all + of(suite), 0);
  const complaints = output.split(/[\n\r]+/).filter((line) => /FAIL|WARNING/.test(line));
  return { suites, passed: sum(({ passed }) => passed), run: sum(({ run }) => run), complaints, output };
}

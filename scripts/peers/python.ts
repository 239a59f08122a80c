import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OLDEST = 10;

/** A server that the tests want and that cannot be had on this machine; the message says what to do. */
export class PeerMissingError extends Error {
  override readonly name = 'PeerMissingError';
}

/**
 * Makes a virtual environment with what a requirements file pins, or finds the one made before.
 * @returns the path of its Python.
 * @throws PeerMissingError where there is no Python, no venv, or no package index.
 */
export async function ensurePython(directory: string, requirements: string): Promise<string> {
  const python = join(directory, 'bin', 'python');
  const stamp = join(directory, 'installed');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  await requirePython();
  rmSync(directory, { recursive: true, force: true });
  await orMissing(
    run('python3', ['-m', 'venv', directory]),
    'Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv',
  );
  const flags = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  await orMissing(
    run(python, ['-m', 'pip', 'install', ...flags, '-r', requirements], { maxBuffer: 1 << 26 }),
    'The Python packages could not be installed. Check that pypi.org can be reached: pip download six',
  );
  writeFileSync(stamp, wanted);
  return python;
}

async function requirePython(): Promise<void> {
  const remedy = `Python 3.${OLDEST} or newer is needed as "python3". On Debian and Ubuntu: apt-get install python3 python3-venv`;
  const { stdout } = await orMissing(run('python3', ['-c', 'import sys; print(*sys.version_info[:2])']), remedy);
  const [major, minor] = stdout.trim().split(' ').map(Number);
  if (major !== 3 || minor! < OLDEST) throw new PeerMissingError(`${remedy} (this one is ${major}.${minor})`);
}

async function orMissing<R>(work: Promise<R>, remedy: string): Promise<R> {
  try {
    return await work;
  } catch (cause) {
    throw new PeerMissingError(`${remedy}\n${(cause as Error).message}`, { cause });
  }
}

/**
 * Waits for a peer to start. One that cannot be had is an error where peers are required (`CI`, or
 * `VALFRI_PEERS=required`); elsewhere it is said, and `undefined` is what comes.
 */
export async function requirePeers<P>(peer: Promise<P>): Promise<P | undefined> {
  try {
    return await peer;
  } catch (error) {
    const required = Boolean(process.env['CI']) || process.env['VALFRI_PEERS'] === 'required';
    if (required || (error as Error).name !== 'PeerMissingError') throw error;
    console.warn(`Tests against real servers are left out. ${(error as Error).message}`);
    return undefined;
  }
}

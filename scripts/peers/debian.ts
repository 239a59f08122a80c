import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PeerMissingError } from './python.ts';

/**
 * Sees to it that programs of Debian's packages are there: installs the packages where one is missing, and that is
 * allowed. The daemons that they bring are not started. @throws PeerMissingError with the remedy.
 */
export function ensureDebian(packages: readonly string[], programs: readonly string[]): void {
  const missing = () => programs.filter((path) => !existsSync(path));
  if (missing().length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`${missing().join(', ')}: not installed. Installing ${packages.join(', ')} with apt-get.\n`);
    // At this run level packages start no daemons.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', ...packages],
    ])
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (missing().length === 0) return;
  const remedy = `Debian: sudo apt-get install ${packages.join(' ')}`;
  throw new PeerMissingError(`${missing().join(', ')}: not installed. ${remedy}`);
}

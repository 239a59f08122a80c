import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const NEEDED = ['/usr/bin/soffice', '/usr/bin/pdftotext', '/usr/bin/pdftoppm'];

/**
 * Sees to it that LibreOffice and what compares pages are on this machine: there, or installed now where that is allowed.
 * @throws with the remedy where they are not
 */
export function needLibreOffice(): void {
  if (NEEDED.every((path) => existsSync(path))) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('No LibreOffice is installed: installing it with apt-get.\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const packages = ['libreoffice-writer-nogui', 'fonts-liberation', 'fonts-crosextra-carlito', 'poppler-utils'];
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    ])
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
    if (NEEDED.every((path) => existsSync(path))) return;
  }
  throw new Error(
    'These tests need LibreOffice and Poppler (Debian: sudo apt-get install libreoffice-writer-nogui poppler-utils).',
  );
}

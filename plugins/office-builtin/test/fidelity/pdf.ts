import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEEDED = ['/usr/bin/soffice', '/usr/bin/pdftotext', '/usr/bin/pdftoppm'];
const PACKAGES = ['libreoffice-writer-nogui', 'fonts-liberation', 'fonts-crosextra-carlito', 'poppler-utils'];

/** Installs LibreOffice and what compares pages where they are missing and that is allowed. @throws with the remedy */
function needLibreOffice(): void {
  const missing = () => NEEDED.some((path) => !existsSync(path));
  if (missing() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('No LibreOffice is installed: installing it with apt-get.\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES],
    ])
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (missing()) throw new Error(`These tests need LibreOffice (Debian: sudo apt-get install ${PACKAGES.join(' ')}).`);
}

/** Has LibreOffice make files of another kind of files, into a folder, with a profile of its own. */
export async function convertFiles(files: readonly string[], to: string, folder: string): Promise<void> {
  needLibreOffice();
  const profile = await mkdtemp(join(tmpdir(), 'valfri-lo-'));
  try {
    const environment = `-env:UserInstallation=file://${profile}`;
    const args = [environment, '--headless', '--norestore', '--convert-to', to, '--outdir', folder, ...files];
    await run('soffice', args, { timeout: 300_000 });
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

/** The text of a PDF, each page ended by a form feed. */
export async function pdfText(file: string): Promise<string> {
  const { stdout } = await run('pdftotext', ['-layout', file, '-'], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** A page in shades of grey. */
export interface GreyPage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The pages of a PDF, drawn small. */
export async function pdfPages(file: string): Promise<readonly GreyPage[]> {
  const { stdout } = await run('pdftoppm', ['-r', '50', '-gray', file], { encoding: 'buffer', maxBuffer: 1 << 28 });
  return greyPages(stdout);
}

/** Portable grey maps, one after another. @see https://netpbm.sourceforge.net/doc/pgm.html */
function greyPages(bytes: Buffer): GreyPage[] {
  const pages: GreyPage[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', at, at + 60));
    if (!head) throw new Error('this is no grey map');
    const [width, height] = [Number(head[1]), Number(head[2])];
    const start = at + head[0].length;
    at = start + width * height;
    pages.push({ width, height, pixels: bytes.subarray(start, at) });
  }
  return pages;
}

/** How much of the worst page differs visibly, from 0 to 1; a page too many or too few differs as a whole. */
export function pagesDiffer(before: readonly GreyPage[], after: readonly GreyPage[]): number {
  if (before.length !== after.length) return 1;
  return Math.max(0, ...before.map((page, i) => pageDiffers(page, after[i]!)));
}

function pageDiffers(before: GreyPage, after: GreyPage): number {
  if (before.pixels.length !== after.pixels.length) return 1;
  const differing = before.pixels.reduce((sum, pixel, i) => sum + (Math.abs(pixel - after.pixels[i]!) > 48 ? 1 : 0), 0);
  return differing / before.pixels.length;
}

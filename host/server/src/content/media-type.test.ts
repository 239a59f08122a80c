import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { aZip } from '../testing/a-zip.ts';
import { mediaTypeOf } from './media-type.ts';

const directory = mkdtempSync(join(tmpdir(), 'valfri-media-'));
afterAll(() => rmSync(directory, { recursive: true }));

let made = 0;
function typeOf(bytes: Uint8Array | string, name: string): Promise<string> {
  const path = join(directory, String(++made));
  writeFileSync(path, bytes);
  return mediaTypeOf(path, name);
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;', 'latin1');
const SCRIPT = '<script>alert(1)</script>';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('a file whose name lies', () => {
  test.each<[string, Uint8Array | string, string, string]>([
    ['a page as a picture', `<!doctype html>${SCRIPT}`, 'bild.png', 'text/plain'],
    ['a page as a page', `<!doctype html>${SCRIPT}`, 'sida.html', 'text/html'],
    ['a program as a document', Buffer.from(`MZ${'\0'.repeat(200)}`), 'faktura.pdf', 'application/x-msdownload'],
    [
      'a program of another kind',
      Buffer.from(`\u007fELF\u0002\u0001\u0001${'\0'.repeat(60)}`),
      'a.jpg',
      'application/x-elf',
    ],
    [
      'a drawing with a script',
      `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`,
      'logga.svg',
      'image/svg+xml',
    ],
    ['a drawing as a picture', `<?xml version="1.0"?><svg>${SCRIPT}</svg>`, 'logga.png', 'application/xml'],
    ['a picture and a page at once', Buffer.concat([GIF, Buffer.from(SCRIPT)]), 'katt.html', 'image/gif'],
    ['a picture and a script at once', Buffer.concat([PNG, Buffer.from(SCRIPT)]), 'katt.js', 'image/png'],
    ['a page that begins as a PDF', `%PDF-1.4\n${SCRIPT}`, 'a.html', 'application/pdf'],
    ['a page in UTF-7', '+ADw-script+AD4-alert(1)', 'a.txt', 'text/plain'],
    ['a page in UTF-16', Buffer.from(`\ufeff${SCRIPT}`, 'utf16le'), 'a.txt', 'application/octet-stream'],
    ['nothing that is known', Buffer.from([0, 1, 2, 3]), 'a.png', 'application/octet-stream'],
  ])('%s', async (_, bytes, name, type) => {
    expect(await typeOf(bytes, name)).toBe(type);
  });
});

describe('an archive that is made to do harm', () => {
  /** What it took, in milliseconds and megabytes. */
  async function costOf(bytes: Buffer, name: string) {
    const [began, before] = [performance.now(), process.memoryUsage.rss()];
    const type = await typeOf(bytes, name);
    return { type, ms: performance.now() - began, megabytes: (process.memoryUsage.rss() - before) / (1 << 20) };
  }

  test('is not unpacked: a gibibyte of nothing in the part that tells what a document is', async () => {
    const bomb = aZip([
      { name: '[Content_Types].xml', content: Buffer.alloc(1 << 29, ' ') },
      { name: 'word/document.xml', content: Buffer.from('<w/>') },
    ]);
    expect(bomb.length).toBeLessThan(1 << 20);
    const { type, ms, megabytes } = await costOf(bomb, 'brev.docx');
    expect([DOCX, 'application/zip']).toContain(type);
    expect(ms).toBeLessThan(5_000);
    expect(megabytes).toBeLessThan(100);
  });

  test('is not walked through: two hundred thousand parts', { timeout: 60_000 }, async () => {
    const one = new Uint8Array();
    const entries = Array.from({ length: 200_000 }, (_, i) => ({ name: `word/${i}.bin`, content: one }));
    const { type, ms, megabytes } = await costOf(aZip(entries), 'brev.docx');
    expect(type).toBe(DOCX);
    expect(ms).toBeLessThan(5_000);
    expect(megabytes).toBeLessThan(100);
  });

  test('breaks nothing where it is cut off, or names itself without end', async () => {
    const whole = aZip([{ name: 'a'.repeat(60_000), content: Buffer.from('x') }]);
    for (const bytes of [whole, whole.subarray(0, 40), whole.subarray(0, 5)])
      expect(['application/zip', 'application/octet-stream']).toContain(await typeOf(bytes, 'a.zip'));
  });
});

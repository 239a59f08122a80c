import { newId, office } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../../../scripts/testing/browser.ts';
import { convertFiles, pagesDiffer, pdfPages, pdfText } from '../../../../scripts/testing/libreoffice.ts';
import { officeBuiltin } from '../../src/index.ts';
import { openFrame, servePages } from '../harness/shell.ts';
import { fidelityTable, type FidelityRow } from './fidelity-table.ts';
import { sources } from './sources.ts';

const WORD = 'tillägget';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const TABLE = 'docs/office-fidelity.md';

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'valfri-fidelity-'));
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test(
  'thirty documents that LibreOffice wrote come out as they went in, with a word more',
  { timeout: 900_000 },
  async () => {
    const names = Object.keys(sources);
    const place = (kind: string) => join(folder, kind);
    for (const kind of ['source', 'before', 'after']) mkdirSync(place(kind));
    for (const [name, source] of Object.entries(sources)) writeFileSync(join(place('source'), `${name}.fodt`), source);
    const all = (kind: string, ending: string) => names.map((name) => join(place(kind), `${name}.${ending}`));
    await convertFiles(all('source', 'fodt'), 'docx:MS Word 2007 XML', place('before'));
    const opened = new Map<string, Awaited<ReturnType<typeof edited>>>();
    for (const name of names) {
      const made = await edited(name, readFileSync(join(place('before'), `${name}.docx`)));
      opened.set(name, made);
      writeFileSync(join(place('after'), `${name}.docx`), made.bytes);
    }
    await convertFiles(all('before', 'docx'), 'pdf', place('before'));
    await convertFiles(all('after', 'docx'), 'pdf', place('after'));
    const rows: FidelityRow[] = [];
    for (const name of names) {
      const [before, after] = ['before', 'after'].map((kind) => join(place(kind), `${name}.pdf`));
      const [texts, pages] = await Promise.all([
        Promise.all([before!, after!].map(pdfText)),
        Promise.all([before!, after!].map(pdfPages)),
      ]);
      const { readOnly, losses } = opened.get(name)!;
      const same = lettersOf(texts[1]!.replace(WORD, '')) === lettersOf(texts[0]!);
      rows.push({
        name,
        readOnly,
        losses,
        sameText: same,
        pages: [pages[0]!.length, pages[1]!.length],
        differs: pagesDiffer(pages[0]!, pages[1]!),
      });
    }
    if (process.env['VALFRI_FIDELITY'] === 'write') writeFileSync(TABLE, fidelityTable(rows));
    expect(rows.filter(({ sameText }) => !sameText).map(({ name }) => name)).toEqual([]);
    expect(rows.filter(({ readOnly }) => !readOnly).length).toBeGreaterThanOrEqual(28);
  },
);

/** Opens a document as somebody does, writes a word behind the first paragraph, and has it saved. */
async function edited(name: string, content: Uint8Array) {
  await using subject = await createTestHost({ capability: office, plugin: officeBuiltin });
  await using pages = await servePages();
  const file = subject.files.add({ name: `${name}.docx`, content, mediaType: DOCX });
  const opened = await openFrame({ subject, browser, url: pages.url, file });
  try {
    await opened.frame.locator('.layout-page').first().waitFor();
    const notice = (await opened.frame.locator('.notice').textContent()) ?? '';
    if (notice.startsWith('Filen visas bara'))
      return { bytes: content, readOnly: true, losses: notice.replace(/^.*: |\.Stäng$/g, '') };
    await opened.frame.locator('.layout-page [data-pm-start]').first().click();
    await opened.page.keyboard.press('End');
    await opened.page.keyboard.type(` ${WORD}`);
    await expect.poll(() => opened.state.saved, { timeout: 10_000 }).not.toBe('unsaved');
    await expect.poll(() => opened.frame.locator('.layout-page').first().textContent()).toContain(WORD);
    expect(await subject.as(newId()).saveFile({ file: file.id })).toEqual({ saved: true });
    expect(opened.faults).toEqual([]);
    return { bytes: file.versions.at(-1)!.bytes, readOnly: false, losses: /\((.*)\)/.exec(notice)?.[1] ?? '' };
  } finally {
    await opened.close();
  }
}

function lettersOf(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

import { newId, office } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { launchBrowser } from '../../../scripts/testing/browser.ts';
import { officeBuiltin } from '../src/index.ts';
import { docxOf, mainOf, partOf } from './harness/documents.ts';
import { openFrame, servePages } from './harness/shell.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const soon = { timeout: 15_000 };
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test(
  'two people write Markdown together, with carets and a preview that runs nothing',
  { timeout: 60_000 },
  async () => {
    await using subject = await createTestHost({ capability: office, plugin: officeBuiltin });
    await using pages = await servePages();
    const content =
      '# Möte\n\n![en bild](https://example.org/x.png) <img src="https://example.org/y.png" onerror="alert(1)">\n';
    const file = subject.files.add({ name: 'a.md', content, mediaType: 'text/markdown' });
    const common = { subject, browser, url: pages.url, file };
    const anna = await openFrame(common);
    const bo = await openFrame({ ...common, language: 'en', theme: 'dark' });
    await anna.frame.getByRole('textbox', { name: 'Filens text' }).press('Control+End');
    await anna.page.keyboard.type('Anna skriver.');
    await expect
      .poll(() => bo.frame.getByRole('textbox', { name: 'Text of the file' }).textContent(), soon)
      .toContain('Anna skriver.');
    await bo.frame.locator('.cm-ySelectionInfo').first().waitFor();
    await expect.poll(() => anna.state.saved, soon).toBe('kept');
    await anna.frame.getByRole('button', { name: 'Förhandsvisning' }).click();
    await anna.frame.getByRole('heading', { name: 'Möte', level: 1 }).waitFor();
    await expect.poll(() => anna.frame.locator('.preview').textContent()).toContain('en bild <img src=');
    expect([await axeFindings(anna.frame), await axeFindings(bo.frame)]).toEqual([[], []]);
    await anna.cut();
    await anna.frame.getByRole('textbox').press('Control+End');
    await anna.page.keyboard.type(' Igen.');
    await expect.poll(() => bo.frame.getByRole('textbox').textContent(), soon).toContain('Anna skriver. Igen.');
    expect([anna.faults, bo.faults]).toEqual([[], []]);
    await Promise.all([anna.close(), bo.close()]);
  },
);

test('two people write a document together: carets, a comment, a suggestion', { timeout: 90_000 }, async () => {
  await using subject = await createTestHost({ capability: office, plugin: officeBuiltin });
  await using pages = await servePages();
  const body = ['Dagordning', 'Beslut'].map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`).join('');
  const file = subject.files.add({ name: 'a.docx', content: await docxOf(body), mediaType: DOCX });
  const common = { subject, browser, url: pages.url, file };
  const anna = await openFrame(common);
  const bo = await openFrame({ ...common, language: 'en', theme: 'dark' });
  const sheet = (who: typeof anna) => who.frame.locator('.layout-page').first();
  await Promise.all([sheet(anna), sheet(bo)].map((each) => each.getByText('Beslut').waitFor(soon)));
  await sheet(anna).getByText('Dagordning').click();
  await anna.page.keyboard.type('Åsa');
  await expect.poll(() => sheet(bo).textContent(), soon).toContain('Åsa');
  await bo.frame.locator('.caret').waitFor(soon);

  await sheet(bo).getByText('Beslut').dblclick();
  const [word, paper] = await Promise.all([sheet(bo).getByText('Beslut').boundingBox(), sheet(bo).boundingBox()]);
  await bo.page.mouse.click(paper!.x + paper!.width, word!.y + word!.height / 2);
  await bo.frame.getByPlaceholder('Add a comment...').fill('Stämmer det?');
  await bo.page.keyboard.press('Enter');
  await anna.frame.getByText('Stämmer det?').first().waitFor(soon);
  await bo.frame.getByRole('button', { name: /Editing/ }).click();
  await bo.frame.getByText('Edits become suggestions').click();
  await sheet(bo).getByText('Beslut').click();
  await bo.page.keyboard.type('nytt');
  await expect.poll(() => sheet(anna).textContent(), soon).toContain('nytt');
  await expect.poll(() => [anna.state.saved, bo.state.saved], soon).toEqual(['kept', 'kept']);
  expect(await subject.as(newId()).saveFile({ file: file.id })).toEqual({ saved: true });
  const main = await mainOf(file.versions.at(-1)!.bytes);
  expect(main).toMatch(/<w:commentRangeStart /);
  expect(await partOf(file.versions.at(-1)!.bytes, 'word/comments.xml')).toContain('Stämmer det?');
  expect(main).toMatch(/<w:ins [^>]*w:author="Person [^"]*"[^>]*>.*?nytt/);

  for (const name of ['Vattenstämpel', 'Utskriftsformat', 'Arkiv'])
    expect(await anna.frame.getByText(name, { exact: true }).filter({ visible: true }).count()).toBe(0);
  expect([await axeFindings(anna.frame), await axeFindings(bo.frame)]).toEqual([[], []]);
  expect([anna.faults, bo.faults]).toEqual([[], []]);
  await Promise.all([anna.close(), bo.close()]);
});

test('who may only view follows, and writes nothing', { timeout: 60_000 }, async () => {
  await using subject = await createTestHost({ capability: office, plugin: officeBuiltin });
  await using pages = await servePages();
  const link = '<w:p><w:hyperlink w:anchor="a"><w:r><w:t>Länk</w:t></w:r></w:hyperlink></w:p>';
  const file = subject.files.add({
    name: 'a.docx',
    content: await docxOf(`<w:p><w:r><w:t>Läs</w:t></w:r></w:p>${link}`),
    mediaType: DOCX,
  });
  const viewer = await openFrame({ subject, browser, url: pages.url, file, action: 'view' });
  await viewer.frame.locator('.layout-page').first().getByText('Läs').click(soon);
  await viewer.page.keyboard.type('smuggel');
  await viewer.frame.getByText('Du kan läsa filen, men inte ändra den.').waitFor();
  expect(await viewer.frame.locator('.layout-page').first().textContent()).not.toContain('smuggel');
  expect(viewer.faults).toEqual([]);
  await viewer.close();
  await subject.as(newId()).saveFile({ file: file.id });
  expect(file.versions).toHaveLength(1);
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPdf } from './a-pdf.ts';
import { twoPeople, type TwoPeople, withoutOffice } from './two-people.ts';

/** A machine that does other things as well. */
const SOON = { timeout: 8_000 };

let people: TwoPeople;
let page: Page;
beforeAll(async () => {
  people = await twoPeople(withoutOffice);
  ({ page } = await people.open(people.anna, '/files'));
  await page.locator('#pick-files').waitFor({ state: 'attached' });
  const file = (name: string, buffer: Buffer | string) => ({ name, mimeType: 'x/x', buffer: Buffer.from(buffer) });
  await page
    .locator('#pick-files')
    .setInputFiles([
      file('A protokoll.pdf', aPdf(Array.from({ length: 40 }, (_, i) => `Paragraf ${i + 1}: Överklagande`))),
      file('B låst.pdf', aPdf(['Hemligt'], { locked: true })),
      file('C skadad.pdf', '%PDF-1.7\nnej'),
      file('D läs.md', '# Rubrik\n\n- [ ] att göra\n\n<img src=x onerror=alert(1)>\n'),
      file('E lång.txt', 'Rad åäö\n'.repeat(40_000)),
      file('F lista.csv', 'nr;ärende\n1;Överklagan\n'),
      file('G okänd.bin', Buffer.from([0, 1, 2, 255])),
    ]);
  await page.getByText('7 filer är uppladdade').waitFor();
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

const open = async (name: string) => {
  await page.goto(`${people.host.url}/files`);
  await page.locator('vf-file-list .entry', { hasText: name }).getByRole('link').click();
};
const preview = () => page.locator('vf-preview');

test('a PDF is shown page by page as one looks, is searched, made larger, and gone through by keys', async () => {
  await open('A protokoll.pdf');
  const shown = preview().locator('.page[data-loaded="true"]');
  await shown.first().waitFor();
  expect(await preview().locator('.page').count()).toBe(40);
  expect(await shown.count()).toBeLessThan(12);
  // Its text is there to be chosen and copied, and a screen reader is told which page it is on.
  await preview().getByRole('group', { name: 'Sida 1 av 40' }).getByText('Paragraf 1: Överklagande').waitFor();
  // The font that the file does not bring is drawn: something is there that is not white.
  const dark = await preview()
    .locator('.page canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext('2d')!;
      context.drawImage(canvas, 0, 0);
      return context.getImageData(0, 0, copy.width, copy.height).data.some((value, i) => i % 4 === 0 && value < 80);
    });
  expect(dark).toBe(true);

  const number = preview().getByLabel('Sida', { exact: true });
  await number.fill('39');
  await number.press('Enter');
  await preview().getByText('Paragraf 39: Överklagande').waitFor();
  await preview().getByLabel('Sök i filen').fill('paragraf 7');
  await preview().getByText('1 / 1').waitFor();
  await preview().locator('.highlight.selected').waitFor();
  await expect.poll(() => number.inputValue(), SOON).toBe('7');

  const scale = async () =>
    Number((await preview().getByLabel('Storlek', { exact: true }).innerText()).replace(/\D/g, ''));
  const before = await scale();
  await preview().locator('.pdf-pages').focus();
  await page.keyboard.press('+');
  await expect.poll(scale, SOON).toBeGreaterThan(before);
  const larger = await scale();
  await page.keyboard.press('-');
  await expect.poll(scale, SOON).toBeLessThan(larger);
}, 40_000);

test('a PDF that is locked or damaged says so', async () => {
  await open('B låst.pdf');
  await preview().getByText('låst med lösenord').waitFor();
  await page.keyboard.press('ArrowRight');
  await preview().getByText('PDF-filen är skadad').waitFor();
});

test('arrows lead from file to file, and the one looked at last has the focus when it is closed', async () => {
  await open('D läs.md');
  await preview().getByRole('heading', { name: 'Rubrik' }).waitFor();
  // Tags are shown as they were typed.
  await preview().getByText('<img src=x onerror=alert(1)>').waitFor();
  await preview().getByRole('button', { name: 'Källtext' }).click();
  await preview().getByText('# Rubrik').waitFor();
  await page.keyboard.press('ArrowRight');
  await preview().getByText('440 kB').first().waitFor();
  const said = preview().locator('pre');
  await expect.poll(async () => (await said.innerText()).length, SOON).toBeGreaterThan(150_000);
  const part = (await said.innerText()).length;
  await preview().getByRole('button', { name: 'Visa mer' }).click();
  await expect.poll(async () => (await said.innerText()).length, SOON).toBeGreaterThan(part);
  // No letter is lost where one part ends and the next begins.
  expect(new Set((await said.innerText()).split('\n'))).toEqual(new Set(['Rad åäö', '']));
  await page.keyboard.press('ArrowRight');
  await preview().getByText('1;Överklagan').waitFor();
  await page.keyboard.press('ArrowRight');
  await preview().getByText('ingen förhandsvisning').waitFor();
  await page.keyboard.press('ArrowRight');
  await preview().getByText('G okänd.bin').waitFor();
  await page.keyboard.press('Escape');
  await preview().waitFor({ state: 'detached' });
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent?.trim()), SOON)
    .toContain('G okänd.bin');
}, 30_000);

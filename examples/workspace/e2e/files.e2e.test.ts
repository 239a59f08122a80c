import { newId } from '@valfri/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople, withoutOffice } from './two-people.ts';

let people: TwoPeople;
beforeAll(async () => {
  people = await twoPeople(withoutOffice);
});
afterAll(() => people[Symbol.asyncDispose]());

const shots = process.env['SHOTS'];
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
};
const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
const row = (page: Page, name: string) => page.locator('vf-file-list .entry', { hasText: name });
const menu = async (page: Page, name: string, item: string) => {
  await row(page, name).getByRole('button').click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('a person uploads, looks, renames, deletes, undoes and shares; another opens what was shared', async () => {
  const { page } = await people.open(people.anna, '/files');
  await page.getByRole('heading', { name: 'Här finns inga filer än.' }).waitFor();
  await shot(page, '1-empty');
  await page.getByRole('button', { name: 'Ny mapp' }).click();
  await page.getByLabel('Mappens namn').fill('a/b');
  await page.keyboard.press('Enter');
  await page.getByText('Namnet kan inte användas.').waitFor();
  await page.getByLabel('Mappens namn').fill('Remissvar 2026');
  await page.keyboard.press('Enter');
  await row(page, 'Remissvar 2026').getByRole('link').click();
  await page
    .locator('#pick-files')
    .setInputFiles([
      file('Yttrande.txt', 'Nämnden tillstyrker förslaget.\n'),
      file('Ärendelista.csv', 'nr;ärende\n1;Bygglov\n'),
      { name: 'Karta.png', mimeType: 'image/png', buffer: PNG },
    ]);
  await row(page, 'Yttrande.txt').waitFor();
  await row(page, 'Karta.png').waitFor();
  await page.getByText('3 filer är uppladdade').waitFor();
  await shot(page, '2-list');
  await page.getByRole('region', { name: 'Uppladdningar' }).getByRole('button', { name: 'Stäng' }).click();

  await row(page, 'Yttrande.txt').getByRole('link').click();
  await page.getByText('Nämnden tillstyrker förslaget.').waitFor();
  await shot(page, '3-preview');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });

  await row(page, 'Yttrande.txt').getByRole('link').focus();
  await page.keyboard.press('F2');
  await page.getByLabel('Nytt namn').fill('Yttrande, slutligt.txt');
  await page.keyboard.press('Enter');
  await row(page, 'Yttrande, slutligt.txt').waitFor();

  await row(page, 'Ärendelista.csv').getByRole('link').focus();
  await page.keyboard.press('Delete');
  await row(page, 'Ärendelista.csv').waitFor({ state: 'detached' });
  await page
    .locator('.toast', { hasText: 'Ärendelista.csv är borttagen.' })
    .getByRole('button', { name: 'Ångra' })
    .click();
  await row(page, 'Ärendelista.csv').waitFor();

  await page.getByRole('link', { name: 'Mina filer', exact: true }).first().click();
  await menu(page, 'Remissvar 2026', 'Dela');
  await page.getByRole('combobox', { name: 'Personer' }).fill('Bo');
  await page.getByRole('option', { name: 'Bo Alm' }).click();
  await page.getByLabel('De får').selectOption('editor');
  await page.getByRole('button', { name: 'Dela', exact: true }).click();
  await page.getByLabel('Åtkomst för Bo Alm').waitFor();
  await shot(page, '4-share');
  await page.keyboard.press('Escape');

  const { page: bos } = await people.open(people.bo, '/files/shared');
  await row(bos, 'Remissvar 2026').getByRole('link').click();
  await row(bos, 'Karta.png').waitFor();
  await row(page, 'Remissvar 2026').getByRole('link').click();
  await row(page, 'Karta.png').waitFor();
  // What one does, the other sees.
  await bos.locator('#pick-files').setInputFiles([file('Från Bo.txt', 'Hej')]);
  await row(page, 'Från Bo.txt').waitFor();
});

/** A tenth of a second of silence. @see https://www.rfc-editor.org/rfc/rfc2361 */
function aSound(): Buffer {
  const bytes = Buffer.alloc(44 + 800, 128);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 800, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const)
    bytes.writeUInt16LE(value, at);
  for (const at of [24, 28]) bytes.writeUInt32LE(8_000, at);
  bytes.write('data', 36);
  bytes.writeUInt32LE(800, 40);
  return bytes;
}

test('sound is played and pictures are shown where they are', async () => {
  const { page } = await people.open(people.bo, '/files');
  await page.locator('#pick-files').waitFor({ state: 'attached' });
  await page.locator('#pick-files').setInputFiles([
    { name: 'Tal.wav', mimeType: 'audio/wav', buffer: aSound() },
    { name: 'Bild.png', mimeType: 'image/png', buffer: PNG },
  ]);
  await row(page, 'Tal.wav').getByRole('link').click();
  const sound = page.locator('.preview audio');
  await expect.poll(() => sound.evaluate((element: HTMLAudioElement) => element.duration)).toBeCloseTo(0.1);
  await page.keyboard.press('Escape');
  await row(page, 'Bild.png').getByRole('link').click();
  const picture = page.locator('.preview img');
  await expect.poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(1);
});

test('what was deleted is in the trash, and comes back or goes for good', async () => {
  const { anna } = people;
  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  for (const name of ['Åter', 'Bort']) {
    const id = newId();
    await anna.api.documents.createFolder.mutate({ id, parent: home, name });
    await anna.api.documents.delete.mutate({ node: id });
  }
  const { page } = await people.open(anna, '/files/trash');
  await page.getByRole('button', { name: 'Återställ: Åter' }).click();
  await page.getByText('Åter är återställd.').waitFor();
  await page.getByRole('button', { name: 'Ta bort för gott: Bort' }).click();
  await shot(page, '5-trash');
  await page.getByRole('button', { name: 'Ta bort för gott', exact: true }).click();
  await page.getByText('Papperskorgen är tom.').waitFor();
  await page.getByRole('link', { name: 'Mina filer' }).click();
  await row(page, 'Åter').waitFor();
});

test('a folder with more than a page of files is read while one scrolls, and its last one is reached by a key', async () => {
  const { anna } = people;
  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  const folder = newId();
  await anna.api.documents.createFolder.mutate({ id: folder, parent: home, name: 'Många' });
  const numbers = Array.from({ length: 600 }, (_, i) => i).values();
  const maker = async () => {
    for (const number of numbers)
      await anna.api.documents.createFolder.mutate({ id: newId(), parent: folder, name: `Ärende ${number}` });
  };
  await Promise.all([maker(), maker(), maker(), maker()]);
  const { page } = await people.open(anna, `/files/${folder}`);
  await row(page, 'Ärende 0').getByRole('link').focus();
  expect(await page.locator('vf-file-list .entry').count()).toBeLessThan(100);
  await page.keyboard.press('End');
  await row(page, 'Ärende 599').waitFor();
  await page.keyboard.press('End');
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Ärende 599');
  await shot(page, '6-many');
}, 60_000);

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

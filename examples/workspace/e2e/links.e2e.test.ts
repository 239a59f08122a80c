import { newId } from '@valfri/sdk';
import { sendFile } from '@valfri/server/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let folder: string;
let file: string;
beforeAll(async () => {
  people = await twoPeople();
  const { anna, host } = people;
  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  folder = newId();
  await anna.api.documents.createFolder.mutate({ id: folder, parent: home, name: 'Underlag' });
  file = (await sendFile(host.url, anna, { parent: folder, name: 'Ritning.png', bytes: PNG })).id;
  await anna.api.documents.createFolder.mutate({ id: newId(), parent: folder, name: 'Bilagor' });
});
afterAll(() => people[Symbol.asyncDispose]());

const shots = process.env['SHOTS'];
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
};
const row = (page: Page, name: string) => page.locator('vf-file-list .entry', { hasText: name });
const menu = async (page: Page, name: string, item: string) => {
  await row(page, name).getByRole('button').click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('a link with a password is made, opened by somebody without an account, handed in to, and closed', async () => {
  const { page } = await people.open(people.anna, '/files');
  await menu(page, 'Underlag', 'Dela');
  const links = page.getByRole('region', { name: 'Länkar för dem som saknar konto' });
  await links.getByText('Ingen länk leder hit.').waitFor();
  await links.getByLabel('Den som har länken').selectOption('editor');
  await links.getByLabel('Lösenord till länken').fill('kort');
  await links.getByRole('button', { name: 'Skapa länk' }).click();
  await links.getByText('Lösenordet behöver minst 8 tecken.').waitFor();
  await links.getByLabel('Lösenord till länken').fill('sommarregn');
  await links.getByLabel('Till och med').fill('2099-12-31');
  await links.getByRole('button', { name: 'Skapa länk' }).click();
  const url = await links.getByLabel('Länk', { exact: true }).inputValue();
  await links.getByRole('button', { name: 'Kopiera länken' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  await links.getByText('kan öppna, ladda ned och lämna in filer.').waitFor();
  await links.getByText('Till och med 31 december 2099. Frågar efter lösenord. Skapad av').waitFor();
  await shot(page, 'link-made');
  expect(await axeFindings(page)).toEqual([]);

  const visitor = await people.open(undefined, new URL(url).pathname, { width: 390, height: 760 });
  const { page: outside } = visitor;
  await outside.getByLabel('Lösenord').fill('fel');
  await outside.getByRole('button', { name: 'Öppna' }).click();
  await outside.getByText('Lösenordet stämmer inte.').waitFor();
  expect(await axeFindings(outside)).toEqual([]);
  await outside.getByLabel('Lösenord').fill('sommarregn');
  await outside.keyboard.press('Enter');
  await outside.getByRole('heading', { name: 'Underlag' }).waitFor();
  const handIn = { name: 'Svar.txt', mimeType: 'text/plain', buffer: Buffer.from('Härmed svar.') };
  for (let i = 0; i < 2; i++) {
    await outside.getByLabel('Lämna in filer').setInputFiles([handIn]);
    await outside
      .getByRole('link', { name: i === 0 ? 'Svar.txt' : 'Svar (2).txt' })
      .first()
      .waitFor();
  }
  await shot(outside, 'visit-folder');
  expect(await axeFindings(outside)).toEqual([]);
  await outside.getByRole('button', { name: 'English' }).click();
  await outside.getByText('Hand in files').waitFor();
  expect(await axeFindings(outside)).toEqual([]);
  await outside.getByRole('link', { name: /^Ritning\.png/ }).click();
  await outside.getByRole('img', { name: 'Ritning.png' }).waitFor();
  await shot(outside, 'visit-file');
  expect(await axeFindings(outside)).toEqual([]);
  await outside.getByRole('navigation', { name: 'Folders above' }).getByRole('link', { name: 'Underlag' }).click();
  await outside.getByRole('link', { name: /^Bilagor/ }).click();
  await outside.getByText('The folder is empty.').waitFor();

  await links.getByRole('button', { name: /^Stäng länken/ }).click();
  await links.getByText('Länken är stängd.').waitFor();
  await outside.goBack();
  await outside.getByRole('heading', { name: 'The link leads nowhere' }).waitFor();
  await shot(outside, 'visit-closed');
  expect(await axeFindings(outside)).toEqual([]);
  await page.keyboard.press('Escape');
  await row(page, 'Underlag').getByRole('link').click();
  await row(page, 'Svar (2).txt').waitFor();
}, 60_000);

test('what a person is given can end, and each row says what they can do', async () => {
  const { page } = await people.open(people.anna, '/files');
  await menu(page, 'Underlag', 'Dela');
  await page.getByRole('combobox', { name: 'Personer' }).fill('Bo');
  await page.getByRole('option', { name: 'Bo Alm' }).click();
  await page.locator('#share-until').fill('2099-01-31');
  await page.getByRole('button', { name: 'Dela', exact: true }).click();
  const bos = page.locator('.grants li', { hasText: 'Bo Alm' });
  await bos.getByText('Kan öppna och ladda ned.').waitFor();
  await page.getByLabel('Åtkomst för Bo Alm').selectOption('editor');
  await bos.getByText('dela vidare').waitFor();
  expect(await page.getByLabel('Sista dag för Bo Alm').inputValue()).toBe('2099-01-31');
  const { grants } = await people.anna.api.documents.listGrants.query({ node: folder });
  const until = Date.parse('2099-01-31T23:59:59.999+01:00');
  const given = grants.find(({ person }) => person === people.bo.id);
  expect(given).toMatchObject({ role: 'editor', until });
});

test('who has locked a file is told, what it stops is said, and its owner unlocks it', async () => {
  const { api } = people.bo;
  await people.anna.api.documents.give.mutate({ node: folder, person: people.bo.id, role: 'editor' });
  const { page } = await people.open(people.anna, `/files/${folder}`);
  await row(page, 'Ritning.png').waitFor();
  await api.documents.lock.mutate({ node: file, token: 'opaquelocktoken:1' });
  const mark = row(page, 'Ritning.png').getByTitle(/^Låst av Bo Alm sedan \d\d:\d\d$/);
  await mark.waitFor();
  await menu(page, 'Ritning.png', 'Ta bort');
  await page.locator('.toast', { hasText: 'be ägaren låsa upp' }).waitFor();
  await row(page, 'Ritning.png').getByRole('link').click();
  await page.locator('vf-preview').getByText('Låst av Bo Alm').waitFor();
  await shot(page, 'locked-preview');
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await menu(page, 'Ritning.png', 'Lås upp');
  await mark.waitFor({ state: 'detached' });
  await api.documents.move.mutate({ node: file, name: 'Ritning 2.png' });
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

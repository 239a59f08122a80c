import { newId } from '@valfri/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
beforeAll(async () => {
  people = await twoPeople();
});
afterAll(() => people[Symbol.asyncDispose]());

const card = 'main vf-file-card';

test('a file that is put into a room is a link that everybody there can open, whatever it is called later', async () => {
  const { anna, bo } = people;
  const [{ page }, { page: bos }] = [await people.open(anna), await people.open(bo)];
  await page.locator('vf-composer').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Bifoga' }).click();
  await page.getByRole('menuitem', { name: 'Ladda upp en fil' }).click();
  const file = { name: 'Förslag.txt', mimeType: 'text/plain', buffer: Buffer.from('Vi föreslår att …') };
  await (await chooser).setFiles([file]);
  await page.locator('.attached', { hasText: 'Förslag.txt' }).waitFor();
  await page.getByRole('button', { name: 'Skicka' }).click();
  await bos.locator(card).getByRole('link', { name: 'Förslag.txt' }).waitFor();
  if (process.env['SHOTS']) await bos.screenshot({ path: `${process.env['SHOTS']}/7-card.png` });

  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  const { nodes } = await anna.api.documents.search.query({ query: 'Förslag' });
  await anna.api.documents.move.mutate({ node: nodes[0]!.id, parent: home, name: 'Förslag, antaget.txt' });
  await bos.locator(card).getByRole('link', { name: 'Förslag, antaget.txt' }).click();
  await bos.getByText('Vi föreslår att …').waitFor();
});

test('who attaches a file that others cannot open is told how many, and lets them with one click', async () => {
  const { anna, bo, room } = people;
  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  const folder = newId();
  await anna.api.documents.createFolder.mutate({ id: folder, parent: home, name: 'Underlag' });
  const { page } = await people.open(anna, '/files');
  await page.locator('#pick-files').waitFor({ state: 'attached' });
  await page
    .locator('#pick-files')
    .setInputFiles([{ name: 'Budget.txt', mimeType: 'text/plain', buffer: Buffer.from('1 234 kr') }]);
  await page.getByText('1 fil är uppladdad').waitFor();
  await page.goto(`${people.host.url}/chat/${room}`);
  await page.getByRole('button', { name: 'Bifoga' }).click();
  await page.getByRole('menuitem', { name: 'Välj bland dina filer' }).click();
  await page.getByRole('button', { name: 'Mina filer' }).click();
  await page.getByRole('button', { name: 'Budget.txt' }).click();
  await page.getByText('1 av 2 här kan inte öppna den.').waitFor();
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/8-rights.png` });
  const { nodes } = await anna.api.documents.search.query({ query: 'Budget' });
  await expect(bo.api.documents.get.query({ node: nodes[0]!.id })).rejects.toThrow();
  await page.getByRole('button', { name: 'Låt dem läsa' }).click();
  await page.getByText('kan inte öppna den.').waitFor({ state: 'detached' });
  expect((await bo.api.documents.get.query({ node: nodes[0]!.id })).node.role).toBe('viewer');
  await page.reload();
  // What is attached is kept with the draft.
  await page.locator('.attached', { hasText: 'Budget.txt' }).waitFor();
  await page.getByLabel('Skriv till Samråd').fill('Så här blir det');
  await page.keyboard.press('Enter');
  await page.locator(card).getByRole('link', { name: 'Budget.txt' }).waitFor();
});

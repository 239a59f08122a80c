import { newId } from '@valfri/sdk';
import { storedDocumentsPlugin } from '@valfri/server/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople, withoutOffice } from './two-people.ts';

let people: TwoPeople;
beforeAll(async () => {
  people = await twoPeople(withoutOffice);
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
  await bos.locator(card).getByText('Vi föreslår att …').waitFor();
  await bos.locator(card).getByRole('link', { name: 'Förslag, antaget.txt' }).click();
  // It is opened beside the room, which stays where it is.
  await bos.locator('vf-file-panel').getByText('Vi föreslår att …').waitFor();
  await bos.locator('main vf-composer').waitFor();
  await expect.poll(() => bos.evaluate(() => document.activeElement?.closest('vf-file-panel') !== null)).toBe(true);
  await bos.keyboard.press('Escape');
  await bos.locator('vf-file-panel').waitFor({ state: 'detached' });
});

test('what is pasted into a message or dropped on a room is uploaded and linked to', async () => {
  const { page } = await people.open(people.anna);
  await page.locator('main vf-composer textarea').waitFor();
  for (const [event, name, on] of [
    ['paste', 'Klistrad.txt', 'main vf-composer textarea'],
    ['drop', 'Släppt.txt', 'main'],
  ] as const) {
    await page
      .locator(on)
      .first()
      .evaluate(
        (element, [type, called]) => {
          const data = new DataTransfer();
          data.items.add(new File(['Innehåll'], called, { type: 'text/plain' }));
          const init = { bubbles: true, cancelable: true };
          const made =
            type === 'paste'
              ? new ClipboardEvent(type, { ...init, clipboardData: data })
              : new DragEvent(type, { ...init, dataTransfer: data });
          element.dispatchEvent(made);
        },
        [event, name] as const,
      );
    await page.locator('.attached', { hasText: name }).waitFor();
  }
  await page.getByRole('button', { name: 'Skicka' }).click();
  await page.locator(card).getByRole('link', { name: 'Släppt.txt' }).waitFor();
});

test('a card stands when documents move to another provider, and says so when its file is deleted', async () => {
  await using own = await twoPeople({ ...withoutOffice, plugins: [...withoutOffice.plugins, storedDocumentsPlugin()] });
  const { anna, host } = own;
  const home = (await anna.api.documents.getHome.mutate({})).node.id;
  const folder = newId();
  await anna.api.documents.createFolder.mutate({ id: folder, parent: home, name: 'Nytt ställe' });
  const { page } = await own.open(anna);
  await page.locator('main vf-composer textarea').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Bifoga' }).click();
  await page.getByRole('menuitem', { name: 'Ladda upp en fil' }).click();
  await (await chooser).setFiles([{ name: 'Karta.txt', mimeType: 'text/plain', buffer: Buffer.from('Norr är uppåt') }]);
  await page.locator('.attached', { hasText: 'Karta.txt' }).waitFor();
  await page.getByRole('button', { name: 'Skicka' }).click();
  await page.locator(card).getByRole('link', { name: 'Karta.txt' }).click();
  await page.locator('vf-file-panel').getByText('Norr är uppåt').waitFor();

  await host.operator.api.functions.addInstance.mutate({ id: 'second', plugin: 'stored-documents', title: 'Andra' });
  const { swaps } = host.operator.api;
  const { id } = await swaps.plan.mutate({ capability: 'documents', to: 'second' });
  await swaps.begin.mutate({ id });
  const state = async () => (await swaps.get.query({ id })).state;
  await expect.poll(state, { timeout: 30_000 }).toBe('observing');

  const { nodes } = await anna.api.documents.search.query({ query: 'Karta' });
  const [file] = nodes;
  await anna.api.documents.move.mutate({ node: file!.id, parent: folder, name: 'Karta över norr.txt' });
  await page.locator(card).getByRole('link', { name: 'Karta över norr.txt' }).waitFor();
  await page.locator('vf-file-panel').getByRole('heading', { name: 'Karta över norr.txt' }).waitFor();
  await page.reload();
  await page.locator(card).getByText('Norr är uppåt').waitFor();
  await page.locator('vf-file-panel').getByText('Norr är uppåt').waitFor();

  await anna.api.documents.delete.mutate({ node: file!.id });
  await page.locator(card).getByText('Borttagen').waitFor();
  expect(await page.locator(card).getByRole('link').count()).toBe(0);
  await page.locator('vf-file-panel').getByText('Filen är borttagen').waitFor();
  await anna.api.documents.restore.mutate({ node: file!.id });
  await page.locator(card).getByRole('link', { name: 'Karta över norr.txt' }).waitFor();
}, 90_000);

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

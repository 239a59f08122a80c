import { sendFile } from '@valfri/server/testing';
import { type MemoryOffice, memoryOfficePlugin } from '@valfri/sdk/testing';
import { newId } from '@valfri/sdk';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { openPage } from '../../../scripts/testing/browser.ts';
import { workspace } from '../src/workspace.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

/** A machine with other things to do takes its time to load a page. */
const SLOWLY = { timeout: 20_000 };
let office: MemoryOffice;
const note = { extension: 'note', mediaType: 'text/plain', actions: ['view', 'edit'] as const };
const product = memoryOfficePlugin({
  ...{ id: 'product', kind: 'vendor' },
  formats: [{ ...note, actions: [...note.actions], creates: false, convertsTo: [] }],
});
let people: TwoPeople;
let port: string;
let home: string;

beforeAll(async () => {
  const editor = memoryOfficePlugin({ started: (begun) => (office = begun) });
  people = await twoPeople({
    ...workspace,
    plugins: [...workspace.plugins, editor, product, memoryOfficePlugin({ id: 'other-office' })],
    instances: [
      ...workspace.instances,
      { id: 'editor', plugin: 'memory-office', title: 'Skrivbordet' },
      { id: 'product', plugin: 'product' },
      { id: 'other', plugin: 'other-office' },
    ],
    bindings: [
      ...workspace.bindings.filter(({ capability }) => capability !== 'office'),
      { capability: 'office', instance: 'editor' },
    ],
  });
  port = new URL(people.host.url).port;
  home = (await people.anna.api.documents.getHome.mutate({})).node.id;
  await people.host.operator.api.office.openers.add.mutate({ extension: 'note', instance: 'product' });
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

const beside = () => ['editor', 'product', 'other'].map((name) => `${name}.localhost:${port}`);
const open = (who: 'anna' | 'bo', path: string, options: { width?: number } = {}) =>
  people.open(people[who], path, { beside: beside(), ...options });
const aFile = async (name: string, bytes = 'Hej') =>
  (await sendFile(people.host.url, people.anna, { parent: home, name, bytes })).id;
const share = (node: string, role: 'viewer' | 'editor') =>
  people.anna.api.documents.give.mutate({ node, person: people.bo.id, role });
const textOf = async (file: string) => {
  const input = encodeURIComponent(JSON.stringify({ file }));
  const headers = { cookie: people.anna.cookie, 'sec-fetch-site': 'same-origin' };
  return (await fetch(`${people.host.url}/content/documents/readFile?input=${input}`, { headers })).text();
};
/** The document of the editor, once it shows the file. */
async function framed(page: Page): Promise<Frame> {
  const frame = (await (await page.locator('vf-editor-frame iframe').elementHandle())!.contentFrame())!;
  await frame.locator('textarea').waitFor();
  return frame;
}
const shots = process.env['SHOTS'];
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/office-${name}.png` });
};

test('two people write in one file; each sees what the other writes, who is there, and that it is saved', async () => {
  const id = await aFile('Yttrande.txt');
  await share(id, 'editor');
  const { page } = await open('anna', '/files');
  await page.locator('vf-file-list').getByRole('link', { name: 'Yttrande.txt' }).press('Enter');
  await page.waitForURL(`**/edit/${id}`);
  const annas = await framed(page);
  await expect.poll(() => annas.locator('textarea').inputValue()).toBe('Hej');
  const { page: bos } = await open('bo', `/edit/${id}`);
  const theirs = await framed(bos);
  await annas.locator('textarea').fill('Hej från Anna.');
  await expect.poll(() => theirs.locator('textarea').inputValue()).toBe('Hej från Anna.');
  await theirs.locator('textarea').fill('Hej från Anna.\nOch från Bo.');
  await expect.poll(() => annas.locator('textarea').inputValue()).toContain('Och från Bo.');
  await page.getByRole('status').filter({ hasText: 'Sparat' }).waitFor();
  await expect.poll(() => textOf(id)).toBe('Hej från Anna.\nOch från Bo.');
  await expect.poll(() => page.locator('.edit .here').textContent()).toContain('2 personer har filen öppen');
  await shot(page, 'two');
  expect(await axeFindings(page)).toEqual([]);
  // Whoever looks at the list sees it too, and when it is over.
  const { page: list } = await open('anna', '/files');
  await list.locator('.entry .editing').waitFor();
  await bos.getByRole('link', { name: 'Stäng filen' }).click();
  await page.getByRole('link', { name: 'Stäng filen' }).click();
  await page.waitForURL('**/files/**');
  await list.locator('.entry .editing').waitFor({ state: 'detached' });
}, 60_000);

test('whoever may only look at it is told so, and changes nothing', async () => {
  const id = await aFile('Läs.txt', 'Bara text');
  await share(id, 'viewer');
  const { page } = await open('bo', `/edit/${id}`);
  const frame = await framed(page);
  await page.getByText('Endast läsning').waitFor();
  expect(await frame.locator('textarea').getAttribute('readonly')).not.toBeNull();
});

test('by keyboard: into the document, saved, out again; the name is changed on the spot', async () => {
  const id = await aFile('Gammalt namn.txt');
  const { page } = await open('anna', `/edit/${id}`);
  const frame = await framed(page);
  await frame.locator('textarea').focus();
  await page.keyboard.type('Mer. ');
  await page.keyboard.press('Control+s');
  await expect.poll(() => textOf(id)).toContain('Mer.');
  const where = () => page.evaluate(() => document.activeElement?.className);
  await page.keyboard.press('Escape');
  await expect.poll(where).toBe('name');
  await page.keyboard.press('F6');
  await expect.poll(() => frame.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  await page.keyboard.press('F6');
  await expect.poll(where).toBe('name');
  await page.keyboard.press('Enter');
  await page.getByLabel('Nytt namn').fill('Nytt namn.txt');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Nytt namn.txt', level: 1 }).waitFor();
  await expect.poll(() => page.title()).toContain('Nytt namn.txt');
});

test('leaving with what is not saved asks', async () => {
  const id = await aFile('Osparat.txt');
  const { page } = await open('anna', `/edit/${id}`);
  const frame = await framed(page);
  office.saves = false;
  await frame.locator('textarea').fill('Osparad');
  await page.getByRole('status').filter({ hasText: 'Inte sparat' }).waitFor();
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void (asked.length === 1 ? dialog.dismiss() : dialog.accept());
  });
  await page.getByRole('link', { name: 'Stäng filen' }).click();
  await expect.poll(() => asked.length).toBe(1);
  expect(page.url()).toContain(`/edit/${id}`);
  office.saves = true;
  await page.getByRole('link', { name: 'Stäng filen' }).click();
  await page.waitForURL('**/files/**');
  expect(asked).toHaveLength(2);
  // What its server half had is saved when it is closed.
  await expect.poll(() => textOf(id)).toBe('Osparad');
});

test('a new file is begun from the menu, and opened', async () => {
  const { page } = await open('anna', '/files');
  await page.getByRole('button', { name: 'Nytt', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Ny textfil' }).click();
  await page.waitForURL('**/edit/**');
  const frame = await framed(page);
  await frame.locator('textarea').fill('Första raden');
  await page.getByRole('heading', { name: 'Namnlös.txt' }).waitFor();
  const id = page.url().split('/').at(-1)!;
  await expect.poll(() => textOf(id)).toBe('Första raden');
});

test('a file in a room is opened beside it, and the room stays', async () => {
  const id = await aFile('I rummet.txt', 'Beredning');
  await share(id, 'editor');
  const { anna, room } = people;
  const attachment = { urn: `urn:valfri:documents:${id}`, title: 'I rummet.txt' };
  await anna.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Se', attachments: [attachment] });
  const { page } = await open('bo', `/chat/${room}`);
  await page.locator('main vf-file-card').getByRole('link', { name: 'I rummet.txt' }).click();
  const frame = await framed(page);
  await expect.poll(() => frame.locator('textarea').inputValue()).toBe('Beredning');
  await page.locator('vf-composer').first().waitFor();
  await page.locator('main vf-file-card .editing').waitFor();
  await shot(page, 'beside');
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Stäng filen' }).click();
  await page.locator('vf-edit').waitFor({ state: 'detached' });
});

test('an editor that does not answer leaves a way on', async () => {
  const id = await aFile('Tyst.txt', 'Det som finns');
  const { page } = await people.open(people.anna, '/chat', { beside: beside() });
  await page.route(/text\.js$/, (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
  await page.clock.install();
  await page.goto(`${people.host.url}/edit/${id}`);
  await page.locator('vf-editor-frame iframe').waitFor();
  await page.clock.fastForward(16_000);
  await page.getByRole('alert').getByText('Redigeraren svarar inte.').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Visa utan att redigera' }).click();
  await page.getByText('Det som finns').waitFor();
});

test('axe finds nothing in either language and any theme, and at 360 pixels nothing is cut off', async () => {
  const id = await aFile('Ett ganska långt namn på en fil som inte får plats överallt.txt');
  const { session } = people.anna.api;
  for (const theme of ['light', 'dark', 'contrast'] as const)
    for (const language of ['sv', 'en'] as const) {
      await session.changePreferences.mutate({ theme, language });
      const { page, context } = await open('anna', `/edit/${id}`, { width: 360 });
      const frame = await framed(page);
      await page
        .getByRole('status')
        .filter({ hasText: language === 'sv' ? 'Sparat' : 'Saved' })
        .waitFor();
      expect(await axeFindings(page)).toEqual([]);
      const cutOff = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
      expect(await page.evaluate(cutOff)).toBe(false);
      expect(await frame.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
      await shot(page, `${theme}-${language}`);
      await context.close();
    }
  await session.changePreferences.mutate({ theme: 'light', language: 'sv' });
}, 60_000);

test('a product’s page works in its frame with an origin of its own, and shares nothing with the shell', async () => {
  const id = await aFile('Ärende.note', 'Hos produkten');
  const { browser, host, anna } = people;
  // Not watched: what its policy stops is what is looked for.
  const { page, context } = await openPage(browser, { url: host.url, cookie: anna.cookie, beside: beside() });
  await page.goto(`${host.url}/edit/${id}`);
  const frame = await framed(page);
  await expect.poll(() => frame.locator('textarea').inputValue()).toBe('Hos produkten');
  await frame.locator('textarea').fill('Skrivet hos produkten');
  await expect.poll(() => textOf(id)).toBe('Skrivet hos produkten');
  await page.evaluate(() => localStorage.setItem('hemligt', 'x'));
  const seen = await frame.evaluate(async (own) => {
    const tried = async (work: () => unknown) => {
      try {
        return [await work()];
      } catch {
        return 'no';
      }
    };
    return {
      origin: self.origin,
      cookie: document.cookie,
      // Where a browser gives frames no storage at all, that is as well.
      stored: await tried(() => localStorage.getItem('hemligt') ?? Promise.reject(new Error('nothing'))),
      above: await tried(() => parent.document.title),
      api: await tried(() => fetch(`${own}/trpc/session.info`, { credentials: 'include' })),
      unseen: await tried(() => fetch(`${own}/trpc/session.info`, { mode: 'no-cors' })),
      itself: await tried(() => fetch('/text.js')),
    };
  }, people.host.url);
  expect(seen).toEqual({
    ...{ origin: `http://product.localhost:${port}`, cookie: '', stored: 'no' },
    ...{ above: 'no', api: 'no', unseen: 'no', itself: 'no' },
  });
  await context.close();
});

test('opened by its own address no document of a plugin is anything', async () => {
  const { browser, host, anna } = people;
  const { page, context } = await openPage(browser, { url: host.url, cookie: anna.cookie, beside: beside() });
  const sent: (string | undefined)[] = [];
  page.on('request', async (request) => void sent.push((await request.allHeaders())['cookie']));
  await page.goto(`http://editor.localhost:${port}/text.html`);
  const seen = await page.evaluate(async (own) => {
    const storage = () => {
      try {
        return localStorage.length;
      } catch {
        return 'none';
      }
    };
    const api = await fetch(`${own}/trpc/session.info`, { credentials: 'include' }).then(String, () => 'refused');
    return [self.origin, storage(), api];
  }, host.url);
  expect(seen).toEqual(['null', 'none', 'refused']);
  const refused = await page.goto(`http://product.localhost:${port}/text.html`);
  expect([refused!.status(), await page.evaluate(() => self.origin)]).toEqual([403, 'null']);
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.every((cookie) => cookie === undefined)).toBe(true);
  await context.close();
});

test('office moves to another editor under two people’s hands, nothing is lost, and back', async () => {
  const id = await aFile('Under flytt.txt', '');
  await share(id, 'editor');
  const both = await Promise.all([open('anna', `/edit/${id}`), open('bo', `/edit/${id}`)]);
  const [annas, bos] = both.map(({ page }) => page) as [Page, Page];
  const field = async (page: Page) => (await framed(page)).locator('textarea');
  const { swaps } = people.host.operator.api;
  const served = async (page: Page) =>
    page
      .locator('vf-editor-frame iframe')
      .getAttribute('src', { timeout: 1_000 })
      .catch(() => null);
  await (await field(annas)).fill('Rad 1');
  await expect.poll(async () => (await field(bos)).inputValue(), SLOWLY).toBe('Rad 1');

  const { id: swap } = await swaps.plan.mutate({ capability: 'office', to: 'other' });
  // It is not saved when the move begins, and in the page alone for an instant.
  await (await field(bos)).fill('Rad 1\nRad 2');
  await swaps.begin.mutate({ id: swap });
  for (const page of [annas, bos]) await expect.poll(() => served(page), SLOWLY).toContain('//other.');
  for (const page of [annas, bos])
    await expect.poll(async () => (await field(page)).inputValue(), SLOWLY).toBe('Rad 1\nRad 2');
  await (await field(annas)).fill('Rad 1\nRad 2\nRad 3');
  await expect.poll(async () => (await field(bos)).inputValue(), SLOWLY).toContain('Rad 3');
  await expect.poll(() => textOf(id), SLOWLY).toBe('Rad 1\nRad 2\nRad 3');
  const { state, pauseMs } = await swaps.get.query({ id: swap });
  expect([state, pauseMs! < 5_000]).toEqual(['observing', true]);

  await (await field(bos)).fill('Rad 1\nRad 2\nRad 3\nRad 4');
  await swaps.ask.mutate({ id: swap, wish: 'rollback' });
  for (const page of [annas, bos]) await expect.poll(() => served(page), SLOWLY).toContain('//editor.');
  for (const page of [annas, bos])
    await expect.poll(async () => (await field(page)).inputValue(), SLOWLY).toContain('Rad 4');
  await expect.poll(() => textOf(id), SLOWLY).toBe('Rad 1\nRad 2\nRad 3\nRad 4');
}, 90_000);

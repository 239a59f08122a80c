import { memoryChatPlugin } from '@valfri/sdk/testing';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { workspace } from '../src/workspace.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

const DAY = 24 * 3_600_000;
const composer = (page: Page) => page.getByRole('textbox', { name: 'Skriv till Samråd' });
const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });
const step = (page: Page) => page.locator('.steps [aria-current=step]');

/** Writes, one message after the other, until told to stop. Returns what was written. */
async function keepWriting(page: Page, going: () => boolean): Promise<readonly string[]> {
  const written: string[] = [];
  for (let i = 1; going() || i <= 20; i++) {
    await composer(page).fill(`rad ${i}`);
    await composer(page).press('Enter');
    written.push(`rad ${i}`);
  }
  return written;
}

/** All that is in the room, from its beginning. */
async function everything({ anna, room }: TwoPeople): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let before: string | undefined, more = true; more;) {
    const page = await anna.api.chat.history.query({ room, limit: 100, ...(before ? { before } : {}) });
    texts.unshift(...page.messages.map(({ text }) => text));
    before = page.messages[0]?.id;
    more = page.hasBefore;
  }
  return texts;
}

test('an operator adds a provider, moves chat to it while people write, and rolls back', async () => {
  await using people = await twoPeople();
  const { host } = people;
  const [{ page: operator }, { page: bo }] = [
    await people.open(host.operator, '/operate'),
    await people.open(people.bo),
  ];
  await operator.getByText('Allt fungerar.').waitFor();
  await operator.getByRole('link', { name: 'Funktioner', exact: true }).click();
  await operator.getByRole('link', { name: 'Chatt', exact: true }).last().click();
  await operator.getByRole('link', { name: 'Lägg till leverantör' }).click();
  await operator.getByLabel('Namn', { exact: true }).fill('Andra chatten');
  await operator.getByLabel('Kortnamn').fill('Andra Chatten');
  await operator.getByRole('button', { name: 'Lägg till', exact: true }).click();
  await operator.getByText('Skriv små bokstäver').waitFor();
  await expect.poll(() => operator.evaluate(() => document.activeElement?.id)).toBe('id');
  await operator.getByLabel('Kortnamn').fill('chat-builtin');
  await operator.getByRole('button', { name: 'Lägg till', exact: true }).click();
  await operator.getByText('Det finns redan en leverantör med det kortnamnet.').waitFor();
  await operator.getByLabel('Kortnamn').fill('chat-second');
  await operator.getByRole('button', { name: 'Lägg till', exact: true }).click();
  await operator.getByText('Andra chatten är tillagd.').waitFor();
  await operator.getByRole('link', { name: 'Flytta hit: Andra chatten' }).click();
  await operator.getByRole('button', { name: 'Räkna ut planen' }).click();
  await operator.getByText('Inget. Allt de kan göra i dag kan de göra efteråt.').waitFor();
  const { page: elsewhere } = await people.open(host.operator, '/settings');
  await elsewhere.getByRole('heading', { name: 'Inställningar' }).waitFor();
  let moving = true;
  const writing = keepWriting(bo, () => moving);
  await message(bo, 'rad 3').waitFor();
  await operator.getByRole('button', { name: 'Flytta chatten' }).click();
  await operator.getByText('Chatten sköts nu av Andra chatten.').waitFor({ timeout: 20_000 });
  await elsewhere.getByText('Chatten har flyttats.').waitFor();
  moving = false;
  const written = await writing;
  await operator.getByText('väntan vid bytet, uppmätt').waitFor();
  const saysSame = await operator.locator('.check-mark.good').allInnerTexts();
  expect(saysSame.filter((text) => text.includes('Lika')).length).toBeGreaterThanOrEqual(3);
  await operator.reload();
  await expect.poll(() => step(operator).innerText()).toBe('Bevakar 14 dagar');
  const bound = async () => (await host.operator.api.functions.list.query())[0]!.bindings[0]!.instance;
  expect(await bound()).toBe('chat-second');
  await operator.getByRole('button', { name: 'Gå tillbaka' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'Gå tillbaka' }).click();
  await operator.getByText('Flytten är återställd. Inbyggd chatt sköter igen').waitFor({ timeout: 15_000 });
  expect(await bound()).toBe('chat-builtin');
  expect(await everything(people)).toEqual(written);
  await operator.getByRole('link', { name: 'Flyttar' }).click();
  await operator.getByRole('link', { name: 'Chatt: Inbyggd chatt till Andra chatten' }).waitFor();
  await operator.getByText('Återställd').waitFor();
}, 60_000);

test('the move page is worked by keyboard alone, and the focus is never lost', async () => {
  await using people = await twoPeople();
  const { api } = people.host.operator;
  await api.functions.addInstance.mutate({ id: 'chat-second', plugin: 'chat-postgres', title: 'Andra chatten' });
  const { page } = await people.open(people.host.operator, '/operate/functions/chat');
  await page.getByRole('link', { name: 'Flytta hit: Andra chatten' }).waitFor();
  /** Goes on with Tab until something of that name has the focus. */
  const tabTo = async (name: string) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        const seen = at.matches(':focus-visible');
        return { seen, name: at.getAttribute('aria-label') ?? at.innerText ?? '' };
      });
      if (found.name.trim() !== name) continue;
      expect(found.seen, `the focus on ${name} shows`).toBe(true);
      return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  const somewhere = async () => expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  await tabTo('Flytta hit: Andra chatten');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Flytta chatten' }).waitFor();
  await somewhere();
  await tabTo('Räkna ut planen');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Kasta planen' }).waitFor();
  await somewhere();
  await tabTo('Flytta chatten');
  await page.keyboard.press('Enter');
  await page.getByText('Chatten sköts nu av Andra chatten.').waitFor({ timeout: 20_000 });
  await somewhere();
  await page.locator('h1').focus();
  await tabTo('Gå tillbaka');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).innerText)).toBe('Avbryt');
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).innerText.trim())).toBe('Gå tillbaka');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Flytten är återställd.').waitFor({ timeout: 15_000 });
  await somewhere();
}, 60_000);

test('an operator lets people in by link, a guest until a date, and out again', async () => {
  await using people = await twoPeople();
  const { page } = await people.open(people.host.operator, '/operate/people');
  await page.getByRole('link', { name: 'Lägg till en person' }).click();
  await page.getByRole('button', { name: 'Lägg till och skapa länk' }).click();
  await page.getByText('Skriv ett namn.').waitFor();
  await page.getByLabel('Namn', { exact: true }).fill('Cecilia Berg');
  await page.getByLabel('E-postadress').fill('cecilia@example.org');
  await page.getByRole('button', { name: 'Lägg till och skapa länk' }).click();
  await page.getByRole('button', { name: 'Kopiera länken' }).click();
  await page.getByText('Kopierat').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const { page: cecilia } = await people.open(undefined, new URL(link).pathname + new URL(link).hash);
  await cecilia.getByRole('button', { name: 'Logga in med länken' }).click();
  await cecilia.locator('input[name=password]').fill('Ett långt lösenord 7');
  await cecilia.getByRole('button', { name: 'Klart' }).click();
  await cecilia.getByTitle('Inställningar: Cecilia Berg').waitFor();
  await cecilia.goto(`${people.host.url}/operate/people`);
  await cecilia.getByRole('heading', { name: 'Här finns inget' }).waitFor();
  await page.getByRole('button', { name: 'Lägg till en till' }).click();
  await page.getByLabel('Namn', { exact: true }).fill('Gun Gäst');
  await page.getByLabel('E-postadress').fill('cecilia@example.org');
  await page.getByLabel('Gäst').check();
  await page.getByLabel('Slutdatum', { exact: true }).fill('2020-01-01');
  await page.getByRole('button', { name: 'Lägg till och skapa länk' }).click();
  await page.getByText('Datumet har redan varit.').waitFor();
  const ends = new Date(Date.now() + 10 * DAY).toISOString().slice(0, 10);
  await page.getByLabel('Slutdatum', { exact: true }).fill(ends);
  await page.getByRole('button', { name: 'Lägg till och skapa länk' }).click();
  await page.getByText('Någon annan har redan den adressen.').waitFor();
  await page.getByLabel('E-postadress').fill('gun@example.org');
  await page.getByRole('button', { name: 'Lägg till och skapa länk' }).click();
  await page.getByRole('heading', { name: 'Engångslänk för Gun Gäst' }).waitFor();
  await page.getByRole('link', { name: 'Personer', exact: true }).first().click();
  await page.getByLabel('Visa').selectOption('guests');
  await page.getByText('Gäst till och med').waitFor();
  await expect.poll(() => page.getByRole('list', { name: 'Personer' }).getByRole('listitem').count()).toBe(1);
  await page.getByLabel('Visa').selectOption('all');
  await page.getByLabel('Sök namn eller adress').fill('cecil');
  await page.getByRole('link', { name: 'Cecilia Berg' }).click();
  await page.getByRole('button', { name: 'Stäng av' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stäng av' }).click();
  await page.getByText('Cecilia Berg är avstängd').waitFor();
  await page.getByRole('button', { name: 'Ångra' }).click();
  await page.getByText('Cecilia Berg får logga in igen.').waitFor();
  await cecilia.getByText('Du har loggats ut.').waitFor();
  await page.getByRole('link', { name: 'Logg', exact: true }).click();
  await page.getByText('Loggen är orörd').waitFor();
  await page.getByLabel('Visa').selectOption('person');
  await expect.poll(() => page.getByText('loggade in').count()).toBe(0);
  await expect.poll(() => page.getByText('ändrade en persons tillträde').count()).toBeGreaterThan(0);
}, 60_000);

test('settings are asked for after the manifest, and a secret is never shown again', async () => {
  const plain = memoryChatPlugin();
  const properties = {
    url: { type: 'string', format: 'uri', title: 'Address', 'x-title': { sv: 'Adress', en: 'Address' } },
    token: { type: 'string', writeOnly: true, title: 'Token' },
    room: { type: 'string', title: 'Prefix', pattern: '^[a-z]+$' },
  };
  const settings = { type: 'object' as const, required: ['url', 'token'], properties };
  const plugin = { ...plain, manifest: { ...plain.manifest, settings } };
  await using people = await twoPeople({ ...workspace, plugins: [...workspace.plugins, plugin] });
  const { page } = await people.open(people.host.operator, '/operate/functions/chat/add?plugin=chat-memory');
  const add = page.getByRole('button', { name: 'Lägg till', exact: true });
  await add.click();
  await expect.poll(() => page.locator('[aria-invalid=true]').count()).toBe(2);
  await page.getByLabel('Adress').fill('chatt.example.se');
  await page.getByLabel('Token').fill('hemlig nyckel');
  await add.click();
  await page.getByText('Skriv en hel adress').waitFor();
  await page.getByLabel('Adress').fill('https://chatt.example.se');
  await page.getByLabel('Prefix').fill('123');
  await add.click();
  await page.locator('[id="settings.room-wrong"]', { hasText: 'Servern godtog inte det' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('settings.room');
  await page.getByLabel('Prefix').fill('abc');
  await add.click();
  await page.getByRole('link', { name: 'Chatt i minnet', exact: true }).click();
  await expect.poll(() => page.getByLabel('Adress').inputValue()).toBe('https://chatt.example.se');
  expect(await page.getByLabel('Token').inputValue()).toBe('');
  expect(await page.getByLabel('Token').getAttribute('type')).toBe('password');
  expect(JSON.stringify(await people.host.operator.api.functions.list.query())).not.toContain('hemlig nyckel');
  await page.getByLabel('Prefix').fill('xyz');
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByText('Leverantören har startats om.').waitFor();
  await page.getByRole('button', { name: 'Ta bort leverantören' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ta bort leverantören' }).click();
  await page.getByText('Chatt i minnet är borttagen.').waitFor();
}, 60_000);

test('what would be lost is agreed to before a move begins', async () => {
  const plain = memoryChatPlugin({ without: ['threads'] });
  const uses = [{ capability: 'chat', major: 0, features: ['threads'] }];
  const plugin = { ...plain, manifest: { ...plain.manifest, uses } };
  await using people = await twoPeople({ ...workspace, plugins: [...workspace.plugins, plugin] });
  const { functions } = people.host.operator.api;
  await functions.addInstance.mutate({ id: 'memory', plugin: 'chat-memory', title: 'Minnet' });
  const { page } = await people.open(people.host.operator, '/operate/functions/chat/move?to=memory');
  await page.getByRole('button', { name: 'Räkna ut planen' }).click();
  await page.getByText('Trådar försvinner').waitFor();
  await page.getByText('chat-memory behöver ”Trådar”').waitFor();
  await page.getByRole('button', { name: 'Flytta chatten' }).click();
  await page.getByText('Läs igenom och kryssa i rutan').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('consent');
  expect(await step(page).innerText()).toBe('Plan');
  await page.getByLabel('Jag har läst vad som går förlorat').check();
  await page.getByRole('button', { name: 'Flytta chatten' }).click();
  await page.getByText('Chatten sköts nu av Minnet.').waitFor({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Behåll Minnet' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Behåll' }).click();
  await page.getByText('Flytten är avslutad. Minnet behölls').waitFor();
}, 60_000);

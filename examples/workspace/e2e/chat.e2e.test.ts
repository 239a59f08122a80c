import { newId } from '@valfri/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let anna: Page;
let bo: Page;

beforeAll(async () => {
  people = await twoPeople();
  anna = (await people.open(people.anna)).page;
  bo = (await people.open(people.bo)).page;
});
afterAll(() => people[Symbol.asyncDispose]());

const composer = (page: Page) => page.getByRole('textbox', { name: 'Skriv till Samråd' });
const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Rum, person eller åtgärd' }).waitFor();
}

test('what one writes the other sees at once, as Markdown', async () => {
  await write(anna, 'Hej **Bo**, se `koden` på https://example.org');
  await message(bo, 'Hej Bo').getByText('Bo', { exact: true }).waitFor();
  expect(await message(bo, 'Hej Bo').locator('strong').innerText()).toBe('Bo');
  expect(await message(bo, 'Hej Bo').getByRole('link').getAttribute('href')).toBe('https://example.org/');
  expect(await composer(anna).inputValue()).toBe('');
});

test('tags that somebody types are text', async () => {
  await write(anna, '<img src=x onerror=alert(1)> <b>fet</b>');
  await message(bo, '<b>fet</b>').waitFor();
  expect(await message(bo, 'onerror').locator('img, b').count()).toBe(0);
});

test('one’s own message is there before the host has answered', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await anna.route('**/trpc/chat.sendMessage*', async (route) => {
    await held;
    await route.continue();
  });
  await write(anna, 'Syns genast');
  await anna.locator('.pending', { hasText: 'Syns genast' }).waitFor();
  release();
  await message(bo, 'Syns genast').waitFor();
  await anna.locator('.pending').waitFor({ state: 'detached' });
  expect(await message(anna, 'Syns genast').count()).toBe(1);
  await anna.unroute('**/trpc/chat.sendMessage*');
});

test('a message is edited with the arrow up, and deleted with time to undo', async () => {
  await write(anna, 'Stavfell');
  await message(anna, 'Stavfell').waitFor();
  await composer(anna).press('ArrowUp');
  const editor = anna.getByRole('textbox', { name: 'Ändra' });
  await editor.fill('Stavfel, rättat');
  await editor.press('Enter');
  await message(bo, 'Stavfel, rättat').getByText('(ändrat)').waitFor();
  await message(anna, 'rättat').focus();
  await anna.keyboard.press('Delete');
  await anna.getByRole('button', { name: 'Ångra' }).click();
  await message(anna, 'rättat').waitFor();
  await message(anna, 'rättat').focus();
  await anna.keyboard.press('Delete');
  await message(bo, 'Meddelandet är borttaget.').waitFor({ timeout: 15_000 });
});

test('answers, threads and reactions reach the other', async () => {
  await write(bo, 'När ses vi?');
  await message(anna, 'När ses vi?').hover();
  await message(anna, 'När ses vi?').getByRole('button', { name: 'Svara' }).click();
  await write(anna, 'Klockan tre');
  await message(bo, 'Klockan tre').getByRole('link', { name: 'När ses vi?' }).waitFor();
  await message(bo, 'Klockan tre').focus();
  await bo.keyboard.press('t');
  const thread = bo.getByRole('complementary', { name: 'Tråd' });
  await thread.getByRole('textbox', { name: 'Svara' }).fill('Jag kommer');
  await bo.keyboard.press('Enter');
  await message(anna, 'Klockan tre').getByRole('link', { name: '1 svar' }).waitFor();
  await bo.keyboard.press('Escape');
  await thread.waitFor({ state: 'detached' });
  await message(bo, 'Klockan tre').last().focus();
  await bo.keyboard.press('+');
  await bo.getByRole('searchbox', { name: 'Sök emoji' }).fill('tummen upp');
  await bo.getByRole('button', { name: 'tummen upp', exact: true }).waitFor();
  await bo.keyboard.press('Enter');
  const chip = message(anna, 'Klockan tre').getByRole('button', { name: /👍 från Bo Alm, 1/ });
  await chip.click();
  await message(bo, 'Klockan tre')
    .getByRole('button', { name: /👍 från .*Anna Ek.*, 2/ })
    .waitFor();
});

test('a person is mentioned by name, and sees where', async () => {
  await bo.goto(`${people.host.url}/settings`);
  await composer(anna).pressSequentially('Kan @Bo');
  await anna.getByRole('option', { name: 'Bo Alm' }).waitFor();
  await anna.keyboard.press('Tab');
  await anna.keyboard.type('kolla?');
  await anna.keyboard.press('Enter');
  await message(anna, 'Kan @Bo Alm kolla?').waitFor();
  await bo.getByText('Anna Ek · Samråd: Kan @Bo Alm kolla?').waitFor();
  await bo.getByRole('link', { name: 'Chatt' }).click();
  await bo.getByRole('link', { name: /Samråd.*1 omnämnande/ }).click();
  await bo.locator('.new').waitFor();
  await message(bo, 'kolla?').locator('mark.me').waitFor();
  await bo.getByRole('link', { name: /^Samråd$/ }).waitFor();
});

test('who is writing is seen', async () => {
  await composer(bo).pressSequentially('Jag sk');
  await anna.getByText('Bo Alm skriver …').waitFor();
  await composer(bo).press('Enter');
  await anna.getByText('Bo Alm skriver …').waitFor({ state: 'detached' });
});

test('a draft survives a reload', async () => {
  await composer(anna).fill('Halvfärdigt');
  await anna.reload();
  await composer(anna).waitFor();
  expect(await composer(anna).inputValue()).toBe('Halvfärdigt');
  await composer(anna).fill('');
});

test('words are found and lead to the message', async () => {
  const { api } = people.anna;
  await api.chat.sendMessage.mutate({ id: newId(), room: people.room, text: 'Diarienumret är KS 2026/118' });
  await anna.getByRole('button', { name: 'Sök', exact: true }).click();
  await anna.getByRole('searchbox', { name: 'Sök i meddelanden' }).fill('diarienum');
  await anna.getByRole('link', { name: /Diarienumret är KS/ }).click();
  await anna.locator('article.pointed', { hasText: 'Diarienumret' }).waitFor();
});

test('a room is made, a channel found and joined, a person written to: by keyboard alone', async () => {
  await anna.goto(`${people.host.url}/chat`);
  await openPalette(anna);
  await anna.keyboard.type('nytt rum');
  await anna.keyboard.press('Enter');
  await anna.getByLabel('Namn').waitFor();
  await anna.keyboard.type('Allmänt');
  await anna.keyboard.press('Tab');
  await anna.keyboard.press('Tab');
  await anna.keyboard.press('ArrowDown');
  await anna.keyboard.press('Enter');
  await anna.getByRole('heading', { name: 'Allmänt', exact: false }).first().waitFor();
  await bo.keyboard.press('Escape');
  await openPalette(bo);
  await bo.keyboard.type('bläddra');
  await bo.keyboard.press('Enter');
  await bo.getByRole('button', { name: 'Gå med: Allmänt' }).press('Enter');
  await bo.getByRole('textbox', { name: 'Skriv till Allmänt' }).waitFor();
  await openPalette(anna);
  await anna.keyboard.type('Bo Alm');
  await anna.getByRole('option', { name: /Bo Alm person/ }).waitFor();
  await anna.keyboard.press('Enter');
  await anna.getByRole('textbox', { name: 'Skriv till Bo Alm' }).waitFor();
});

test('history is read page by page, back to where the room begins', async () => {
  const { api } = people.anna;
  const room = newId();
  await api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Långt' });
  for (let i = 1; i <= 180; i++) await api.chat.sendMessage.mutate({ id: newId(), room, text: `Rad ${i}.` });
  await anna.goto(`${people.host.url}/chat/${room}`);
  await message(anna, 'Rad 180.').waitFor();
  expect(await anna.getByRole('article').count()).toBeLessThan(60);
  const log = anna.locator('main .log');
  await log.hover();
  while (!(await anna.getByText('Här börjar Långt.').isVisible())) {
    await anna.mouse.wheel(0, -1_200);
    await anna.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await message(anna, 'Rad 1.').waitFor();
  await anna.getByRole('button', { name: 'Till det senaste' }).click();
  await message(anna, 'Rad 180.').waitFor();
});

test('a link to a message leads to it, however many came after it', async () => {
  const { api } = people.anna;
  const ids: string[] = [];
  const room = newId();
  await api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Länkat' });
  for (let i = 1; i <= 130; i++) {
    ids.push(newId());
    await api.chat.sendMessage.mutate({ id: ids.at(-1)!, room, text: `Rad ${i}.` });
    if (![33, 60, 130].includes(i)) continue;
    for (const at of [0, Math.floor(i / 2), i - 1]) {
      await anna.goto(`${people.host.url}/chat/${room}/${ids[at]}`);
      const pointed = anna.locator(`article.pointed[data-key="${ids[at]}"]`);
      await pointed.waitFor();
      // Where it stands once everything has been drawn and measured.
      await anna.locator('.msg .tools').first().waitFor({ state: 'attached' });
      await expect.poll(() => pointed.evaluate(inView), { timeout: 5_000 }).toBe(true);
    }
  }
});

/** Whether the whole of an element is within what its log shows. */
function inView(element: Element): boolean {
  const [own, log] = [element.getBoundingClientRect(), element.closest('.log')!.getBoundingClientRect()];
  return own.top >= log.top - 1 && own.bottom <= log.bottom + 1;
}

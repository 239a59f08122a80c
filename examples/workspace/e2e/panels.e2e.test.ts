import { newId } from '@valfri/sdk';
import type { TestPerson } from '@valfri/server/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let anna: Page;
let guest: TestPerson;

beforeAll(async () => {
  people = await twoPeople();
  guest = await people.host.person('Gunnar Gäst', { kind: 'guest', endsAt: Date.now() + 90 * 24 * 3_600_000 });
  anna = (await people.open(people.anna)).page;
});
afterAll(() => people[Symbol.asyncDispose]());

const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

async function newRoom(name: string, others: readonly string[], kind: 'group' | 'channel' = 'group'): Promise<string> {
  const id = newId();
  await people.anna.api.chat.createRoom.mutate({ id, kind, name, people: [...others] });
  return id;
}

async function say(person: TestPerson, room: string, text: string): Promise<void> {
  await person.api.chat.sendMessage.mutate({ id: newId(), room, text });
}

async function details(room: string): Promise<void> {
  await anna.goto(`${people.host.url}/chat/${room}?panel=details`);
  await anna.locator('vf-room-details .members li').first().waitFor();
}

test('the only owner makes somebody else one before leaving', async () => {
  const room = await newRoom('Ägda', [people.bo.id]);
  await details(room);
  await anna.getByRole('button', { name: 'Lämna rummet' }).click();
  await anna.getByText('Gör någon annan till ägare först').waitFor();
  expect((await people.anna.api.chat.getRoom.query({ room })).room.role).toBe('owner');
  await anna.getByRole('button', { name: 'Fler åtgärder: Bo Alm' }).click();
  await anna.getByRole('menuitem', { name: 'Gör till ägare' }).click();
  await anna.locator('.members li', { hasText: 'Bo Alm' }).getByText('ägare').waitFor();
  await anna.getByRole('button', { name: 'Lämna rummet' }).click();
  const dialog = anna.getByRole('dialog', { name: /^Vill du lämna/ });
  await dialog.getByRole('button', { name: 'Avbryt' }).click();
  await anna.getByRole('button', { name: 'Lämna rummet' }).click();
  await dialog.getByRole('button', { name: 'Lämna rummet' }).click();
  await anna.getByText('Du har lämnat rummet.').waitFor();
  await anna.getByRole('link', { name: 'Ägda' }).waitFor({ state: 'detached' });
});

test('whoever is alone in a room is told what leaving it means', async () => {
  await details(await newRoom('Ensam', []));
  await anna.getByRole('button', { name: 'Lämna rummet' }).click();
  const dialog = anna.getByRole('dialog', { name: /^Vill du lämna/ });
  await dialog.getByText('Du är den enda i rummet').waitFor();
  await anna.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('removing somebody can be undone', async () => {
  const room = await newRoom('Ångra', [people.bo.id]);
  await details(room);
  await anna.getByRole('button', { name: 'Fler åtgärder: Bo Alm' }).click();
  await anna.getByRole('menuitem', { name: 'Ta bort ur rummet' }).click();
  await anna.locator('.members li', { hasText: 'Bo Alm' }).waitFor({ state: 'detached' });
  await anna.getByText('Bo Alm är inte längre med.').waitFor();
  await anna.getByRole('button', { name: 'Ångra' }).click();
  await anna.locator('.members li', { hasText: 'Bo Alm' }).waitFor();
});

test('people are added by keyboard, and Escape closes what was opened last', async () => {
  await details(await newRoom('Lägg till', []));
  await anna.getByRole('button', { name: 'Lägg till personer' }).click();
  const field = anna.getByRole('combobox', { name: 'Lägg till personer' });
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await anna.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await anna.getByRole('button', { name: 'Lägg till personer' }).waitFor();
  await anna.keyboard.press('Escape');
  await anna.locator('vf-room-details').waitFor({ state: 'detached' });
});

test('a search keeps its words and what it found from room to room', async () => {
  const other = await newRoom('Arkivet', [people.bo.id]);
  for (const text of ['Diarienumret är 114', 'Diarienumret är 115']) await say(people.bo, other, text);
  await anna.goto(`${people.host.url}/chat/${people.room}?panel=search`);
  const panel = anna.locator('vf-side-panel');
  await panel.getByRole('heading', { name: 'Sök i Samråd' }).waitFor();
  await panel.getByRole('checkbox').uncheck();
  await panel.getByRole('heading', { name: 'Sök i alla rum' }).waitFor();
  await panel.getByRole('searchbox').fill('diarienumret');
  await panel.getByRole('link', { name: /är 114/ }).click();
  await anna.locator('article.pointed', { hasText: 'är 114' }).waitFor();
  await say(people.bo, other, 'Något helt annat');
  await message(anna, 'Något helt annat').waitFor();
  expect(await panel.getByRole('searchbox').inputValue()).toBe('diarienumret');
  await panel.getByRole('link', { name: /är 115/ }).click();
  await anna.locator('article.pointed', { hasText: 'är 115' }).waitFor();
});

test.each(['/chat', '/settings', 'room'])('the palette searches in all messages, from %s', async (from) => {
  const other = await newRoom(`Palett ${from}`, [people.bo.id]);
  await say(people.bo, other, `Överklagandet kom ${from.replace('/', '')}`);
  await anna.goto(people.host.url + (from === 'room' ? `/chat/${people.room}` : from));
  await anna.locator('.rail').waitFor();
  await anna.keyboard.press('Control+k');
  await anna.locator('vf-palette input').fill('överklagandet');
  await anna.getByRole('option', { name: 'Sök i meddelanden efter ”överklagandet”' }).click();
  const panel = anna.locator('vf-side-panel');
  await panel.getByRole('heading', { name: 'Sök i alla rum' }).waitFor();
  expect(await panel.getByRole('searchbox').inputValue()).toBe('överklagandet');
  await panel.getByRole('link', { name: new RegExp(`kom ${from.replace('/', '')}`) }).click();
  await anna.locator('article.pointed', { hasText: 'Överklagandet kom' }).waitFor();
  await panel.getByRole('link', { name: 'Stäng' }).click();
  await panel.waitFor({ state: 'detached' });
});

test('guests are marked where they write, and where they are chosen', async () => {
  const room = await newRoom('Med gäst', [guest.id, people.bo.id]);
  await say(guest, room, 'God dag');
  await anna.goto(`${people.host.url}/chat/${room}`);
  await message(anna, 'God dag').locator('.who').getByText('gäst', { exact: true }).waitFor();
  const field = anna.getByRole('textbox', { name: 'Skriv till Med gäst' });
  await field.pressSequentially('@Gun');
  await anna.getByRole('option', { name: 'Gunnar Gäst gäst' }).waitFor();
  await field.fill('');
  await anna.getByRole('button', { name: 'Ny konversation' }).click();
  await anna.getByRole('combobox', { name: 'Personer' }).fill('Gunnar');
  await anna.getByRole('option', { name: 'Gunnar Gäst gäst' }).waitFor();
});

test('a conversation begins with whom it is', async () => {
  await anna.goto(`${people.host.url}/chat`);
  await anna.getByRole('button', { name: 'Ny konversation' }).first().click();
  await anna.getByRole('combobox', { name: 'Personer' }).fill('Bo');
  await anna.getByRole('option', { name: /Bo Alm/ }).click();
  await anna.getByRole('button', { name: 'Börja skriva' }).click();
  await anna.getByText('Det här är början på din konversation med Bo Alm.').waitFor();
});

test('Escape leads from an empty field to the last message', async () => {
  const room = await newRoom('Flykt', [people.bo.id]);
  await say(people.bo, room, 'Sist');
  await anna.goto(`${people.host.url}/chat/${room}`);
  await message(anna, 'Sist').waitFor();
  await anna.getByRole('textbox', { name: 'Skriv till Flykt' }).press('Escape');
  await expect.poll(() => anna.evaluate(() => document.activeElement?.textContent)).toContain('Sist');
});

test('being offline is said at once, and what could not be read can be asked for again', async () => {
  const { page, context } = await people.open(people.anna);
  await message(page, '').first().waitFor();
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  const banner = page.getByText('Ingen anslutning.');
  await banner.waitFor({ timeout: 1_000 });
  const button = page.getByRole('button', { name: 'Medlemmar och detaljer' });
  const bo = page.locator('.members li', { hasText: 'Bo Alm' });
  await button.click();
  await page.getByText('Servern går inte att nå.').waitFor();
  await context.setOffline(false);
  await banner.waitFor({ state: 'detached', timeout: 2_000 });
  await bo.waitFor();
  await page.getByRole('link', { name: 'Stäng' }).click();
  await context.setOffline(true);
  await button.click();
  await page.getByRole('button', { name: 'Försök igen' }).waitFor();
  await context.setOffline(false);
  await banner.waitFor({ state: 'detached', timeout: 2_000 });
  await page.getByRole('button', { name: 'Försök igen' }).click();
  await bo.waitFor();
  await context.close();
});

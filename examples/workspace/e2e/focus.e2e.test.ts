import { newId } from '@valfri/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let anna: Page;
let first: string;

beforeAll(async () => {
  people = await twoPeople();
  const { room, bo } = people;
  const sent = await bo.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Kan du titta på ärendet?' });
  first = sent.message.id;
  await people.anna.api.chat.createRoom.mutate({ id: newId(), kind: 'group', name: 'Jour', people: [bo.id] });
  anna = (await people.open(people.anna)).page;
});
afterAll(() => people[Symbol.asyncDispose]());

const composer = (page: Page, room = 'Samråd') => page.getByRole('textbox', { name: `Skriv till ${room}` });
const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

/** Waits until what has the focus is called so. */
async function focusIs(page: Page, label: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(label);
}

async function home(page: Page, path = `/chat/${people.room}`): Promise<void> {
  await page.goto(people.host.url + path);
  await message(page, 'Kan du titta').first().waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
  await message(page, text).locator('.tools').waitFor({ state: 'attached' });
}

describe.each([360, 900, 1280])('at %i pixels', (width) => {
  test.each(['thread', 'details', 'search'])('the panel %s can be used and closed', async (panel) => {
    const { page, context } = await people.open(people.anna, `/chat/${people.room}`, { width, height: 740 });
    await page.goto(
      `${people.host.url}/chat/${people.room}?${panel === 'thread' ? `thread=${first}` : `panel=${panel}`}`,
    );
    const beside = page.locator('vf-side-panel');
    const inside = {
      thread: beside.getByRole('textbox'),
      details: beside.getByRole('checkbox'),
      search: beside.getByRole('checkbox'),
    }[panel]!;
    await inside.click();
    await beside.getByRole('link', { name: 'Stäng' }).click();
    await beside.waitFor({ state: 'detached' });
    await context.close();
  });
});

test('after a change with the arrow up one goes on writing where one was', async () => {
  await home(anna);
  await write(anna, 'Stavfell');
  for (const end of ['Enter', 'Escape']) {
    await composer(anna).press('ArrowUp');
    await focusIs(anna, 'Ändra');
    await anna.keyboard.type('!');
    await anna.keyboard.press(end);
    await focusIs(anna, 'Skriv till Samråd');
    await anna.keyboard.type('et');
    expect(await composer(anna).inputValue()).toBe('et');
    await composer(anna).fill('');
  }
  await message(anna, 'Stavfell!').waitFor();
});

test('after a change that began at a message, the message has the focus', async () => {
  await message(anna, 'Stavfell!').focus();
  await anna.keyboard.press('e');
  await focusIs(anna, 'Ändra');
  await anna.keyboard.press('Escape');
  await expect.poll(() => anna.evaluate(() => document.activeElement?.textContent)).toContain('Stavfell!');
});

test('a thread opens with the focus where one answers', async () => {
  await home(anna);
  await composer(anna).focus();
  await message(anna, 'Kan du titta').hover();
  await message(anna, 'Kan du titta').getByRole('button', { name: 'Tråd' }).click();
  await focusIs(anna, 'Svara');
  await anna.keyboard.type('Ja, i dag');
  await anna.keyboard.press('Enter');
  await anna.getByRole('link', { name: '1 svar' }).waitFor();
  await anna.keyboard.press('Escape');
  await focusIs(anna, 'Skriv till Samråd');
  await message(anna, 'Kan du titta').focus();
  await anna.keyboard.press('t');
  await focusIs(anna, 'Svara');
  await anna.getByRole('link', { name: 'Stäng' }).click();
  await focusIs(anna, 'Skriv till Samråd');
  await anna.getByRole('link', { name: '1 svar' }).click();
  await focusIs(anna, 'Svara');
});

test('whoever chooses a room can write at once', async () => {
  await home(anna);
  await anna.getByRole('link', { name: 'Jour' }).click();
  await focusIs(anna, 'Skriv till Jour');
  await anna.getByRole('link', { name: 'Jour' }).click();
  await focusIs(anna, 'Skriv till Jour');
  for (const keys of ['Control+k', 'Control+j']) {
    await anna.keyboard.press(keys);
    await anna.locator('vf-palette input').fill(keys === 'Control+k' ? 'Samr' : 'Jou');
    await anna.keyboard.press('Enter');
    await focusIs(anna, `Skriv till ${keys === 'Control+k' ? 'Samråd' : 'Jour'}`);
  }
  await anna.getByRole('button', { name: 'Nytt rum' }).click();
  await anna.getByLabel('Namn').fill('Nybyggt');
  await anna.keyboard.press('Enter');
  await focusIs(anna, 'Skriv till Nybyggt');
  await anna.getByRole('button', { name: 'Ny konversation' }).click();
  await anna.getByRole('combobox', { name: 'Personer' }).fill('Bo');
  await anna.getByRole('option', { name: /Bo Alm/ }).click();
  await anna.getByRole('button', { name: 'Börja skriva' }).click();
  await focusIs(anna, 'Skriv till Bo Alm');
});

test('letters on a link or a button do nothing', async () => {
  await home(anna);
  const link = anna.getByRole('link', { name: 'Jour' });
  await link.focus();
  await anna.keyboard.type('mte');
  expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('on a narrow screen the keyboard is not called up', async () => {
  const { page, context } = await people.open(people.anna, '/chat', { width: 360, height: 740 });
  await page.getByRole('link', { name: 'Jour' }).click();
  await composer(page, 'Jour').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('TEXTAREA');
  await context.close();
});

const sizes = [
  [360, 740, '👍'],
  [1280, 800, '❤️'],
  [1440, 900, '😄'],
] as const;

describe.each(sizes)('emoji at %i × %i', (width, height, emoji) => {
  /** The picker is wholly in the window, and what is typed goes to it. */
  async function usable(page: Page): Promise<void> {
    await focusIs(page, 'Sök emoji');
    const box = (await page.locator('.menu[popover]').boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
    expect(box.height).toBeGreaterThan(200);
  }

  test('are chosen while writing', async () => {
    const { page, context } = await people.open(people.anna, `/chat/${people.room}`, { width, height });
    await composer(page).fill('Bra');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await usable(page);
    await page.keyboard.press('Escape');
    await focusIs(page, 'Skriv till Samråd');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await usable(page);
    await page.keyboard.type('tumme');
    await expect.poll(() => page.locator('.emoji-picker button').first().innerText()).toContain('👍');
    await page.keyboard.press('Enter');
    await focusIs(page, 'Skriv till Samråd');
    await page.keyboard.type('!');
    expect(await composer(page).inputValue()).toBe('Bra👍!');
    await composer(page).fill('');
    await context.close();
  });

  test('are put on a message', async () => {
    const { page, context } = await people.open(people.anna, `/chat/${people.room}`, { width, height });
    const asked = message(page, 'Kan du titta').first();
    await asked.hover();
    await asked.getByRole('button', { name: 'Fler åtgärder' }).click();
    const items = page.getByRole('menuitem');
    await items.first().waitFor();
    expect(await items.first().innerText()).toMatch(/^Reagera/);
    await page.keyboard.press('Enter');
    await usable(page);
    await page.keyboard.press('Escape');
    await focusIs(page, 'Fler åtgärder');
    await asked.focus();
    await page.keyboard.press('+');
    await usable(page);
    await page.keyboard.press('ArrowDown');
    for (const [, , before] of sizes) {
      if (before === emoji) break;
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Enter');
    await asked.getByRole('button', { name: `${emoji} från du` }).waitFor();
    await context.close();
  });
});

test('a menu that is touched names no keys', async () => {
  const { page, context } = await people.open(people.anna, `/chat/${people.room}`, { width: 390, height: 740 });
  await message(page, 'Kan du titta').first().getByRole('button', { name: 'Fler åtgärder' }).click();
  await page.getByRole('menuitem').first().waitFor();
  expect(await page.locator('.menu kbd:visible').count()).toBe(0);
  await context.close();
});

import { newId } from '@valfri/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;

beforeAll(async () => {
  people = await twoPeople();
});
afterAll(() => people[Symbol.asyncDispose]());

const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

/** A room of both in which messages of Bo stand. */
async function roomWith(name: string, count: number): Promise<string> {
  const room = newId();
  await people.bo.api.chat.createRoom.mutate({ id: room, kind: 'group', name, people: [people.anna.id] });
  for (let i = 1; i <= count; i++) await say(room, `${name} ${i}.`);
  return room;
}

async function say(room: string, text: string): Promise<void> {
  await people.bo.api.chat.sendMessage.mutate({ id: newId(), room, text });
}

/** The text of the row above which the line stands. */
async function lineBefore(page: Page): Promise<string> {
  await page.locator('.new').waitFor();
  expect(await page.locator('.new').count()).toBe(1);
  return page
    .locator('.row-at', { has: page.locator('.new') })
    .locator('.text')
    .innerText();
}

/** Waits until Anna has read a room to its end. */
async function readToEnd(room: string): Promise<void> {
  const { api } = people.anna;
  const { lastSeq } = (await api.chat.getRoom.query({ room })).room;
  const marker = async () => (await api.read.list.query()).find(({ resource }) => resource === room);
  await expect.poll(async () => (await marker())?.seq).toBe(lastSeq);
}

async function scrollUp(page: Page): Promise<void> {
  await page.locator('main .log').hover();
  while (!(await page.getByRole('button', { name: 'Till det senaste' }).isVisible())) {
    await page.mouse.wheel(0, -400);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

test('the line stands before the first that is unread, also where nothing was read before', async () => {
  for (const count of [1, 3]) {
    const room = await roomWith(`Olästa${count}`, count);
    const { page, context } = await people.open(people.anna, `/chat/${room}`);
    expect(await lineBefore(page)).toBe(`Olästa${count} 1.`);
    await context.close();
  }
});

test('the line stands after what was read, and not before what one sees arrive', async () => {
  const room = await roomWith('Läst', 2);
  const { page, context } = await people.open(people.anna, `/chat/${room}`);
  await message(page, 'Läst 2.').waitFor();
  await readToEnd(room);
  await page.getByRole('link', { name: 'Samråd' }).click();
  await page.getByRole('heading', { name: 'Samråd', exact: true }).waitFor();
  await say(room, 'Läst 3.');
  await page.getByRole('link', { name: /Läst.*1 oläst/ }).click(); // it has arrived before the reader comes
  expect(await lineBefore(page)).toBe('Läst 3.');
  await page.getByRole('link', { name: 'Samråd' }).click();
  await page.getByRole('link', { name: /Läst/ }).click();
  await message(page, 'Läst 3.').waitFor();
  await say(room, 'Läst 4.');
  await message(page, 'Läst 4.').waitFor();
  expect(await page.locator('.new').count()).toBe(0);
  await context.close();
});

test('what arrives before the list has come to rest is no more new than what arrives after', async () => {
  const room = await roomWith('Strax', 2);
  const { page, context } = await people.open(people.anna, '/chat');
  await page.getByRole('link', { name: /Strax/ }).click();
  await message(page, 'Strax 2.').waitFor();
  await page.getByRole('link', { name: 'Samråd' }).click();
  await page.getByRole('heading', { name: 'Samråd', exact: true }).waitFor();
  await page.evaluate(() => {
    const [held, draw] = [[] as FrameRequestCallback[], globalThis.requestAnimationFrame];
    globalThis.requestAnimationFrame = (callback) => held.push(callback);
    Object.assign(globalThis, {
      release() {
        globalThis.requestAnimationFrame = draw;
        held.forEach((callback) => draw(callback));
      },
    });
  });
  await page.getByRole('link', { name: /Strax/ }).click();
  await message(page, 'Strax 2.').waitFor({ state: 'attached' });
  await say(room, 'Strax 3.');
  await message(page, 'Strax 3.').waitFor({ state: 'attached' });
  await page.evaluate(() => (globalThis as unknown as { release(): void }).release());
  await message(page, 'Strax 3.').waitFor();
  expect(await page.locator('.new').count()).toBe(0);
  await context.close();
});

test('what one wrote oneself is not unread after a reload', async () => {
  const room = await roomWith('Eget', 1);
  const { page, context } = await people.open(people.anna, `/chat/${room}`);
  await page.route('**/trpc/chat.sendMessage*', async (route) => {
    const response = await route.fetch();
    await message(page, 'Mitt eget').locator('.tools').waitFor({ state: 'attached' }); // the event is here first
    await route.fulfill({ response });
  });
  const field = page.getByRole('textbox', { name: 'Skriv till Eget' });
  await field.fill('Mitt eget');
  await field.press('Enter');
  await message(page, 'Mitt eget').locator('.tools').waitFor({ state: 'attached' });
  await readToEnd(room);
  await page.goto(`${people.host.url}/chat`);
  await page.getByRole('link', { name: 'Eget', exact: true }).waitFor();
  await context.close();
});

test('what one sends is shown, also while one reads further up', async () => {
  const room = await roomWith('Högt', 60);
  const { page, context } = await people.open(people.anna, `/chat/${room}`);
  await message(page, 'Högt 60.').waitFor();
  await scrollUp(page);
  await say(room, 'Nytt ett');
  await say(room, 'Nytt två');
  await page.getByRole('button', { name: '2 nya · Till det senaste' }).waitFor();
  const field = page.getByRole('textbox', { name: 'Skriv till Högt' });
  await field.fill('Från läsplatsen');
  await field.press('Enter');
  await expect.poll(() => message(page, 'Från läsplatsen').isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Till det senaste' }).waitFor({ state: 'detached' });
  const log = (await page.locator('main .log').boundingBox())!;
  const own = (await message(page, 'Från läsplatsen').boundingBox())!;
  expect(own.y + own.height).toBeLessThanOrEqual(log.y + log.height + 1);
  await context.close();
});

test('a room with much that is unread leads to the first of it', async () => {
  const room = await roomWith('Mycket', 2);
  await people.anna.api.read.mark.mutate({ resource: room, seq: 2 });
  for (let i = 3; i <= 122; i++) await say(room, `Mycket ${i}.`);
  const { page, context } = await people.open(people.anna, `/chat/${room}`);
  await message(page, 'Mycket 122.').waitFor();
  await page.getByRole('button', { name: '120 nya · Visa den första' }).click();
  expect(await lineBefore(page)).toBe('Mycket 3.');
  await expect.poll(() => page.locator('.new').isVisible()).toBe(true);
  const log = (await page.locator('main .log').boundingBox())!;
  await expect.poll(async () => (await page.locator('.new').boundingBox())!.y).toBeGreaterThanOrEqual(log.y - 1);
  expect((await page.locator('.new').boundingBox())!.y).toBeLessThan(log.y + log.height);
  await page.getByRole('button', { name: /Visa den första/ }).waitFor({ state: 'detached' });
  await context.close();
});

test('a link to a message leads to it, also in a room that is opened by it', async () => {
  const room = await roomWith('Länkat', 70);
  const { messages } = await people.bo.api.chat.history.query({ room, limit: 65 });
  const linked = messages[0]!;
  const { page, context } = await people.open(people.anna, `/chat/${room}/${linked.id}`);
  const row = page.locator('article.pointed', { hasText: linked.text });
  await row.waitFor();
  await page.waitForLoadState('networkidle');
  const log = (await page.locator('main .log').boundingBox())!;
  const { y } = (await row.boundingBox())!;
  expect(y).toBeGreaterThanOrEqual(log.y - 1);
  expect(y).toBeLessThan(log.y + log.height);
  await context.close();
});

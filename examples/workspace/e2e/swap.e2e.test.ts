import { newId } from '@valfri/sdk';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

const composer = (page: Page) => page.getByRole('textbox', { name: 'Skriv till Samråd' });
const message = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

/** Texts that a page shows, from the top to the bottom of the room. */
async function shown(page: Page): Promise<string[]> {
  return page.locator('main article .text').allInnerTexts();
}

async function moveChat({ host }: TwoPeople, to: string): Promise<{ id: string; pauseMs: number | undefined }> {
  const { swaps } = host.operator.api;
  const { id } = await swaps.plan.mutate({ capability: 'chat', to });
  await swaps.begin.mutate({ id });
  for (;;) {
    const { state, failure, pauseMs } = await swaps.get.query({ id });
    if (state === 'observing') return { id, pauseMs };
    if (state === 'stopped') throw new Error(failure?.message);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('chat moves to another provider under two people’s hands', async () => {
  await using people = await twoPeople();
  const { host, room } = people;
  await host.operator.api.functions.addInstance.mutate({
    id: 'chat-second',
    plugin: 'chat-postgres',
    title: 'Andra chatten',
  });
  const [{ page: anna }, { page: bo }] = [await people.open(people.anna), await people.open(people.bo)];
  await composer(anna).fill('Före flytten');
  await composer(anna).press('Enter');
  await message(bo, 'Före flytten').waitFor();
  const link = await bo.locator('article', { hasText: 'Före flytten' }).getAttribute('data-key');
  const loads: string[] = [];
  for (const page of [anna, bo]) page.on('load', () => loads.push(page.url()));
  let moving = true;
  const written: string[] = [];
  const writing = (async () => {
    for (let i = 1; moving || i <= 30; i++) {
      const [page, name] = i % 2 ? [anna, 'Anna'] : [bo, 'Bo'];
      await composer(page).fill(`${name} ${i}`);
      await composer(page).press('Enter');
      written.push(`${name} ${i}`);
    }
  })();
  const { id } = await moveChat(people, 'chat-second').finally(() => (moving = false));
  await writing;
  const last = written.at(-1)!;
  for (const page of [anna, bo]) {
    await message(page, last).waitFor();
    await page.locator('.pending').waitFor({ state: 'detached' });
  }
  const { messages } = await people.anna.api.chat.history.query({ room, limit: 100 });
  const log = messages.map(({ text }) => text);
  expect([...log].sort()).toEqual([...new Set(['Före flytten', ...written])].sort());
  for (const page of [anna, bo]) expect(await shown(page)).toEqual(log.slice(-(await shown(page)).length));
  expect(loads).toEqual([]);
  const bound = await host.operator.api.functions.list.query();
  expect(bound[0]!.bindings.map(({ instance }) => instance)).toEqual(['chat-second']);
  await bo.goto(`${host.url}/chat/${room}/${link}`);
  await bo.locator('article.pointed', { hasText: 'Före flytten' }).waitFor();
  await composer(anna).fill('På den nya');
  await composer(anna).press('Enter');
  await bo.getByRole('button', { name: 'Till det senaste' }).click();
  await message(bo, 'På den nya').waitFor();
  await host.operator.api.swaps.ask.mutate({ id, wish: 'rollback' });
  await expect
    .poll(async () => (await host.operator.api.swaps.get.query({ id })).state, { timeout: 10_000 })
    .toBe('rolledBack');
  await anna.reload();
  await message(anna, 'På den nya').waitFor();
}, 60_000);

test('after the server was gone for 20 seconds nothing is missing and nothing there twice', async () => {
  await using people = await twoPeople();
  const { host, room } = people;
  const [{ page: anna }, { page: bo }] = [await people.open(people.anna), await people.open(people.bo)];
  const say = (text: string) => people.bo.api.chat.sendMessage.mutate({ id: newId(), room, text });
  for (const text of ['ett', 'två']) await say(text);
  await message(anna, 'två').waitFor();
  await host.host.stop();
  await anna.getByText('Ingen anslutning.').waitFor();
  await composer(anna).fill('skrivet utan server');
  await composer(anna).press('Enter');
  await anna.getByText('Inte skickat.').waitFor();
  await anna.waitForTimeout(20_000); // the time that the server is away is the case itself
  await host.restart();
  for (const text of ['tre', 'fyra']) await say(text);
  await message(anna, 'fyra').waitFor({ timeout: 15_000 });
  await message(bo, 'skrivet utan server').waitFor({ timeout: 15_000 });
  await anna.getByText('Inte skickat.').waitFor({ state: 'detached' });
  await anna.getByText('Ingen anslutning.').waitFor({ state: 'detached' });
  const { messages } = await people.anna.api.chat.history.query({ room });
  const log = messages.map(({ text }) => text);
  expect([...log].sort()).toEqual(['ett', 'fyra', 'skrivet utan server', 'tre', 'två']);
  for (const page of [anna, bo]) await expect.poll(() => shown(page), { timeout: 10_000 }).toEqual(log);
}, 90_000);

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

const DAY = 24 * 3_600_000;
const NOWHERE = '00000000-0000-7000-8000-000000000000';
let people: TwoPeople;
/** Every page of the operator's, by what is to be seen on it. */
let pages: readonly (readonly [path: string, seen: string])[];

beforeAll(async () => {
  people = await twoPeople();
  const { anna, host } = people;
  const { functions, groups, swaps } = host.operator.api;
  await host.person('Greta Gäst', { kind: 'guest', endsAt: Date.now() + 9 * DAY });
  const { id: group } = await groups.add.mutate({ name: 'Överförmyndarnämndens beredningsgrupp för tillsynsärenden' });
  await groups.setMember.mutate({ id: group, person: anna.id, member: true });
  await functions.addInstance.mutate({ id: 'chat-second', plugin: 'chat-postgres', title: 'Andra chatten' });
  await functions.addInstance.mutate({ id: 'chat-third', plugin: 'chat-postgres', title: 'Tredje chatten' });
  const { id: moved } = await swaps.plan.mutate({ capability: 'chat', to: 'chat-second' });
  await swaps.begin.mutate({ id: moved });
  await vi.waitUntil(async () => (await swaps.get.query({ id: moved })).state === 'observing', { timeout: 15_000 });
  const { id: planned } = await swaps.plan.mutate({ capability: 'chat', to: 'chat-third' });
  await functions.bind.mutate({ capability: 'chat', scope: { kind: 'group', id: group }, instance: 'chat-third' });
  pages = [
    ['/operate', '.facts'],
    ['/operate/functions', '.cards'],
    ['/operate/functions/chat', '.sentence, .table-box + .hint'],
    ['/operate/functions/chat/add', '.sheet .asks'],
    ['/operate/functions/chat/move', '.pick'],
    ['/operate/providers/chat-second', 'vf-provider-settings .sheet'],
    [`/operate/moves/${planned}`, '.changes'],
    [`/operate/moves/${moved}`, '.callout'],
    [`/operate/moves/${NOWHERE}`, '.callout.bad'],
    ['/operate/moves', '.rows'],
    ['/operate/plugins', '.cards'],
    ['/operate/plugins/chat-postgres', '.table-box'],
    ['/operate/people', '.rows'],
    ['/operate/people?text=ingen-heter-så', '.nothing-yet'],
    [`/operate/people/${anna.id}`, '.sheet'],
    ['/operate/people/add', '.sheet'],
    ['/operate/groups', '.rows'],
    [`/operate/groups/${group}`, '.rows'],
    ['/operate/log', '.log-list'],
    ['/operate/nowhere', '.nothing-yet'],
  ];
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

/** Goes to a page as the shell itself does, without loading it all anew, and waits for what is to be seen. */
async function show(page: Page, path: string, seen: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('main h1').waitFor({ state: 'attached' });
  await page.locator(seen).first().waitFor();
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('main details')) details.setAttribute('open', '');
  });
}

describe.each(['light', 'dark', 'contrast'] as const)('in the %s theme', (theme) => {
  test.each(['sv', 'en'] as const)(
    'axe finds nothing on an operator’s pages, in %s',
    async (language) => {
      await people.host.operator.api.session.changePreferences.mutate({ theme, language });
      const { page, context } = await people.open(people.host.operator, '/operate');
      const findings: string[] = [];
      // Narrow, some things stand on another ground: in every theme, though in one language each but for the light one.
      const narrow = theme === 'light' || (theme === 'dark') === (language === 'sv') ? [360] : [];
      for (const width of [1280, ...narrow]) {
        await page.setViewportSize({ width, height: 800 });
        for (const [path, seen] of pages) {
          await show(page, path, seen);
          findings.push(...(await axeFindings(page)).map((finding) => `${path} at ${width}: ${finding}`));
        }
      }
      expect(
        await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset['theme']]),
      ).toEqual([language, theme]);
      await context.close();
      expect(findings).toEqual([]);
    },
    60_000,
  );
});

test('from 360 pixels to 4K nothing of an operator’s pages is cut off sideways', async () => {
  await people.host.operator.api.session.changePreferences.mutate({ theme: 'light', language: 'sv' });
  const { page, context } = await people.open(people.host.operator, '/operate');
  const wide: string[] = [];
  for (const width of [360, 768, 1100, 3840]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [path, seen] of pages) {
      await show(page, path, seen);
      const over = await page.evaluate(() => {
        const main = document.querySelector('main')!;
        const most = document.documentElement.clientWidth;
        const outside = (element: Element) => {
          const { left, right, width: own } = element.getBoundingClientRect();
          return own > 0 && (right > most + 1 || left < -1) && !element.closest('.skip, .visually-hidden');
        };
        const found = [...document.querySelectorAll('button, a, input, select, h1, h2, p, td, th')].find(outside);
        return main.scrollWidth > main.clientWidth + 1
          ? 'the page scrolls sideways'
          : (found?.outerHTML.slice(0, 160) ?? '');
      });
      if (over) wide.push(`${path} at ${width}: ${over}`);
    }
  }
  await context.close();
  expect(wide).toEqual([]);
}, 60_000);

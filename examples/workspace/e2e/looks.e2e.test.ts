import { newId } from '@valfri/sdk';
import { sendFile } from '@valfri/server/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { aPdf } from './a-pdf.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let thread: string;
/** Files in Bo's home, by name. */
let file: Readonly<Record<'pdf' | 'text' | 'markdown', string>>;

beforeAll(async () => {
  people = await twoPeople();
  const { anna, bo, room } = people;
  const say = (who: typeof anna, text: string, more: object = {}) =>
    who.api.chat.sendMessage.mutate({ id: newId(), room, text, ...more });
  const { message } = await say(anna, `Hej <@${bo.id}>, **viktigt** och \`kod\`: https://example.org`, {
    mentions: [bo.id],
  });
  thread = message.id;
  await say(bo, 'Ett svar', { replyTo: message.id });
  await say(bo, 'I tråden', { thread: message.id });
  await bo.api.chat.react.mutate({ room, message: message.id, emoji: '👍', on: true });
  const gone = (await say(bo, 'Bort')).message;
  await bo.api.chat.deleteMessage.mutate({ room, message: gone.id });
  await say(anna, '| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] att göra\n\n> citat\n\n```\nrad\n```');
  await someFiles(people);
  const attachments = [{ urn: `urn:valfri:documents:${file.text}`, title: 'Yttrande.txt' }];
  await say(bo, 'Underlaget', { attachments });
  await bo.api.appPasswords.make.mutate({ name: 'Bärbara datorn', scopes: ['webdav'] });
  await anna.api.chat.createRoom.mutate({
    id: newId(),
    kind: 'channel',
    name: 'Överförmyndarnämndens beredningsgrupp för tillsynsärenden',
    people: [bo.id],
  });
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

const seesFiles = async (page: Page) => page.locator('vf-file-list .entry').nth(1).waitFor();

/** Folders, one of them shared, and one in the trash. */
async function someFiles({ bo, anna, host }: TwoPeople): Promise<void> {
  const { api } = bo;
  const home = (await api.documents.getHome.mutate({})).node.id;
  const make = async (name: string) =>
    (await api.documents.createFolder.mutate({ id: newId(), parent: home, name })).node.id;
  await api.documents.give.mutate({ node: await make('Ansökningar'), person: anna.id, role: 'viewer' });
  await make('Överförmyndarnämndens beredningsgrupp för tillsynsärenden 2026');
  await api.documents.delete.mutate({ node: await make('Gammalt') });
  const send = async (name: string, bytes: Buffer | string) =>
    (await sendFile(host.url, bo, { parent: home, name, bytes })).id;
  file = {
    pdf: await send('Protokoll.pdf', aPdf(['Ett', 'Två'])),
    text: await send('Yttrande.txt', 'Nämnden tillstyrker förslaget.'),
    markdown: await send('Läs.md', '# Rubrik\n\n## Under\n\n- [x] klart\n\n| a | b |\n|---|---|\n| 1 | 2 |'),
  };
}

/** Where the editor's pages are: they belong to what is seen. */
const framed = () => [`office-builtin.localhost:${new URL(people.host.url).port}`];

/** The views, each as one comes to it. */
const views: readonly (readonly [string, () => string, ((page: Page) => Promise<void>)?])[] = [
  ['room', () => `/chat/${people.room}`],
  ['thread', () => `/chat/${people.room}?thread=${thread}`],
  ['details', () => `/chat/${people.room}?panel=details`],
  ['search', () => `/chat/${people.room}?panel=search`],
  ['nothing open', () => '/chat'],
  ['not there', () => `/chat/${newId()}`],
  ['files', () => '/files', seesFiles],
  [
    'file menu',
    () => '/files',
    async (page) => {
      await seesFiles(page);
      await page.locator('vf-file-list .entry button').first().click();
      await page.locator('[role=menuitem]').first().waitFor();
    },
  ],
  [
    'share',
    () => '/files',
    async (page) => {
      await seesFiles(page);
      await page.locator('vf-file-list .entry button').first().click();
      await page.getByRole('menuitem', { name: /^(Dela|Share)$/ }).click();
      await page.locator('.grants li').nth(1).waitFor();
    },
  ],
  [
    'move file',
    () => '/files',
    async (page) => {
      await seesFiles(page);
      await page.locator('vf-file-list .entry button').first().click();
      await page.getByRole('menuitem', { name: /^(Flytta|Move)$/ }).click();
      await page.locator('.folders').waitFor();
    },
  ],
  [
    'files chosen',
    () => '/files',
    async (page) => {
      await seesFiles(page);
      await page.locator('vf-file-list .entry input').first().check();
      await page.locator('vf-selection-bar button').nth(1).waitFor();
    },
  ],
  [
    'tiles',
    () => '/files',
    async (page) => {
      const { api } = people.bo;
      await api.session.changePreferences.mutate({ filesView: 'tiles' });
      await page.reload();
      await page.locator('.tiles vf-thumbnail').first().waitFor();
      await api.session.changePreferences.mutate({ filesView: 'list' });
    },
  ],
  [
    'pdf',
    () => `/files?file=${file.pdf}`,
    async (page) => page.locator('vf-preview .page[data-loaded="true"]').first().waitFor(),
  ],
  ['markdown', () => `/files?file=${file.markdown}`, async (page) => page.locator('vf-preview .markdown').waitFor()],
  [
    'file panel',
    () => `/chat/${people.room}?file=${file.pdf}`,
    async (page) => page.locator('vf-file-panel .page[data-loaded="true"]').first().waitFor(),
  ],
  [
    'editor panel',
    () => `/chat/${people.room}?file=${file.text}`,
    async (page) => {
      await page.locator('vf-edit iframe:not([hidden])').waitFor();
      const { height } = (await page.locator('vf-edit iframe').boundingBox())!;
      expect(height, 'the editor has the height of the panel').toBeGreaterThan(page.viewportSize()!.height / 2);
    },
  ],
  ['editor', () => `/edit/${file.text}`, async (page) => page.locator('vf-edit iframe:not([hidden])').waitFor()],
  ['shared files', () => '/files/shared', async (page) => page.locator('.files .empty').waitFor()],
  ['trash', () => '/files/trash', async (page) => page.locator('.trash .entry').waitFor()],
  [
    'settings',
    () => '/settings',
    async (page) => {
      await page.locator('.mount summary').click();
      await page.locator('.app-passwords li').waitFor();
    },
  ],
  [
    'palette',
    () => '/chat',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.locator('vf-palette input').waitFor();
    },
  ],
  [
    'shortcuts',
    () => '/chat',
    async (page) => {
      await page.locator('vf-room-list').waitFor();
      await page.keyboard.press('?');
      await page.locator('.shortcuts').waitFor();
    },
  ],
  [
    'new room',
    () => '/chat',
    async (page) => {
      await page
        .getByRole('button', { name: /^(Nytt rum|New room)$/ })
        .first()
        .click();
      await page.locator('vf-new-room').waitFor();
    },
  ],
  [
    'message menu',
    () => `/chat/${people.room}`,
    async (page) => {
      await page.locator('article.msg').first().focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
    },
  ],
];

async function settled(page: Page): Promise<void> {
  await page.locator('#main, [role=main]').first().waitFor({ state: 'attached' });
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestIdleCallback(resolve));
  });
}

describe.each(['light', 'dark', 'contrast'] as const)('in the %s theme', (theme) => {
  test.each(['sv', 'en'] as const)(
    'axe finds nothing, in %s',
    async (language) => {
      await people.bo.api.session.changePreferences.mutate({ theme, language });
      const { page, context } = await people.open(people.bo, '/chat', { beside: framed() });
      const findings: string[] = [];
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const [name, path, prepare] of views) {
          await page.goto(people.host.url + path());
          await settled(page);
          await prepare?.(page);
          expect(
            await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset['theme']]),
          ).toEqual([language, theme]);
          findings.push(...(await axeFindings(page)).map((finding) => `${name} at ${width}: ${finding}`));
        }
      }
      await context.close();
      expect(findings).toEqual([]);
    },
    150_000,
  );
});

test('axe finds nothing on the way in', async () => {
  const findings: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of ['/sign-in', '/welcome#abc']) {
      const { page, context } = await people.open(undefined, path, { colorScheme });
      await page.locator('vf-sign-in h1').waitFor();
      findings.push(...(await axeFindings(page)).map((finding) => `${path} ${colorScheme}: ${finding}`));
      await context.close();
    }
  }
  expect(findings).toEqual([]);
}, 60_000);

test('from 360 pixels to 4K nothing is cut off sideways', async () => {
  const { page, context } = await people.open(people.bo, undefined, { beside: framed() });
  const wide: string[] = [];
  for (const width of [360, 390, 600, 768, 900, 1100, 1440, 2560, 3840]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [name, path, prepare] of views) {
      await page.goto(people.host.url + path());
      await settled(page);
      await prepare?.(page);
      const over = await page.evaluate(() => {
        const most = document.documentElement.clientWidth;
        const outside = (element: Element) => {
          const { left, right, width: own } = element.getBoundingClientRect();
          return (
            own > 0 && (right > most + 1 || left < -1) && !element.closest('.log, .skip, .visually-hidden, .table, pre')
          );
        };
        const found = [...document.querySelectorAll('button, a, input, textarea, h1, h2, p')].find(outside);
        return document.documentElement.scrollWidth > most
          ? 'the page scrolls sideways'
          : (found?.outerHTML.slice(0, 120) ?? '');
      });
      if (over) wide.push(`${name} at ${width}: ${over}`);
    }
  }
  await context.close();
  expect(wide).toEqual([]);
}, 200_000);

test.each([1280, 360])(
  'dialogs keep room around what they hold, at %i pixels',
  async (width) => {
    await people.bo.api.session.changePreferences.mutate({ theme: 'light', language: 'sv' });
    const { page, context } = await people.open(people.bo, '/chat', { width, beside: framed() });
    const names = [/^Nytt rum$/, /^Ny konversation$/, /^Bläddra bland kanaler$/];
    for (const name of names) {
      await page.getByRole('button', { name }).first().click();
      const dialog = page.locator('dialog');
      await dialog.locator('input').first().waitFor();
      const least = await dialog.evaluate((box) => {
        const outer = box.getBoundingClientRect();
        const inner = [...box.querySelectorAll('h2, input, button')].map((each) => each.getBoundingClientRect());
        const shown = inner.filter((each) => each.width > 0);
        return Math.min(...shown.flatMap((each) => [each.left - outer.left, outer.right - each.right]));
      });
      expect([String(name), least >= 16]).toEqual([String(name), true]);
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await context.close();
  },
  30_000,
);

test.each([1280, 360])(
  'a notice lies over nothing one acts with, and is two lines high at most, at %i pixels',
  async (width) => {
    const { anna, bo } = people;
    const elsewhere = newId();
    await anna.api.chat.createRoom.mutate({
      id: elsewhere,
      kind: 'group',
      name: 'Enheten för bygglov, ärendegrupp Norr',
      people: [bo.id],
    });
    const { page, context } = await people.open(bo, undefined, { width, beside: framed() });
    await page.locator('vf-composer textarea').first().waitFor();
    const text = `<@${bo.id}> kan du titta på ärende 2026-114 innan mötet med nämnden på torsdag eftermiddag?`;
    await anna.api.chat.sendMessage.mutate({ id: newId(), room: elsewhere, text, mentions: [bo.id] });
    await page.locator('.toast').waitFor();
    const found = await page.evaluate(() => {
      const box = document.querySelector('.toast')!.getBoundingClientRect();
      const lines = document.querySelector('.toast span')!.getBoundingClientRect().height / 19.5;
      const over = [...document.querySelectorAll('.room-header, .compose, .rail')].filter((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return left < box.right && right > box.left && top < box.bottom && bottom > box.top;
      });
      return {
        over: over.map(({ className }) => className),
        lines: Math.round(lines),
        inside: box.left >= 0 && box.right <= innerWidth,
      };
    });
    expect(found).toEqual({ over: [], lines: 2, inside: true });
    await context.close();
  },
  30_000,
);

test('the shortcuts begin with their title on a phone, and no key is broken in two', async () => {
  const { page, context } = await people.open(people.bo, '/chat', { width: 360, height: 640 });
  await page.locator('vf-room-list').waitFor();
  await page.keyboard.press('?');
  await page.locator('.shortcuts h2').waitFor();
  expect(await page.locator('dialog').evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  const broken = await page.locator('kbd').evaluateAll((all) => all.filter((each) => each.getClientRects().length > 1));
  expect(broken).toEqual([]);
  await context.close();
}, 30_000);

test('the rail and the title count the same: conversations with something unread', async () => {
  const { anna, bo } = people;
  const room = newId();
  await anna.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Räknat', people: [bo.id] });
  for (const text of ['ett', 'två', 'tre'])
    await anna.api.chat.sendMessage.mutate({ id: newId(), room, text, mentions: [bo.id] });
  const { page, context } = await people.open(bo, '/settings');
  const badge = page.locator('.rail b [aria-hidden]').first();
  await badge.waitFor();
  await expect.poll(() => page.title()).toMatch(/^\(\d+\) /);
  expect((await page.title()).match(/^\((\d+)\)/)![1]).toBe(await badge.innerText());
  await context.close();
}, 30_000);

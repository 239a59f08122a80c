import { newId } from '@valfri/sdk';
import { fillFolder } from '@valfri/server/testing';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

/** A machine that does other things as well. */
const SOON = { timeout: 8_000 };

let people: TwoPeople;
beforeAll(async () => {
  people = await twoPeople();
});
afterAll(() => people[Symbol.asyncDispose]());

const row = (page: Page, name: string) => page.locator('vf-file-list .entry', { hasText: name });
const link = (page: Page, name: string) => row(page, name).getByRole('link');
const focused = (page: Page) => page.evaluate(() => document.activeElement?.querySelector('.text')?.textContent);
const undo = (page: Page, said: string) =>
  page.locator('.toast', { hasText: said }).getByRole('button', { name: 'Ångra' }).click();
const chosen = (page: Page) => page.locator('vf-file-list .entry.chosen .text').allInnerTexts();

/** A folder of Anna's with folders in it. */
async function aFolder(name: string, inner: readonly string[]): Promise<{ id: string; names(): Promise<string[]> }> {
  const { api } = people.anna;
  const home = (await api.documents.getHome.mutate({})).node.id;
  const id = newId();
  await api.documents.createFolder.mutate({ id, parent: home, name });
  for (const each of inner) await api.documents.createFolder.mutate({ id: newId(), parent: id, name: each });
  const names = async () => (await api.documents.list.query({ folder: id })).nodes.map((node) => node.name);
  return { id, names };
}

test('several are chosen by keys and by clicks, deleted, moved and copied, and all that is undone', async () => {
  const from = await aFolder('Ärenden', ['Alfa', 'Beta', 'Gamma', 'Delta', 'Mål']);
  const all = await from.names();
  const { page } = await people.open(people.anna, `/files/${from.id}`);
  await link(page, 'Alfa').focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByText('3 markerade').waitFor();
  expect(await chosen(page)).toEqual(['Alfa', 'Beta', 'Delta']);
  await page.keyboard.press('Space');
  expect(await chosen(page)).toEqual(['Alfa', 'Beta']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.getByText('5 markerade').waitFor();
  await page.keyboard.press('Escape');
  await link(page, 'Alfa').click({ modifiers: ['Control'] });
  await link(page, 'Gamma').click({ modifiers: ['Shift'] });
  await link(page, 'Beta').click({ modifiers: ['Control'] });
  expect(await chosen(page)).toEqual(['Alfa', 'Delta', 'Gamma']);

  await link(page, 'Delta').focus();
  await page.keyboard.press('Delete');
  await expect.poll(from.names, SOON).toEqual(['Beta', 'Mål']);
  await undo(page, '3 objekt är borttagna');
  await expect.poll(from.names, SOON).toEqual(all);

  for (const name of ['Alfa', 'Beta']) await row(page, name).getByRole('checkbox').check();
  const bar = page.locator('vf-selection-bar');
  await bar.getByRole('button', { name: 'Flytta' }).click();
  await page.locator('.folders').getByRole('button', { name: 'Mål' }).click();
  await page.getByRole('button', { name: 'Flytta hit' }).click();
  await expect.poll(from.names, SOON).toEqual(['Delta', 'Gamma', 'Mål']);
  await undo(page, '2 objekt är flyttade');
  await expect.poll(from.names, SOON).toEqual(all);

  for (const name of ['Alfa', 'Beta']) await row(page, name).getByRole('checkbox').check();
  await bar.getByRole('button', { name: 'Kopiera till' }).click();
  await page.getByRole('button', { name: 'Kopiera hit' }).click();
  await expect.poll(from.names, SOON).toEqual(['Alfa', 'Alfa (2)', 'Beta', 'Beta (2)', 'Delta', 'Gamma', 'Mål']);
  await undo(page, '2 objekt är kopierade');
  await expect.poll(from.names, SOON).toEqual(all);

  for (const name of ['Alfa', 'Beta']) await row(page, name).getByRole('checkbox').check();
  const download = page.waitForEvent('download');
  await bar.getByRole('button', { name: 'Ladda ned' }).click();
  expect((await download).suggestedFilename()).toBe('Ärenden.zip');
  expect(
    readFileSync(await (await download).path())
      .subarray(0, 4)
      .toString('latin1'),
  ).toBe('PK\u0003\u0004');
}, 40_000);

test('tiles are gone through in two dimensions, and the view is remembered', async () => {
  const { id } = await aFolder(
    'Rutor',
    Array.from({ length: 12 }, (_, i) => `Ruta ${i + 1}`),
  );
  const { page } = await people.open(people.anna, `/files/${id}`);
  await page.getByRole('button', { name: 'Visa som rutor' }).click();
  await page.locator('.tiles .entry').nth(11).waitFor();
  const tops = await page
    .locator('.tiles .entry')
    .evaluateAll((all) => all.map((each) => (each as HTMLElement).offsetTop));
  const columns = tops.filter((top) => top === tops[0]).length;
  expect(columns).toBeGreaterThan(2);
  await link(page, 'Ruta 1').first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe('Ruta 2');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe(`Ruta ${2 + columns}`);
  await page.keyboard.press('Shift+ArrowRight');
  expect(await chosen(page)).toEqual([`Ruta ${2 + columns}`, `Ruta ${3 + columns}`]);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  expect(await focused(page)).toBe('Ruta 2');
  await page.reload();
  await page.locator('.tiles .entry').first().waitFor();
  await page.getByRole('button', { name: 'Visa som lista' }).click();
  await page.locator('.list .entry').first().waitFor();
}, 30_000);

test('of 100,000 files the last are there by a key, and one of them by typing its name', async () => {
  const { id } = await aFolder('Hundratusen', []);
  const filling = { folder: id, person: people.anna.id, count: 100_000, folders: 50 };
  await people.host.services(({ database }) => fillFolder(database.db as never, 'documents-builtin', filling));
  const { page } = await people.open(people.anna, `/files/${id}`);
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('documents.list') && asked.push(request.url()));
  await link(page, 'Ärende 0').first().focus();
  await page.keyboard.press('End');
  await expect.poll(() => focused(page), SOON).toBe('Ärende 99999.txt');
  expect(await page.locator('vf-file-list .entry').count()).toBeLessThan(100);
  // The keyboard that tests have lacks the letter.
  const letter = { key: 'ä', bubbles: true, cancelable: true };
  await page.evaluate((init) => document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', init)), letter);
  await page.keyboard.type('rende 5001');
  await expect.poll(() => focused(page), SOON).toBe('Ärende 5001.txt');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('Ärende 5002.txt');
  // All over the list at once: what is passed on the way is not asked for.
  await page.locator('vf-file-list .rows').evaluate(async (rows) => {
    for (let top = 0; top < rows.scrollHeight; top += 46 * 1_000) {
      rows.scrollTop = top;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    rows.scrollTop = 46 * 70_000;
  });
  await row(page, 'Ärende 70005.txt').waitFor();
  expect(asked.length).toBeLessThan(60);
}, 90_000);

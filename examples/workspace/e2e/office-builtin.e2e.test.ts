import { newId } from '@valfri/sdk';
import { sendFile } from '@valfri/server/testing';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { workspace } from '../src/workspace.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

const soon = { timeout: 20_000 };
let people: TwoPeople;
let home: string;
beforeAll(async () => {
  people = await twoPeople(workspace);
  home = (await people.anna.api.documents.getHome.mutate({})).node.id;
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

const open = (who: 'anna' | 'bo', path: string) =>
  people.open(people[who], path, { beside: [`office-builtin.localhost:${new URL(people.host.url).port}`] });

/** A file that both may write. */
async function shared(name: string, bytes: string): Promise<string> {
  const { id } = await sendFile(people.host.url, people.anna, { parent: home, name, bytes });
  await people.anna.api.documents.give.mutate({ node: id, person: people.bo.id, role: 'editor' });
  return id;
}

/** The document of the editor, once it shows the file. */
async function framed(page: Page, shown: string): Promise<Frame> {
  const frame = (await (await page.locator('vf-editor-frame iframe').elementHandle())!.contentFrame())!;
  await frame.locator(shown).first().waitFor(soon);
  return frame;
}

const versionsOf = async (file: string) => (await people.anna.api.documents.listVersions.query({ file })).versions;

test('two people write Markdown; a tab that is killed loses nothing; a version that is put back is seen by all', async () => {
  const id = await shared('Anteckningar.md', '# Möte\n');
  const [first] = await versionsOf(id);
  const [{ page: annas }, { page: bos, faults }] = [await open('anna', `/edit/${id}`), await open('bo', `/edit/${id}`)];
  const [anna, bo] = [await framed(annas, '.cm-content'), await framed(bos, '.cm-content')];
  await anna.locator('.cm-content').press('Control+End');
  await annas.keyboard.type('Anna skriver.');
  await expect.poll(() => bo.locator('.cm-content').textContent(), soon).toContain('Anna skriver.');
  await bo.locator('.cm-ySelectionInfo').first().waitFor(soon);
  expect(await axeFindings(annas)).toEqual([]);
  await annas.context().close();
  await bo.locator('.cm-content').press('Control+End');
  await bos.keyboard.type(' Och Bo.');
  await bos.keyboard.press('Control+s');
  const { length: size } = Buffer.from('# Möte\nAnna skriver. Och Bo.');
  await expect.poll(async () => (await versionsOf(id))[0]?.size, soon).toBe(size);
  const { page: again } = await open('anna', `/edit/${id}`);
  const hers = await framed(again, '.cm-content');
  await expect.poll(() => hers.locator('.cm-content').textContent(), soon).toContain('Anna skriver. Och Bo.');
  await people.anna.api.documents.restoreVersion.mutate({ file: id, version: first!.id, as: newId() });
  const { page: third } = await open('anna', `/edit/${id}`);
  await framed(third, '.cm-content');
  await expect.poll(() => hers.locator('.cm-content').textContent(), soon).not.toContain('Bo.');
  expect(faults).toEqual([]);
}, 90_000);

test('a document is begun, written by two, and saved when both have left', async () => {
  const id = await shared('Beslut.docx', '');
  const [{ page: annas, faults }, { page: bos }] = [await open('anna', `/edit/${id}`), await open('bo', `/edit/${id}`)];
  const [anna, bo] = [await framed(annas, '.layout-page'), await framed(bos, '.layout-page')];
  await anna
    .locator('.layout-page')
    .first()
    .click({ position: { x: 300, y: 110 } });
  await annas.keyboard.type('Nämnden beslutar.');
  await expect.poll(() => bo.locator('.layout-page').first().textContent(), soon).toContain('Nämnden beslutar.');
  await bo.locator('.caret').first().waitFor(soon);
  expect(await axeFindings(annas)).toEqual([]);
  expect(faults).toEqual([]);
  await Promise.all([annas, bos].map((page) => page.getByRole('link', { name: 'Stäng filen' }).click()));
  await expect.poll(async () => (await versionsOf(id)).length, soon).toBeGreaterThan(1);
}, 90_000);

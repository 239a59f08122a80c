import type { Plugin } from '@valfri/sdk';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { readGuide, writeFiles } from '../../../scripts/guide/guide.ts';
import { workspace } from '../src/workspace.ts';
import { twoPeople } from './two-people.ts';

test('the page of the guide greets, in both languages', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-guide-ui-'));
  writeFiles(readGuide('docs/build/ui.md'), folder);
  mkdirSync(join(folder, 'node_modules/@valfri'), { recursive: true });
  symlinkSync(resolve('sdk'), join(folder, 'node_modules/@valfri/sdk'));
  const { greeter } = (await import(pathToFileURL(join(folder, 'index.js')).href)) as { greeter: Plugin };
  {
    await using people = await twoPeople({
      ...workspace,
      plugins: [...workspace.plugins, greeter],
      instances: [...workspace.instances, { id: 'greeter', plugin: 'chat-greeter' }],
    });
    const beside = [`greeter.localhost:${new URL(people.host.url).port}`];
    const { page } = await people.open(people.host.operator, '/operate/providers/greeter', { beside });
    await page.getByRole('link', { name: 'Hälsning', exact: true }).click();
    const frame = page.frameLocator('iframe.plugin-frame');
    await frame.getByRole('heading', { name: 'Hej från servern' }).waitFor();
    await people.host.operator.api.session.changePreferences.mutate({ language: 'en' });
    await page.reload();
    await page.getByRole('heading', { name: 'Greeting', level: 1 }).waitFor();
    await frame.getByRole('heading', { name: 'Hello from the server' }).waitFor();
    await frame.getByRole('button', { name: 'Once more' }).click();
    const element = await page.locator('iframe.plugin-frame').elementHandle();
    expect(await axeFindings((await element!.contentFrame())!)).toEqual([]);
  }
  rmSync(folder, { recursive: true });
}, 60_000);

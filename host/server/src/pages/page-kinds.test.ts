import { definePlugin, type Plugin } from '@valfri/sdk';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTestWorkspace,
  pagedPlugin,
  type RawRequest,
  rawRequest,
  storedChatPlugin,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { isHashed } from './page-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'valfri-kinds-'));
const title = { en: 'A', sv: 'B' };
const files = Object.fromEntries(
  [
    'setup.html',
    'edit.html',
    'rich.html',
    'product.html',
    'bare.html',
    'other.html',
    'a.wasm',
    'b.woff2',
    'c.json',
    'd.mjs',
  ]
    .concat(['main-DiwrgT4a.js', 'main.js', 'e.ttf', 'f.map', 'g.bcmap', 'h.txt'])
    .map((name) => [`ui/${name}`, name]),
);
const setting = { type: 'string', format: 'uri' };
const paged = pagedPlugin({
  folder: join(folder, 'plugin'),
  files,
  ui: {
    directory: 'ui',
    pages: [
      { id: 'setup', title, path: 'setup.html' },
      { id: 'edit', kind: 'editor', title, path: 'edit.html' },
      { id: 'rich', kind: 'editor', title, path: 'rich.html', wasm: true, workers: true, inlineStyles: true },
      {
        ...{ id: 'product', kind: 'vendor', title, path: 'product.html', inlineStyles: true },
        ...{ frames: [{ setting: 'server' }, 'https://other.example.org'], scripts: [{ setting: 'server' }] },
      },
      { id: 'bare', kind: 'vendor', title, path: 'bare.html' },
    ],
  },
});
const plugin: Plugin = definePlugin({
  ...paged,
  manifest: { ...paged.manifest, id: 'kinds', settings: { type: 'object', properties: { server: setting } } },
} as never);
let host: TestWorkspace;
let ann: TestPerson;
let port: string;

beforeAll(async () => {
  mkdirSync(join(folder, 'shell/assets'), { recursive: true });
  writeFileSync(join(folder, 'shell/index.html'), '<!doctype html><!--bootstrap-->');
  writeFileSync(join(folder, 'shell/valfri-ui.js'), 'export {};');
  const only = { ...pagedPlugin({ folder: join(folder, 'only'), files: { 'ui/setup.html': '' } }) };
  host = await createTestWorkspace({
    workspace: {
      name: 'Prov',
      plugins: [plugin, only, storedChatPlugin()],
      instances: [
        { id: 'kinds', plugin: 'kinds', settings: { server: 'https://product.example.org:9980/path' } },
        { id: 'only', plugin: 'paged' },
        { id: 'plain', plugin: 'chat-stored' },
      ],
      bindings: [{ capability: 'chat', instance: 'plain' }],
      shell: { directory: join(folder, 'shell') },
    },
  });
  port = new URL(host.url).port;
  ann = await host.person('Ann');
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const IN_FRAME = { 'sec-fetch-dest': 'iframe' };
const get = (path: string, given: RawRequest = {}) =>
  rawRequest(host.url, { ...given, path, headers: { host: `kinds.localhost:${port}`, ...given.headers } });

describe('what a document may do is what its manifest says', () => {
  const common = () => `frame-ancestors ${host.url}; base-uri 'none'`;
  const media = `img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:`;
  const plain = () =>
    `sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'none'; ${common()}; form-action 'none'`;
  const editor = (scripts: string, styles: string, workers = '') =>
    `sandbox allow-scripts; default-src 'none'; script-src 'self'${scripts}; style-src 'self'${styles}; ${media}${workers}; connect-src 'self'; ${common()}; form-action 'none'`;
  const product = 'https://product.example.org:9980 https://other.example.org';
  const vendor = (scripts: string, styles: string, frames: string) =>
    `default-src 'none'; script-src 'self'${scripts}; style-src 'self'${styles}; ${media}; frame-src ${frames}; connect-src 'none'; ${common()}; form-action ${frames}`;

  test.each([
    ['/setup.html', plain],
    ['/other.html', plain],
    ['/main.js', plain],
    ['/nothing.html', plain],
    ['/edit.html', () => editor('', '')],
    ['/rich.html', () => editor(" 'wasm-unsafe-eval'", " 'unsafe-inline'", '; worker-src blob:')],
    ['/product.html', () => vendor(' https://product.example.org:9980', " 'unsafe-inline'", product)],
    ['/bare.html', () => vendor('', '', "'none'")],
  ])('%s', async (path, policy) => {
    const { headers } = await get(path, { headers: IN_FRAME });
    expect(headers['content-security-policy']).toBe(policy());
    const isProduct = path === '/product.html';
    const powers = String(headers['permissions-policy']).split(', ');
    expect(powers.length).toBeGreaterThan(25);
    const origins = '(self "https://product.example.org:9980" "https://other.example.org")';
    const bare = path === '/bare.html' ? ['clipboard-read=(self)', 'clipboard-write=(self)', 'fullscreen=(self)'] : [];
    const given = isProduct
      ? ['clipboard-read', 'clipboard-write', 'fullscreen'].map((power) => power + '=' + origins)
      : bare;
    expect(powers.filter((power) => !power.endsWith('=()'))).toEqual(given);
    expect(headers['connection-allowlist']).toBe(
      isProduct
        ? '(response-origin "https://product.example.org:9980" "https://other.example.org")'
        : '(response-origin)',
    );
    expect(headers).not.toHaveProperty('set-cookie');
  });
});

test.each(['document', 'embed', 'object', 'empty', 'script', 'frame', undefined])(
  'a document with an origin is not there for %s',
  async (dest) => {
    const headers = dest ? { 'sec-fetch-dest': dest } : {};
    for (const path of ['/product.html', '/bare.html', '/product.html?x']) {
      const answered = await get(path, { headers });
      expect([answered.status, answered.text]).toEqual([403, 'This page is shown within the workspace alone.']);
      expect(answered.headers['content-security-policy']).toContain('sandbox');
    }
    expect((await get('/edit.html', { headers })).status).toBe(200);
  },
);

test.each([
  ['/a.wasm', 'application/wasm'],
  ['/b.woff2', 'font/woff2'],
  ['/c.json', 'application/json; charset=utf-8'],
  ['/d.mjs', 'text/javascript; charset=utf-8'],
  ['/e.ttf', 'font/ttf'],
  ['/f.map', 'application/json; charset=utf-8'],
  ['/g.bcmap', 'application/octet-stream'],
])('%s is %s', async (path, type) => {
  const { status, headers } = await get(path);
  expect([status, headers['content-type']]).toEqual([200, type]);
});

test('what has a hash in its name is kept for ever, all else is asked for anew', async () => {
  expect((await get('/main-DiwrgT4a.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const { headers } = await get('/main.js');
  expect(headers['cache-control']).toBe('no-cache');
  const again = await get('/main.js', { headers: { 'if-none-match': headers.etag! } });
  expect([again.status, again.text]).toEqual([304, '']);
  expect((await get('/main.js', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  expect((await get('/product.html', { headers: { 'if-none-match': headers.etag! } })).status).toBe(403);
  const names = [
    'a-B1c2d3e4.css',
    'chunk-7QXK2M4N.js',
    'x.0f3a9b1c.wasm',
    'text-document.js',
    'pdf.worker.mjs',
    'a-B1c2d3e4.html',
  ];
  expect(names.map(isHashed)).toEqual([true, true, true, false, false, false]);
});

test('everybody’s shell frames what shows files, an operator’s all pages', async () => {
  const framed = async (cookie: string) => {
    const { headers } = await rawRequest(host.url, { path: '/chat', headers: { cookie } });
    return /frame-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1];
  };
  const kinds = `http://kinds.localhost:${port}`;
  expect(await framed(ann.cookie)).toBe(kinds);
  expect(await framed(host.operator.cookie)).toBe(`${kinds} http://only.localhost:${port}`);
  expect(await framed('')).toBe("'none'");
});

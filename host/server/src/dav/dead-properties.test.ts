import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backUp } from '../operations/backup.ts';
import { readManifest } from '../operations/backup-format.ts';
import type { TestWorkspace } from '../testing/index.ts';
import { isThere } from './dav-routes.ts';
import { DeadProperties } from './dead-properties.ts';
import { createDavWorkspace, type DavPerson } from './testing/dav-workspace.ts';

let workspace: TestWorkspace;
let ann: DavPerson;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
});
afterAll(() => workspace[Symbol.asyncDispose]());

const update = (inner: string, action = 'set') =>
  `<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x"><D:${action}><D:prop>${inner}</D:prop></D:${action}></D:propertyupdate>`;
const patch = (path: string, body: string, headers = {}) => ann.dav('PROPPATCH', path, { body, headers });
const valueOf = async (path: string, name = 'colour') => {
  const body = `<D:propfind xmlns:D="DAV:" xmlns:x="urn:x"><D:prop><x:${name}/></D:prop></D:propfind>`;
  const { text } = await ann.dav('PROPFIND', path, { headers: { depth: '0' }, body });
  return new RegExp(`<x:${name}[^>]*>([^<]*)</x:${name}>`).exec(text)?.[1];
};
const to = (path: string) => ({ headers: { destination: `/dav${path}` } });

test('a property survives a move and a new name, and goes along with a copy', async () => {
  await ann.dav('MKCOL', '/home/a');
  await ann.dav('MKCOL', '/home/b');
  await ann.dav('PUT', '/home/a/f.txt', { body: 'x' });
  expect((await patch('/home/a/f.txt', update('<x:colour xml:lang="sv">röd</x:colour>'))).status).toBe(207);
  await ann.dav('MOVE', '/home/a/f.txt', to('/home/b/g.txt'));
  expect(await valueOf('/home/b/g.txt')).toBe('röd');
  await ann.dav('COPY', '/home/b', to('/home/c'));
  expect(await valueOf('/home/c/g.txt')).toBe('röd');
  await patch('/home/c/g.txt', update('<x:colour/>', 'remove'));
  expect(await valueOf('/home/c/g.txt')).toBeUndefined();
  expect(await valueOf('/home/b/g.txt')).toBe('röd');
});

test('all of a change is made, or nothing', async () => {
  await ann.dav('PUT', '/home/atom.txt', { body: 'x' });
  const { text } = await patch('/home/atom.txt', update('<x:colour>blå</x:colour><D:getetag>"x"</D:getetag>'));
  expect(text).toContain('424 Failed Dependency');
  expect(text).toContain('<D:cannot-modify-protected-property/>');
  expect(await valueOf('/home/atom.txt')).toBeUndefined();
});

describe('what is kept is capped', () => {
  test('by size', async () => {
    await ann.dav('PUT', '/home/stor.txt', { body: 'x' });
    const fits = await patch('/home/stor.txt', update(`<x:colour>${'a'.repeat(60_000)}</x:colour>`));
    expect(fits.text).toContain('200 OK');
    const large = await patch('/home/stor.txt', update(`<x:size>${'a'.repeat(66_000)}</x:size>`));
    expect(large.text).toContain('507 Insufficient Storage');
    expect(await valueOf('/home/stor.txt', 'size')).toBeUndefined();
    const named = await patch('/home/stor.txt', update(`<y:a xmlns:y="${'u'.repeat(1_100)}"/>`));
    expect(named.text).toContain('507 Insufficient Storage');
  });

  test('by number', async () => {
    await ann.dav('PUT', '/home/många.txt'.replace('å', '%C3%A5'), { body: 'x' });
    const many = (from: number, count: number) =>
      update(Array.from({ length: count }, (_, i) => `<x:p${from + i}/>`).join(''));
    const patched = async (from: number, count: number) =>
      (await patch('/home/m%C3%A5nga.txt', many(from, count))).status;
    expect(await patched(0, 100)).toBe(207);
    expect(await patched(100, 1)).toBe(507);
    expect(await patched(0, 10)).toBe(207);
  });
});

test('they are in a backup, and app passwords are not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-dav-backup-'));
  const databaseUrl = workspace.services(({ database }) => database.url);
  await backUp({ data: workspace.directory, databaseUrl, folder: join(folder, 'b'), progress: () => undefined });
  const { tables } = readManifest(join(folder, 'b'));
  rmSync(folder, { recursive: true });
  expect(tables.find(({ table }) => table === 'dav_properties')?.rows).toBeGreaterThan(0);
  expect(tables.map(({ table }) => table)).not.toContain('app_passwords');
});

test('they are forgotten 30 days after the node was last there, and not while it may come back', async () => {
  const properties = new DeadProperties(workspace.services(({ database }) => database.db));
  await ann.dav('PUT', '/home/borta.txt', { body: 'x' });
  await patch('/home/borta.txt', update('<x:colour>grå</x:colour>'));
  const { node: home } = await ann.api.documents.getHome.mutate({});
  const { node } = await ann.api.documents.find.query({ folder: home.id, name: 'borta.txt' });
  const day = 24 * 3_600_000;
  const sweepAt = (days: number) =>
    properties.sweep(
      (id, person) => workspace.services((services) => isThere(services, id, person)),
      Date.now() + days * day,
    );
  const isKept = async () => (await properties.having([node.id])).has(node.id);
  await ann.dav('DELETE', '/home/borta.txt');
  await sweepAt(2);
  await sweepAt(20);
  expect(await isKept()).toBe(true);
  await ann.api.documents.restore.mutate({ node: node.id });
  expect(await valueOf('/home/borta.txt')).toBe('grå');
  await sweepAt(60);
  expect(await isKept()).toBe(true);
  await ann.dav('DELETE', '/home/borta.txt');
  await sweepAt(70);
  await sweepAt(99);
  expect(await isKept()).toBe(true);
  await sweepAt(101);
  expect(await isKept()).toBe(false);
});

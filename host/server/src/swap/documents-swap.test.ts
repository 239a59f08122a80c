import { newId, type Portability, type Swap } from '@valfri/core';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestWorkspace, rawRequest, type TestPerson, type TestWorkspace } from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

/** A provider with everything, and one that has neither versions nor trash nor shares. */
const workspace = {
  name: 'Prov',
  plugins: [storedDocumentsPlugin(), storedDocumentsPlugin([], 'plain-documents')],
  instances: [
    { id: 'full', plugin: 'stored-documents' },
    { id: 'plain', plugin: 'plain-documents' },
  ],
  bindings: [{ capability: 'documents', instance: 'full' }],
};

async function move(host: TestWorkspace, to: string): Promise<void> {
  const { swaps } = host.operator.api;
  const planned = (await swaps.plan.mutate({ capability: 'documents', to })) as Swap;
  await swaps.begin.mutate({ id: planned.id });
  const now = async () => (await swaps.get.query({ id: planned.id })) as Swap;
  const gone = async () => {
    const { state, failure } = await now();
    return failure ? `${state}: ${failure.code} ${failure.message}` : state;
  };
  await expect.poll(gone, { timeout: 20_000 }).toBe('observing');
  await swaps.ask.mutate({ id: planned.id, wish: 'retire' });
  await expect.poll(async () => (await now()).state, { timeout: 20_000 }).toBe('retired');
}

const read = async (host: TestWorkspace, { cookie }: TestPerson, input: object) =>
  (
    await rawRequest(`${host.url}/content/documents/readFile?input=${encodeURIComponent(JSON.stringify(input))}`, {
      headers: { cookie },
    })
  ).text;

async function allDigests(host: TestWorkspace, instance: string): Promise<unknown> {
  const portability: Portability = host.services(({ kernel }) => kernel.instances.get(instance)!.provider.portability!);
  const types = ['folder', 'file', 'place', 'version', 'grant', 'trashed', 'tags', 'lock'];
  return Promise.all(types.map((type) => portability.digest(type)));
}

/** What somebody without an account is shown by a link. */
async function byLink(url: string, node: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const opened = await rawRequest(`${url}/open`, { method: 'POST', headers, body: '{"password":"sommarregn"}' });
  const cookie = String(opened.headers['set-cookie']).split(';')[0]!;
  const body = JSON.stringify({ node });
  const { text } = await rawRequest(`${url}/call/get`, { method: 'POST', headers: { ...headers, cookie }, body });
  return JSON.parse(text).node.name;
}

const asideFiles = (host: TestWorkspace) => {
  const root = join(host.directory, 'aside', 'documents');
  return existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name))
    : [];
};

test('what a provider cannot hold is kept aside with its bytes, and is there again with the next that can', async () => {
  await using host = await createTestWorkspace({ workspace });
  const [ann, bo] = [await host.person('Ann'), await host.person('Bo')];
  const { documents } = ann.api;
  const home = (await documents.getHome.mutate({})).node.id;
  const folder = newId();
  await documents.createFolder.mutate({ id: folder, parent: home, name: 'Mapp' });
  const { id: file } = await sendFile(host.url, ann, { parent: folder, name: 'a.txt', bytes: 'ett' });
  const { id: lost } = await sendFile(host.url, ann, { parent: folder, name: 'slängd.txt', bytes: 'slängd' });
  const first = (await documents.get.query({ node: file })).node.version!.id;
  const other = await sendFile(host.url, ann, { parent: home, name: 'b.txt', bytes: 'två' });
  const second = (await documents.get.query({ node: other.id })).node.version!.id;
  await documents.restoreVersion.mutate({ file, version: first, as: newId() });
  await documents.give.mutate({ node: folder, person: bo.id, role: 'viewer' });
  const { url } = await ann.api.links.make.mutate({ node: folder, role: 'viewer', password: 'sommarregn' });
  await documents.setTags.mutate({ node: lost, tags: ['Utkast'] });
  await documents.setTags.mutate({ node: file, tags: ['Ärende'] });
  await documents.lock.mutate({ node: file, token: 'opaquelocktoken:1' });
  await documents.delete.mutate({ node: lost });
  const before = await allDigests(host, 'full');

  await move(host, 'plain');
  expect(await read(host, ann, { file })).toBe('ett');
  await expect(documents.listTrash.query({})).rejects.toThrow(/does not have "trash"/);
  expect(asideFiles(host).length).toBe(2);
  const { functions } = host.operator.api;
  await functions.removeInstance.mutate({ id: 'full', eraseData: true });
  expect(existsSync(join(host.directory, 'instances', 'full'))).toBe(false);
  await functions.addInstance.mutate({ id: 'full', plugin: 'stored-documents', title: 'Åter', settings: {} });

  await move(host, 'full');
  expect(await byLink(url, folder)).toBe('Mapp');
  expect((await documents.search.query({ tag: 'ärende' })).nodes.map(({ id }) => id)).toEqual([file]);
  const moving = { node: file, name: 'låst.txt' };
  await expect(documents.move.mutate(moving)).rejects.toThrow(/It is locked/);
  await documents.move.mutate({ ...moving, locks: ['opaquelocktoken:1'] });
  await documents.move.mutate({ node: file, name: 'a.txt', locks: ['opaquelocktoken:1'] });
  expect(await allDigests(host, 'full')).toEqual(before);
  expect(await read(host, ann, { file, version: first })).toBe('ett');
  expect(await read(host, bo, { file })).toBe('ett');
  await documents.restore.mutate({ node: lost });
  expect(await read(host, ann, { file: lost })).toBe('slängd');
  expect(await read(host, ann, { file: other.id, version: second })).toBe('två');
}, 60_000);

test('files that are written while documents move are all there afterwards, with what they hold', async () => {
  await using host = await createTestWorkspace({ workspace });
  const ann = await host.person('Ann');
  const home = (await ann.api.documents.getHome.mutate({})).node.id;
  const written = new Map<string, string>();
  let over = false;
  const writer = async (who: number) => {
    for (let i = 0; !over; i++) {
      const text = `fil ${i} av ${who}`;
      const { id } = await sendFile(host.url, ann, { parent: home, name: `${who}-${i}.txt`, bytes: text });
      written.set(id, text);
      if (i % 3 === 0) await ann.api.documents.move.mutate({ node: id, name: `${who}-${i} flyttad.txt` });
    }
  };
  const writing = writer(1);
  try {
    await expect.poll(() => written.size, { timeout: 20_000 }).toBeGreaterThan(10);
    await move(host, 'plain');
  } finally {
    over = true;
    await writing;
  }
  const { nodes, count } = await ann.api.documents.list.query({ folder: home, limit: 1_000 });
  expect([count, nodes.length]).toEqual([written.size, Math.min(written.size, 1_000)]);
  for (const [file, text] of written) expect(await read(host, ann, { file })).toBe(text);
}, 60_000);

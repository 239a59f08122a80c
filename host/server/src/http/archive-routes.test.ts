import { newId } from '@valfri/core';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestWorkspace,
  fillFolder,
  memoryWorkspace,
  rawRequest,
  storedDocumentsPlugin,
} from '../testing/index.ts';
import type { TestPerson, TestWorkspace } from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';

const run = promisify(execFile);
let host: TestWorkspace;
let ann: TestPerson;
let bo: TestPerson;
let home: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'valfri-archive-'));
  host = await createTestWorkspace({
    workspace: {
      ...memoryWorkspace,
      plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin()],
      instances: [...memoryWorkspace.instances, { id: 'documents', plugin: 'stored-documents' }],
      bindings: [...memoryWorkspace.bindings, { capability: 'documents', instance: 'documents' }],
    },
  });
  [ann, bo] = [await host.person('Ann'), await host.person('Bo')];
  home = (await ann.api.documents.getHome.mutate({})).node.id;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const folder = async (name: string, parent = home) =>
  (await ann.api.documents.createFolder.mutate({ id: newId(), parent, name })).node.id;
const file = async (name: string, bytes: Buffer | string, parent = home) =>
  (await sendFile(host.url, ann, { parent, name, bytes })).id;

const ask = (body: object, as = ann) =>
  rawRequest(`${host.url}/content/archives`, {
    method: 'POST',
    headers: { cookie: as.cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function addressOf(nodes: readonly string[]): Promise<string> {
  const { status, text } = await ask({ nodes });
  expect(status).toBe(200);
  return `${host.url}/content/archives/${JSON.parse(text).id}`;
}

/** Fetches an archive into a file. @throws where the connection breaks. */
async function fetched(nodes: readonly string[]): Promise<string> {
  const path = join(directory, `${newId()}.zip`);
  const request = get(await addressOf(nodes), { headers: { cookie: ann.cookie } });
  const [answer] = await once(request, 'response');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip']);
  await pipeline(answer, createWriteStream(path));
  return path;
}

/** Takes an archive out with a program that is not ours. @returns where */
async function takenOut(path: string): Promise<string> {
  const into = `${path}.d`;
  const script = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
z.extractall(sys.argv[2])`;
  await run('python3', ['-c', script, path, into], { env: { ...process.env, PYTHONUTF8: '1' } });
  return into;
}

test('a folder with all that is in it is one archive, which other programs take out to the byte', async () => {
  const top = await folder('Ärende 2026–114 Överklagan');
  const inner = await folder('Bilagor åäö', top);
  await folder('Tom', top);
  const bytes = randomBytes(3_000_000);
  await file('Yttrande.txt', 'Nämnden tillstyrker.', top);
  await file('C:fil 🙂.bin', bytes, inner);
  await file('tom.txt', '', inner);
  const out = join(await takenOut(await fetched([top])), 'Ärende 2026–114 Överklagan');
  expect(readdirSync(out).toSorted()).toEqual(['Bilagor åäö', 'Tom', 'Yttrande.txt']);
  expect(readFileSync(join(out, 'Yttrande.txt'), 'utf8')).toBe('Nämnden tillstyrker.');
  expect(readFileSync(join(out, 'Bilagor åäö', 'C_fil 🙂.bin')).equals(bytes)).toBe(true);
  expect(statSync(join(out, 'Bilagor åäö', 'tom.txt')).size).toBe(0);
});

test('of several that are called the same each is there', async () => {
  const [a, b] = [await folder('En'), await folder('Två')];
  const nodes = [await file('Samma.txt', 'ett', a), await file('Samma.txt', 'två', b)];
  const out = await takenOut(await fetched(nodes));
  expect(readdirSync(out).toSorted()).toEqual(['Samma (2).txt', 'Samma.txt']);
});

test('a folder of 10,000 files is one archive', async () => {
  const many = await folder('Tiotusen');
  await host.services(({ database }) =>
    fillFolder(database.db as never, 'documents', { folder: many, person: ann.id, count: 10_000 }),
  );
  const path = await fetched([many]);
  const { stdout } = await run('python3', [
    '-c',
    'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))',
    path,
  ]);
  expect(Number(stdout)).toBe(10_001);
}, 60_000);

test('a file that cannot be read breaks the connection, and leaves no archive that looks whole', async () => {
  const broken = await folder('Trasig');
  await file('a.bin', randomBytes(200_000), broken);
  const bytes = randomBytes(200_000);
  await file('b.bin', bytes, broken);
  await file('c.bin', randomBytes(200_000), broken);
  const sha = createHash('sha256').update(bytes).digest('hex');
  const held = readdirSync(host.directory, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith(sha));
  expect(held.length).toBeGreaterThan(0);
  for (const each of held) rmSync(join(host.directory, each));
  await expect(fetched([broken])).rejects.toThrow('aborted');
});

test('who goes away in the midst is not read for any longer', async () => {
  const large = await folder('Stor');
  // Larger than what the connection itself holds, so that it stands still within a file.
  for (let i = 0; i < 2; i++) await file(`${i}.bin`, Buffer.alloc(48 << 20, i), large);
  const open = () =>
    readdirSync('/proc/self/fd')
      .map((fd) => linkOf(fd))
      .filter((path) => path.startsWith(host.directory));
  const before = open();
  const request = get(await addressOf([large]), { headers: { cookie: ann.cookie } });
  const [answer] = await once(request, 'response');
  await once(answer, 'readable');
  // It stands still where nobody reads on, with the file open.
  await expect.poll(() => open().length, { timeout: 10_000 }).toBeGreaterThan(before.length);
  request.destroy();
  await expect.poll(open, { timeout: 10_000 }).toEqual(before);
});

/** What a descriptor of this process is open on. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

test('nobody is given what is not theirs to see, nor the archive of another', async () => {
  const secret = await folder('Hemligt');
  const { status, text } = await ask({ nodes: [secret] }, bo);
  expect([status, JSON.parse(text).code]).toEqual([404, 'NOT_FOUND']);
  const address = await addressOf([secret]);
  for (const [headers, due] of [
    [{ cookie: bo.cookie }, 404],
    [{ cookie: '' }, 401],
    [{ cookie: ann.cookie, 'sec-fetch-site': 'cross-site' }, 403],
  ] as const)
    expect((await rawRequest(address, { headers })).status).toBe(due);
  for (const body of [{}, { nodes: [] }, { nodes: ['x'] }]) expect((await ask(body)).status).toBe(400);
  await ann.api.documents.delete.mutate({ node: secret });
  expect((await rawRequest(address, { headers: { cookie: ann.cookie } })).status).toBe(404);
});

import { createTestDatabase } from '@valfri/sdk/testing';
import { cpSync, copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { startHost } from '../host.ts';
import { createLog } from '../log.ts';
import {
  clientOf,
  createTestWorkspace,
  memoryWorkspace,
  rawRequest,
  signIn,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';
import type { Workspace } from '../workspace.ts';
import { backUp } from './backup.ts';
import { restore } from './restore.ts';
import { freePort } from '@valfri/sdk/postgres';

const workspace: Workspace = {
  name: 'Prov',
  plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin()],
  instances: [{ id: 'documents', plugin: 'stored-documents' }],
  bindings: [{ capability: 'documents', instance: 'documents' }],
};
const progress = () => undefined;

let source: TestWorkspace;
let ann: TestPerson;
let folders: string;
/** Where a client stands that keeps a copy, and the address of a link. */
let [cursor, link] = ['', ''];
const files: { id: string; text: string }[] = [];
beforeAll(async () => {
  folders = mkdtempSync(join(tmpdir(), 'valfri-backup-files-'));
  source = await createTestWorkspace({ workspace });
  ann = await source.person('Ann');
  const { node } = await ann.api.documents.getHome.mutate({});
  for (const text of ['ett', 'två', 'x'.repeat(200_000), ''])
    files.push({
      text,
      ...(await sendFile(source.url, ann, { parent: node.id, name: `${files.length}.txt`, bytes: text })),
    });
  cursor = (await ann.api.documents.listChanges.query({})).next;
  const { url } = await ann.api.links.make.mutate({ node: files[0]!.id, role: 'viewer' });
  link = new URL(url).pathname;
  writeFileSync(join(source.directory, 'instances', 'documents', '.half-written'), 'x');
  const databaseUrl = source.services(({ database }) => database.url);
  const report = await backUp({ data: source.directory, databaseUrl, folder: join(folders, 'b'), progress });
  expect(report.files).toBe(4);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  rmSync(folders, { recursive: true, force: true });
});

const read = (url: string, cookie: string, file: string) =>
  rawRequest(`${url}/content/documents/readFile?input=${JSON.stringify({ file })}`, { headers: { cookie } });

test('what files held is back, byte for byte, and what was not finished is not', async () => {
  await using database = await createTestDatabase();
  const data = mkdtempSync(join(folders, 'data-'));
  copyFileSync(join(source.directory, 'key'), join(data, 'key'));
  const { files: count } = await restore({
    folder: join(folders, 'b'),
    data,
    databaseUrl: database.url,
    workspace,
    progress,
  });
  expect(count).toBe(4);
  expect(readdirSync(join(data, 'instances', 'documents'))).toEqual(['content']);
  const port = await freePort();
  const config = readConfig({ port, data, databaseUrl: database.url, log: 'stdout' }, {});
  const host = await startHost({ workspace, config, log: createLog(() => undefined) });
  try {
    const cookie = await signIn(`http://localhost:${port}`, ann);
    for (const { id, text } of files) expect((await read(`http://localhost:${port}`, cookie, id)).text).toBe(text);
    expect((await rawRequest(`http://localhost:${port}${link}/state`)).status).toBe(200);
    // What came after the backup is not there; a client that keeps a copy has to begin anew.
    const { documents } = clientOf(`http://localhost:${port}`, cookie);
    await expect(documents.listChanges.query({ after: cursor })).rejects.toThrow(/another list/);
    expect((await documents.listChanges.query({})).changed).toHaveLength(5);
  } finally {
    await host.stop();
  }
});

test('a restore that fails leaves no files behind, and one into a folder that has some is refused', async () => {
  await using database = await createTestDatabase();
  const folder = join(folders, 'b');
  const data = mkdtempSync(join(folders, 'data-'));
  copyFileSync(join(source.directory, 'key'), join(data, 'key'));
  const given = { folder, data, databaseUrl: database.url, workspace };
  const unlucky = () => {
    throw new Error('the database went away');
  };
  await expect(restore({ ...given, progress: unlucky })).rejects.toThrow(/went away/);
  expect(readdirSync(data)).not.toContain('instances');
  cpSync(join(source.directory, 'instances'), join(data, 'instances'), { recursive: true });
  await expect(restore({ ...given, progress })).rejects.toThrow(
    /instances is not empty\. Restore into an empty folder/,
  );
  rmSync(join(data, 'instances'), { recursive: true });
  expect((await restore({ ...given, progress })).files).toBe(4);
});

test('a backup whose files are not whole is refused before anything is touched, and others may not read it', async () => {
  const breaks: readonly ((folder: string, path: string) => void)[] = [
    (folder, path) => writeFileSync(join(folder, 'files', path), 'annat'),
    (folder, path) => rmSync(join(folder, 'files', path)),
    (folder) => rmSync(join(folder, 'files.jsonl.gz')),
    (folder) => writeFileSync(join(folder, 'files.jsonl.gz'), 'x'),
  ];
  const root = join(folders, 'b', 'files');
  const path = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((each) =>
    statSync(join(root, each)).isFile(),
  );
  expect(statSync(join(root, path!)).mode & 0o077).toBe(0);
  await using database = await createTestDatabase();
  for (const [i, damage] of breaks.entries()) {
    const folder = join(folders, `broken-${i}`);
    cpSync(join(folders, 'b'), folder, { recursive: true });
    damage(folder, path!);
    const data = join(folders, `data-of-broken-${i}`);
    const work = restore({ folder, data, databaseUrl: database.url, workspace, progress });
    await expect(work).rejects.toThrow(/is missing or damaged\. Nothing was restored/);
    expect(() => readdirSync(data)).toThrow(/ENOENT/);
  }
});

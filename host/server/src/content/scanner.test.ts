import { newId } from '@valfri/core';
import { freePort } from '@valfri/sdk/postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeScanner, MALWARE, startFakeScanner } from '../testing/fake-scanner.ts';
import {
  createTestWorkspace,
  memoryWorkspace,
  rawRequest,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';
import { StreamScanner } from './scanner.ts';

const workspace = {
  ...memoryWorkspace,
  plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin()],
  instances: [...memoryWorkspace.instances, { id: 'documents', plugin: 'stored-documents' }],
  bindings: [...memoryWorkspace.bindings, { capability: 'documents', instance: 'documents' }],
};

let scanner: FakeScanner;
let host: TestWorkspace;
let ann: TestPerson;
let home: string;
beforeAll(async () => {
  scanner = await startFakeScanner();
  host = await createTestWorkspace({ workspace, scanner: scanner.address });
  ann = await host.person('Ann');
  home = (await ann.api.documents.getHome.mutate({})).node.id;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await scanner[Symbol.asyncDispose]();
});
beforeEach(() => (scanner.instead = undefined));

async function send(method: string, path: string, headers: Record<string, string>, body: Buffer | string = '') {
  const given = { method, headers: { cookie: ann.cookie, ...headers }, body };
  const { status, text } = await rawRequest(`${host.url}/content/${path}`, given);
  return { status, ...(text ? (JSON.parse(text) as Record<string, string>) : {}) } as Record<string, unknown>;
}

async function upload(bytes: Buffer | string): Promise<string> {
  const id = newId();
  await send('POST', `uploads/${id}`, { 'upload-length': String(Buffer.byteLength(bytes)) });
  const piece = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  expect((await send('PATCH', `uploads/${id}`, piece, bytes))['status']).toBe(204);
  return id;
}

const finish = (of: string, name: string) => {
  const input = { id: newId(), version: newId(), parent: home, name, mediaType: 'x/x' };
  return send(
    'POST',
    'documents/createFile',
    { 'content-type': 'application/json' },
    JSON.stringify({ upload: of, input }),
  );
};

const names = async () => {
  const { nodes } = await ann.api.documents.list.query({ folder: home });
  return nodes.map(({ name }) => name);
};

test('what is clean passes, and is scanned once however often it is tried', async () => {
  const before = scanner.scanned.length;
  const id = await upload('ren text');
  expect((await finish(id, 'ren.txt'))['status']).toBe(200);
  expect((await finish(await upload('ren text'), 'ren.txt'))['reason']).toBe('NAME_TAKEN');
  expect(scanner.scanned.slice(before)).toEqual([8]);
});

test('malware is refused by name, removed, and noted', async () => {
  const id = await upload(`faktura ${MALWARE}`);
  expect(await finish(id, 'faktura.pdf')).toMatchObject({
    ...{ status: 400, code: 'INVALID', reason: 'MALWARE' },
    message: '“faktura.pdf” holds malware (Valfri.Test) and was not taken in.',
  });
  expect(await send('POST', `uploads/${id}`, { 'upload-length': '1' })).toMatchObject({ status: 201 });
  expect(await names()).not.toContain('faktura.pdf');
  const [entry] = await host.operator.api.system.audit.query({ limit: 1 });
  expect(entry).toMatchObject({
    ...{ actor: ann.id, action: 'content.refused' },
    details: { name: 'faktura.pdf', signature: 'Valfri.Test' },
  });
  expect((await host.operator.api.system.verifyAudit.query()).broken).toBeUndefined();
});

test.each([
  ['hangs up', ''],
  ['fails', 'stream: Can’t allocate memory ERROR'],
  ['says what nobody understands', 'OK'],
])('a scanner that %s lets nothing through; the upload waits and need not be sent again', async (_, said) => {
  scanner.instead = said;
  const id = await upload(`viktigt ${said}`);
  expect(await finish(id, `${said.length}.txt`)).toMatchObject({
    ...{ status: 503, code: 'UNAVAILABLE', reason: 'SCANNER' },
    message: expect.stringMatching(/could not be scanned for malware. Try again/),
  });
  expect(await names()).not.toContain(`${said.length}.txt`);
  scanner.instead = undefined;
  expect((await finish(id, `${said.length}.txt`))['status']).toBe(200);
});

test('what is larger than the scanner takes is refused, and why', async () => {
  scanner.instead = 'INSTREAM size limit exceeded. ERROR';
  expect(await finish(await upload('för stor'), 'stor.bin')).toMatchObject({
    ...{ status: 400, reason: 'TOO_LARGE_TO_SCAN' },
    message: expect.stringMatching(/“stor.bin” is larger than the scanner takes/),
  });
});

test('an answer before all of it was sent is heard; nobody there is an error', async () => {
  await using strict = await startFakeScanner(1_000);
  const piece = Buffer.alloc(1 << 20);
  const read = async function* () {
    for (let i = 0; i < 64; i++) yield piece;
  };
  const content = { size: 64 << 20, sha256: 'a'.repeat(64), read };
  await expect(new StreamScanner(strict.address).scan(content)).rejects.toThrow('size limit exceeded');
  await expect(new StreamScanner(`tcp://127.0.0.1:${await freePort()}`).scan(content)).rejects.toThrow('ECONNREFUSED');
});

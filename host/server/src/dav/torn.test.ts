import { newId } from '@valfri/core';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TestWorkspace } from '../testing/index.ts';
import { createDavWorkspace, type DavPerson } from './testing/dav-workspace.ts';

let workspace: TestWorkspace;
let ann: DavPerson;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
});
afterAll(() => workspace[Symbol.asyncDispose]());

const uploads = () => readdirSync(join(workspace.directory, 'uploads'));
const stream = (method: string, path: string, headers = {}) =>
  request(`${workspace.url}/dav${path}`, { method, headers: { authorization: ann.authorization, ...headers } });

test('a file that is cut off in the middle is nowhere, and what was there before stays', async () => {
  await ann.dav('PUT', '/home/hel.txt', { body: 'hel' });
  for (const path of ['/home/hel.txt', '/home/halv.txt']) {
    const outgoing = stream('PUT', path, { 'content-length': String(8 << 20) });
    outgoing.on('error', () => undefined);
    outgoing.write(randomBytes(1 << 20));
    await vi.waitFor(() => expect(uploads()).toHaveLength(1));
    outgoing.destroy();
    await vi.waitFor(() => expect(uploads()).toHaveLength(0));
  }
  expect((await ann.dav('GET', '/home/hel.txt')).text).toBe('hel');
  expect((await ann.dav('GET', '/home/halv.txt')).status).toBe(404);
});

test('a file of unknown length comes in pieces, as it went out', async () => {
  const pieces = Array.from({ length: 24 }, () => randomBytes(1 << 18));
  const outgoing = stream('PUT', '/home/bitar.bin');
  const status = new Promise((resolve, reject) => {
    outgoing.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
  for (const piece of pieces) outgoing.write(piece);
  outgoing.end();
  expect(await status).toBe(201);
  const { node: home } = await ann.api.documents.getHome.mutate({});
  const { node } = await ann.api.documents.find.query({ folder: home.id, name: 'bitar.bin' });
  expect(node.version!.sha256).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
  expect(uploads()).toEqual([]);
});

test('of two that make the same file at once one makes it, and both are there', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => (await ann.dav('PUT', '/home/samma.txt', { body: `${i}` })).status),
  );
  expect(statuses.toSorted()).toEqual([201, 204, 204, 204, 204, 204]);
  const { node: home } = await ann.api.documents.getHome.mutate({});
  const { node } = await ann.api.documents.find.query({ folder: home.id, name: 'samma.txt' });
  expect((await ann.api.documents.listVersions.query({ file: node.id })).versions).toHaveLength(6);
});

test('of two that only want what is new one is refused, each time', async () => {
  const { headers } = await ann.dav('PUT', '/home/ny.txt', { body: '0' });
  const both = await Promise.all(
    ['a', 'b'].map((body) => ann.dav('PUT', '/home/ny.txt', { body, headers: { 'if-match': headers.etag! } })),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual([204, 412]);
  const fresh = await Promise.all(
    ['a', 'b'].map((body) => ann.dav('PUT', '/home/nyare.txt', { body, headers: { 'if-none-match': '*' } })),
  );
  expect(fresh.map(({ status }) => status).toSorted()).toEqual([201, 412]);
});

test('10,000 files are told of page by page, with little in memory', { timeout: 120_000 }, async () => {
  await ann.dav('MKCOL', '/home/stor');
  const { node: home } = await ann.api.documents.getHome.mutate({});
  const { node } = await ann.api.documents.find.query({ folder: home.id, name: 'stor' });
  // As many folders as files would be, put where the provider has them.
  const { Client } = await import('pg');
  const client = new Client({ connectionString: workspace.services(({ database }) => database.url) });
  await client.connect();
  const ids = Array.from({ length: 10_000 }, () => newId());
  await client.query(
    `INSERT INTO plugin_documents.nodes (id, kind, parent, name, organisation, created_at, created_by, placed)
     SELECT i, 'folder', $2, 'En mapp med ett långt namn ' || n, $3, 0, $4, true
     FROM unnest($1::uuid[]) WITH ORDINALITY AS made (i, n)`,
    [ids, node.id, workspace.services(({ organisation }) => organisation), ann.id],
  );
  await client.end();
  const outgoing = stream('PROPFIND', '/home/stor/', { depth: '1' });
  let [count, bytes, most] = [0, 0, 0];
  const before = process.memoryUsage().rss;
  await new Promise<void>((resolve, reject) => {
    outgoing.on('error', reject).on('response', (answer) => {
      let tail = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        const whole = tail + text;
        count += whole.split('</D:response>').length - 1;
        tail = whole.slice(-12);
        bytes += text.length;
        most = Math.max(most, process.memoryUsage().rss - before);
      });
      answer.on('end', resolve);
    });
    outgoing.end();
  });
  expect(count).toBe(10_001);
  expect(bytes).toBeGreaterThan(4 << 20);
  expect(most).toBeLessThan(150 << 20);
});

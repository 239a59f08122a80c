import { type Content, documents, newId } from '@valfri/sdk';
import { contentOf, documentsSuite, rejection, textOf } from '@valfri/sdk/conformance';
import { freePort } from '@valfri/sdk/postgres';
import { createTestHost, type TestHost } from '@valfri/sdk/testing';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { requirePeers } from '../../../scripts/peers/python.ts';
import { startSwift } from '../../../scripts/peers/swift.ts';
import { documentsLocal } from '../src/index.ts';
import { openContents } from '../src/server/content-store.ts';
import { abandonAll } from '../src/server/s3/multipart.ts';
import { S3Client } from '../src/server/s3/s3-client.ts';
import { s3PlaceOf, type Settings } from '../src/server/settings.ts';

const swift = await requirePeers(startSwift());
afterAll(() => swift?.stop());
const unused = await freePort();

/** Settings with a prefix that nobody else has. */
const settingsFor = (given: Partial<Settings> = {}): Settings => ({
  s3Endpoint: swift!.endpoint,
  s3Region: swift!.region,
  s3Bucket: 'valfri',
  s3Prefix: `${randomUUID()}/`,
  s3AccessKey: swift!.accessKey,
  s3SecretKey: swift!.secretKey,
  ...given,
});
const clientOf = (settings: Settings) => new S3Client(s3PlaceOf(settings, 'subject')!, (url, init) => fetch(url, init));
if (swift) await clientOf(settingsFor()).ask({ method: 'PUT' });

const hostWith = (settings: Settings): Promise<TestHost<typeof documents>> =>
  createTestHost({ capability: documents, plugin: documentsLocal, settings: { ...settings } });

/** The content store of an instance that is started again and again on the same folder. */
function anInstance() {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-s3-'));
  const state = { empty: true };
  return {
    state,
    open: (settings: Settings) =>
      openContents(
        {
          directory,
          settings,
          instance: 'subject',
          fetch: (url: string, init: RequestInit) => fetch(url, init),
        } as never,
        async () => state.empty,
      ),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

/** How many objects there are under a prefix, the mark left out. */
async function objectsUnder(settings: Settings): Promise<number> {
  const prefix = settings.s3Prefix!;
  const answer = await clientOf(settings).ask({ method: 'GET', query: { 'list-type': '2', prefix } });
  return [...(await answer.text()).matchAll(/<Key>/g)].length - 1;
}

/** Bytes that are made as they are read. */
function generated(size: number, { breaksAt = Infinity } = {}): Content {
  const blocks = Array.from({ length: 16 }, (_, i) => Buffer.alloc(1 << 20, `valfri ${i} `));
  const read = async function* ({ start = 0, end = size } = { start: 0 }) {
    for (let at = start; at < end;) {
      if (at >= breaksAt) throw new Error('the line is dead');
      const within = at % (1 << 20);
      const piece = blocks[(at >> 20) % 16]!.subarray(within, within + end - at);
      at += piece.length;
      yield piece;
    }
  };
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += 1 << 20) hash.update(blocks[(at >> 20) % 16]!.subarray(0, size - at));
  return { size, sha256: hash.digest('hex'), read };
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of content) hash.update(piece);
  return hash.digest('hex');
}

describe.skipIf(!swift)('content in an S3 store', () => {
  documentsSuite(
    {
      name: 'documents-local on S3',
      features: ['versions', 'trash', 'shares', 'search', 'tags', 'changes', 'locks'],
      create: () => hostWith(settingsFor()),
    },
    { describe, test },
  );

  test('the store holds every request to its signature: a wrong secret opens nothing, and the operator reads why', async () => {
    await using host = await hostWith(settingsFor({ s3SecretKey: 'not-it' }));
    const person = newId();
    const files = host.as(person);
    const { node } = await files.getHome({});
    const input = { id: newId(), version: newId(), parent: node.id, name: 'a.txt', mediaType: 'text/plain' };
    const error = await rejection(files.createFile(input, { content: contentOf('hej') }));
    expect([error.code, error.message]).toEqual([
      'UNAVAILABLE',
      expect.stringMatching(/store that keeps the files refuses/),
    ]);
    expect(await host.provider.health!()).toEqual({
      ok: false,
      message: expect.stringMatching(/The access key and the secret key do not belong together.*SignatureDoesNotMatch/),
    });
  });

  test.each<[Partial<Settings>, RegExp]>([
    [{ s3AccessKey: 'nobody:nobody' }, /access key/],
    [{ s3Bucket: 'no-such-bucket' }, /There is no bucket "no-such-bucket"/],
    [{ s3Region: 'us-west-2' }, /The region is not the one of the bucket/],
    [{ s3Endpoint: `http://127.0.0.1:${unused}` }, /does not answer \(.*ECONNREFUSED/],
  ])('what is wrong in the settings is said: %j', async (given, message) => {
    await using host = await hostWith(settingsFor(given));
    expect((await host.provider.health!()).message).toMatch(message);
  });

  test('a store that goes away is said; nothing is lost, and it goes on when it is back', async () => {
    const settings = settingsFor();
    await using host = await hostWith(settings);
    const files = host.as(newId());
    const { node: home } = await files.getHome({});
    const put = (name: string, id = newId()) =>
      files.createFile(
        { id, version: newId(), parent: home.id, name, mediaType: 'text/plain' },
        { content: contentOf(name) },
      );
    const { node } = await put('före.txt');
    await swift!.kill();
    const error = await rejection(put('under.txt'));
    expect([error.code, error.message]).toEqual([
      'UNAVAILABLE',
      expect.stringMatching(/does not answer. Nothing is lost/),
    ]);
    expect((await rejection(textOf({ files }, node.id))).code).toBe('UNAVAILABLE');
    expect((await host.provider.health!()).ok).toBe(false);
    // Names and folders are read without it, and what is deleted is deleted.
    expect((await files.list({ folder: home.id })).nodes.map(({ name }) => name)).toEqual(['före.txt']);
    await files.delete({ node: node.id });
    await files.erase({ node: node.id });
    await swift!.restart();
    expect(await host.provider.health!()).toEqual({ ok: true });
    const later = await put('efter.txt');
    expect(await textOf({ files }, later.node.id)).toBe('efter.txt');
    expect(await objectsUnder(settings)).toBe(2);
    await files.delete({ node: later.node.id });
    await files.erase({ node: later.node.id });
    expect(await objectsUnder(settings)).toBe(0);
  });

  test('what is large goes in parts, is read in ranges, and is not there before all of it is', async () => {
    using instance = anInstance();
    const settings = settingsFor();
    const { store } = await instance.open(settings);
    const content = generated(70_000_001);
    await rejection(store.keep({ ...content, read: generated(content.size, { breaksAt: 40 << 20 }).read }));
    await rejection(store.keep({ ...content, sha256: 'a'.repeat(64) }));
    expect(await store.has([content.sha256, 'a'.repeat(64)])).toEqual(new Set());
    const unfinished = async () =>
      (
        await (
          await clientOf(settings).ask({ method: 'GET', query: { uploads: '', prefix: settings.s3Prefix! } })
        ).text()
      ).match(/<UploadId>/g)?.length ?? 0;
    expect(await unfinished()).toBe(0);
    await store.keep(content);
    const there = await store.open(content.sha256);
    expect([there.size, await hashOf(there.read())]).toEqual([content.size, content.sha256]);
    const range = { start: 8_388_600, end: 8_388_620 };
    expect(await hashOf(there.read(range))).toBe(await hashOf(content.read(range)));
    await clientOf(settings).ask({ method: 'POST', key: 'b'.repeat(64), query: { uploads: '' } });
    expect(await unfinished()).toBe(1);
    await abandonAll(clientOf(settings));
    expect(await unfinished()).toBe(0);
  });

  test('a store that is killed in the midst of a large object: said, and whole when it is sent again', async () => {
    using instance = anInstance();
    const { store } = await instance.open(settingsFor());
    const content = generated(200 << 20);
    const read: Content['read'] = async function* (range) {
      let sent = 0;
      for await (const piece of content.read(range)) {
        if ((sent += piece.length) === 100 << 20) await swift!.kill();
        yield piece;
      }
    };
    expect((await rejection(store.keep({ ...content, read }))).code).toBe('UNAVAILABLE');
    await swift!.restart();
    expect(await store.has([content.sha256])).toEqual(new Set());
    await store.keep(content);
    const there = await store.open(content.sha256);
    let [received, again]: [number, Promise<void> | undefined] = [0, undefined];
    const hash = createHash('sha256');
    for await (const piece of there.read()) {
      hash.update(piece);
      received += piece.length;
      if (received > 50 << 20 && !again) again = swift!.kill().then(() => swift!.restart());
    }
    await again;
    expect(hash.digest('hex')).toBe(content.sha256);
  });

  test('a gibibyte goes in and out of little memory', async () => {
    const harness = new URL('harness/stream-s3.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [harness, JSON.stringify(settingsFor())]);
    const { whole, grewMegabytes } = JSON.parse(stdout) as { whole: boolean; grewMegabytes: number };
    expect(whole).toBe(true);
    expect(grewMegabytes).toBeLessThan(130);
  });
});

describe.skipIf(!swift)('settings that change', () => {
  test('lead nowhere else than to where the content is', async () => {
    using instance = anInstance();
    using other = anInstance();
    const settings = settingsFor();
    const content = contentOf('hej');
    await (await instance.open(settings)).store.keep(content);
    instance.state.empty = false;
    const elsewhere = await instance.open(settingsFor());
    expect((await rejection(elsewhere.store.keep(content))).message).toMatch(/is not in the bucket "valfri"/);
    expect((await elsewhere.health()).ok).toBe(false);
    expect((await rejection(instance.open({}))).message).toMatch(/is in an S3 store, and its settings name none/);
    expect((await rejection(instance.open({ s3Bucket: 'valfri' }))).message).toMatch(
      /s3Endpoint, s3AccessKey, s3SecretKey missing/,
    );
    // Two that remove what they do not know in one place would lose what the other has.
    const intruder = await other.open(settings);
    expect((await rejection(intruder.store.keep(content))).message).toMatch(/is another instance’s/);
    expect((await rejection(intruder.store.drop([content.sha256], async () => false))).code).toBe('UNAVAILABLE');
    const again = await instance.open({
      ...settings,
      s3Endpoint: settings.s3Endpoint!.replace('127.0.0.1', 'localhost'),
    });
    expect(await again.health()).toEqual({ ok: true });
    expect((await again.store.open(content.sha256)).size).toBe(3);
  });

  test('from the disk to a store: what is on the disk is read there, and what comes goes to the store', async () => {
    using instance = anInstance();
    const [old, fresh] = [contentOf('på disken'), contentOf('i lagret')];
    await (await instance.open({})).store.keep(old);
    instance.state.empty = false;
    const settings = settingsFor();
    const { store } = await instance.open(settings);
    await store.keep(fresh);
    expect(await store.has([old.sha256, fresh.sha256])).toEqual(new Set([old.sha256, fresh.sha256]));
    for (const content of [old, fresh])
      expect(await hashOf((await store.open(content.sha256)).read())).toBe(content.sha256);
    expect(await objectsUnder(settings)).toBe(1);
    await store.drop([old.sha256, fresh.sha256], async () => false);
    expect(await store.has([old.sha256, fresh.sha256])).toEqual(new Set());
  });
});

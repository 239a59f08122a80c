import { newId } from '@valfri/sdk';
import { type AppClient, arrive, sendFile, type TestPerson } from '@valfri/server/testing';
import type { Kysely } from 'kysely';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedWebdav } from '../../../../scripts/peers/webdav-slot.ts';
import { swapState } from './chat-client.ts';
import { KillableHost } from './killable-host.ts';
import { fillWithFiles } from './many-files.ts';
import { placedBytes, storedBytes } from './stored-bytes.ts';

/** The large one is VALFRI_SWAP_FILES=10000 VALFRI_SWAP_SIZE=40000: 2 GB in five versions of each file. */
const FILES = Number(process.env['VALFRI_SWAP_FILES'] ?? 200);
const SIZE = Number(process.env['VALFRI_SWAP_SIZE'] ?? 4_000);
const VERSIONS = 5;
/** In milliseconds: a part of a minute, and for each file what a slow machine takes. */
const LONGEST = 120_000 + FILES * 400;
const FOLDER = `swap-${process.pid}`;
/** The page at which the host is killed: one in the middle. */
const PAGE = FILES < 2_000 ? 1 : Math.ceil(FILES / 600);
const PATIENT = { longestRound: 10_000, fenceTimeout: 30_000 };

let host: KillableHost;
let api: AppClient;
let anna: TestPerson;
let home: string;
let writing: Promise<void>;
let over = false;
/** What Anna was answered was kept, by file. */
const written = new Map<string, string>();

beforeAll(async () => {
  if (!sharedWebdav) return;
  host = await KillableHost.start(PATIENT);
  api = host.operator.api;
  anna = await person('Anna');
  const bo = await person('Bo');
  home = (await anna.api.documents.getHome.mutate({})).node.id;
  await host.kill();
  const many = { files: FILES, versions: VERSIONS, size: SIZE, person: anna.id, other: bo.id, home };
  await timed(`${FILES} files, ${VERSIONS} versions of ${SIZE} bytes, are made`, () =>
    fillWithFiles(host.database.db as unknown as Kysely<never>, host.directory, many),
  );
  await host.restart();
  writing = keepWriting();
}, LONGEST);

afterAll(async () => {
  over = true;
  await writing;
  await host?.[Symbol.asyncDispose]();
});

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return result;
}

async function person(name: string): Promise<TestPerson> {
  const email = `${name.toLowerCase()}@example.org`;
  const { link } = await api.people.add.mutate({ name, email });
  return arrive(host.url, link, { name, email });
}

/** Writes one file after another; what is not answered is sent again, as the shell does. */
async function keepWriting(): Promise<void> {
  for (let i = 0; !over; i++) {
    const [ids, bytes] = [{ id: newId(), version: newId() }, `fil ${i}`];
    while (!over) {
      const sent = await sendFile(host.url, anna, { parent: home, name: `${i}.txt`, bytes, ids }).catch(
        () => undefined,
      );
      if (sent) written.set(sent.id, bytes);
      if (sent) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Moves documents, has the host killed in the middle, and waits until the other provider serves alone. */
async function move(to: string, ...kills: readonly { at: string; count: number }[]): Promise<void> {
  const { id } = await api.swaps.plan.mutate({ capability: 'documents', to });
  let begun = false;
  for (const { at, count } of kills) {
    await host.order({ at, count, afterMs: 0 });
    if (!begun) await api.swaps.begin.mutate({ id }).catch(() => undefined);
    begun = true;
    await host.died();
    await host.restart();
  }
  const state = async () => {
    const now = await swapState(api, id);
    return now === 'stopped' ? `stopped: ${JSON.stringify((await api.swaps.get.query({ id })).failure)}` : now;
  };
  await expect.poll(state, { timeout: LONGEST, interval: 200 }).toMatch(/observing|stopped/);
  expect(await state()).toBe('observing');
  const { verification, pauseMs, progress } = await api.swaps.get.query({ id });
  expect(verification!.filter(({ equal }) => !equal)).toEqual([]);
  console.log(`pause ${pauseMs} ms, moved ${JSON.stringify(progress.moved)}, written meanwhile ${written.size}`);
  await api.swaps.ask.mutate({ id, wish: 'retire' });
  await expect.poll(() => swapState(api, id), { timeout: LONGEST }).toBe('retired');
}

const NOTHING_WRONG = { lost: [], changed: [] };

/** How many there are in the tree of what Anna was told is kept, by their ids; asked for one by one. */
async function found(): Promise<number> {
  let count = 0;
  for (const id of written.keys()) if ((await anna.api.documents.get.query({ node: id })).node.id === id) count += 1;
  return count;
}

describe.skipIf(!sharedWebdav)(
  'documents move to a WebDAV server and back, while people write and hosts are killed',
  () => {
    test(
      'there: every version has its bytes, and lies where people see it',
      async () => {
        const { url, username, password, files } = sharedWebdav!;
        const settings = { url: `${url}/${FOLDER}`, username, password, pollSeconds: 60 };
        await api.functions.addInstance.mutate({ id: 'webdav', plugin: 'documents-webdav', title: 'WebDAV', settings });
        await timed('there', () =>
          move('webdav', { at: 'copying.page', count: PAGE }, { at: 'catchingUp.page', count: 1 }),
        );
        over = true;
        await writing;
        const db = host.database.db as unknown as Kysely<never>;
        const root = join(files, FOLDER);
        const shelf = (sha256: string) => join(root, '.valfri/content', sha256.slice(0, 2), sha256);
        const stored = await storedBytes(db, 'webdav', shelf);
        expect(stored).toMatchObject(NOTHING_WRONG);
        expect(stored.versions).toBe(FILES * VERSIONS + written.size);
        await expect.poll(async () => (await placedBytes(db, 'webdav', root)).wrong, { timeout: 60_000 }).toEqual([]);
        expect(await found()).toBe(written.size);
        over = false;
        writing = keepWriting();
      },
      LONGEST,
    );

    test(
      'and back: the same',
      async () => {
        await api.functions.addInstance.mutate({ id: 'documents-back', plugin: 'documents-local', title: 'Åter' });
        await timed('back', () => move('documents-back', { at: 'copying.page', count: PAGE }));
        over = true;
        await writing;
        const root = join(host.directory, 'instances', 'documents-back', 'content');
        const shelf = (sha256: string) => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
        const stored = await storedBytes(host.database.db as unknown as Kysely<never>, 'documents-back', shelf);
        expect(stored).toMatchObject(NOTHING_WRONG);
        expect(stored.versions).toBe(FILES * VERSIONS + written.size);
        expect(await found()).toBe(written.size);
      },
      LONGEST,
    );
  },
);

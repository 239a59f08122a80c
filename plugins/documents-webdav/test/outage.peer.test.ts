import { newId } from '@valfri/sdk';
import { rejection, until } from '@valfri/sdk/conformance';
import { sql } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Apache, startApache } from '../../../scripts/peers/apache.ts';
import { aFile, aFolder, aSave, namesIn, someone, textOf } from './harness/actors.ts';
import { createWebdavHost, sharedWebdav } from './harness/webdav-host.ts';

let apache: Apache;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'valfri-apache-'));
  if (sharedWebdav) apache = await startApache({ directory });
});
afterAll(async () => {
  await apache?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!sharedWebdav)('a server that is down', () => {
  test('is said to be, refuses writes before anything happened, and leaves the names of files to be read', async () => {
    await using host = await createWebdavHost(apache, 'down');
    const ann = await someone(host);
    const file = await aFile(ann, 'a.txt', { text: 'ett' });
    await apache.kill();
    try {
      const health = await host.provider.health!();
      expect([health.ok, health.message]).toEqual([false, expect.stringContaining('does not answer')]);
      for (const write of [
        () => aFile(ann, 'b.txt'),
        () => aSave(ann, file.id, 'två'),
        () => aFolder(ann, 'Mapp'),
        () => ann.files.move({ node: file.id, name: 'c.txt' }),
        () => ann.files.delete({ node: file.id }),
        () => textOf(ann, file.id),
      ])
        expect((await rejection(write())).code).toBe('UNAVAILABLE');
      expect(await namesIn(ann, ann.home.id)).toEqual(['a.txt']);
      expect((await ann.files.listVersions({ file: file.id })).versions.length).toBe(1);
    } finally {
      await apache.restart();
    }
    await until('it answers', async () => (await host.provider.health!()).ok);
    expect(await textOf(ann, file.id)).toBe('ett');
    await aSave(ann, file.id, 'två');
    expect(await textOf(ann, file.id)).toBe('två');
  });

  test('in the midst of writing: what was answered is there, whole, and nothing is there half', async () => {
    await using host = await createWebdavHost(apache, 'midst');
    const ann = await someone(host);
    const [home] = await host.foreign.names('');
    const text = (i: number) => `${i} `.repeat(50_000);
    const answered = new Map<string, string>();
    let over = false;
    const writer = async (who: number) => {
      for (let i = 0; !over; i++) {
        const name = `${who}-${i}.txt`;
        await aFile(ann, name, { text: text(i) }).then(
          ({ id }) => answered.set(id, text(i)),
          () => undefined,
        );
      }
    };
    const writing = Promise.all([writer(1), writer(2)]);
    await until('some are written', async () => answered.size > 3);
    await apache.kill();
    await apache.restart();
    const before = answered.size;
    await until('some more are written', async () => answered.size > before + 3);
    over = true;
    await writing;
    for (const [id, held] of answered) expect(await textOf(ann, id)).toBe(held);
    // What was not answered is there as a whole, or not at all.
    await host.provider.portability!.freeze!(true);
    const { nodes } = await ann.files.list({ folder: ann.home.id, limit: 1_000 });
    for (const { id, name } of nodes) expect(await textOf(ann, id)).toBe(text(Number(/-(\d+)\./.exec(name)![1])));
    await until('the server has the same', async () => (await host.foreign.names(home!)).length === nodes.length);
    for (const { name } of nodes)
      expect(await host.foreign.read(`${home}/${name}`)).toBe(text(Number(/-(\d+)\./.exec(name)![1])));
  });
});

describe.skipIf(!sharedWebdav)('a host that was killed', () => {
  /** What a crash leaves at each point, made by hand: then everything is brought together as at a start. */
  test('finds out what was done on the server already, and does the rest', async () => {
    await using host = await createWebdavHost(apache, 'killed');
    const { db } = host.database;
    const ann = await someone(host);
    const [home] = await host.foreign.names('');
    const table = sql.id('plugin_subject', 'placements');
    const [done, undone, moved, saved] = [
      await aFile(ann, 'gjord.txt', { text: 'gjord' }),
      await aFile(ann, 'ogjord.txt', { text: 'ogjord' }),
      await aFile(ann, 'flyttad.txt', { text: 'flyttad' }),
      await aFile(ann, 'sparad.txt', { text: 'ett' }),
    ];
    const { version } = await aSave(ann, saved.id, 'två');
    const settled = async () => {
      // Taking in again what is there brings the server to what the mirror says, as a start does.
      const nodes = [done, undone, moved, saved].map(({ id }) => id);
      await host.provider.portability!.ingest(await host.provider.portability!.read('place', nodes));
    };
    // Placed, and not yet written down.
    await sql`UPDATE ${table} SET version = NULL, etag = NULL WHERE node = ${done.id}`.execute(db);
    // Committed in the mirror, and neither placed nor written down.
    await host.foreign.remove(`${home}/ogjord.txt`);
    await sql`DELETE FROM ${table} WHERE node = ${undone.id}`.execute(db);
    // Moved on the server, and not yet written down.
    await sql`UPDATE ${table} SET name = 'förr.txt', segment = 'förr.txt' WHERE node = ${moved.id}`.execute(db);
    // Replaced on the server, and not yet written down.
    const [before] = (await ann.files.listVersions({ file: saved.id })).versions.slice(1);
    await sql`UPDATE ${table} SET version = ${before!.id}, etag = '"x"' WHERE node = ${saved.id}`.execute(db);
    await settled();
    expect(await host.foreign.names(home!)).toEqual(['flyttad.txt', 'gjord.txt', 'ogjord.txt', 'sparad.txt']);
    expect(await namesIn(ann, ann.home.id)).toEqual(['flyttad.txt', 'gjord.txt', 'ogjord.txt', 'sparad.txt']);
    expect(await host.foreign.read(`${home}/sparad.txt`)).toBe('två');
    expect((await ann.files.get({ node: saved.id })).node.version!.id).toBe(version!.id);
    const { rows } = await sql<{ version: string }>`SELECT version FROM ${table} WHERE node = ${saved.id}`.execute(db);
    expect(rows[0]!.version).toBe(version!.id);
    expect((await ann.files.listTrash({})).items).toEqual([]);
    await ann.files.createFolder({ id: newId(), parent: ann.home.id, name: 'sist' });
  });
});

import assert from 'node:assert/strict';
import { newId, typesOwnedBy } from '@valfri/core';
import { documents } from '../../capabilities/documents.ts';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import { digestOf } from '../../server/digest-of.ts';
import { copy, digests, everything, handedOut, living } from '../portable.ts';
import { type ContractCase, rejection } from '../suite.ts';
import { type Actor, aFile, aFolder, aSave, type DocumentsSubject, namesIn, someone, textOf } from './subject.ts';

/** A home in which everything has happened that the provider can. */
async function aLivelyHome(subject: DocumentsSubject): Promise<{ ann: Actor; bo: Actor; kept: DocumentNode }> {
  const [ann, bo] = [await someone(subject), await someone(subject)];
  const has = (feature: string) => feature in subject.provider.features;
  const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
  const kept = await aFile(ann, 'protokoll.txt', { parent: a.id, text: 'ett' });
  for (const text of ['två', 'tre']) await aSave(ann, kept.id, text);
  const [gone, lost] = [await aFolder(ann, 'borta', b.id), await aFile(ann, 'kastad.txt', { parent: b.id })];
  await aSave(ann, lost.id, 'kastad igen');
  await aFile(ann, 'i borta.txt', { parent: gone.id });
  if (has('shares')) {
    await ann.files.give({ node: a.id, person: bo.id, role: 'editor' });
    await ann.files.give({ node: lost.id, person: bo.id, role: 'viewer' });
    await ann.files.give({ node: kept.id, group: newId(), role: 'commenter' });
    await ann.files.give({ node: kept.id, person: bo.id, role: 'viewer' });
    await ann.files.take({ node: kept.id, person: bo.id });
  }
  for (const { id } of [gone, lost]) await ann.files.delete({ node: id });
  // What was made first comes to be in what was made last.
  await ann.files.move({ node: a.id, parent: (await aFolder(ann, 'sist')).id });
  await ann.files.copy({ id: newId(), node: kept.id, parent: b.id });
  if (has('locks')) await lockSome(ann);
  return { ann, bo, kept };
}

/** Two locks on one file, and one that has come and gone. */
async function lockSome(ann: Actor): Promise<void> {
  const { id: node } = await aFile(ann, 'låst.txt');
  for (const token of ['opaquelocktoken:a/b', '{"S":"a b"}', 'gone'])
    await ann.files.lock({ node, token, exclusive: false, note: 'Anns dator' });
  await ann.files.unlock({ node, token: 'gone' });
}

/** A file, and all records that the provider hands out of it. */
async function aFileHandedOut(subject: DocumentsSubject) {
  const ann = await someone(subject);
  const { id } = await aFile(ann, 'a.txt');
  return { id, ann, records: await handedOut(subject.provider.portability!, 100) };
}

const typesOf = (subject: DocumentsSubject) => typesOwnedBy(documents, 'provider', subject.provider.features);

/** Leaving and coming back with everything. */
export function portabilityCases(
  create: () => Promise<DocumentsSubject & AsyncDisposable>,
): readonly ContractCase<DocumentsSubject>[] {
  return [
    {
      name: 'from one instance to another of its kind, nothing is lost and nothing announced',
      async run(subject) {
        const { ann, kept } = await aLivelyHome(subject);
        for (const limit of [2, 500]) {
          await using other = await create();
          const [from, to] = [subject.provider.portability!, other.provider.portability!];
          await copy(from, to, { limit });
          const types = typesOf(subject);
          assert.deepEqual(await digests(to, types), await digests(from, types));
          assert.deepEqual(living(await everything(to, 1_000)), living(await everything(from, 1_000)));
          assert.deepEqual(await other.announced(), []);
          const there = { ...ann, files: other.as(ann.id) };
          assert.equal(await textOf(there, kept.id), 'tre');
          assert.deepEqual(
            await there.files.list({ folder: ann.home.id }),
            await ann.files.list({ folder: ann.home.id }),
          );
          await aSave(there, kept.id, 'fyra');
        }
      },
    },
    {
      name: 'what was held before, what is in the trash and who was given what come along',
      feature: ['versions', 'trash', 'shares'],
      async run(subject) {
        const { ann, bo, kept } = await aLivelyHome(subject);
        await using other = await create();
        await copy(subject.provider.portability!, other.provider.portability!);
        const [there, bobs] = [
          { ...ann, files: other.as(ann.id) },
          { ...bo, files: other.as(bo.id) },
        ];
        const { versions } = await there.files.listVersions({ file: kept.id });
        assert.deepEqual(await Promise.all(versions.map(({ id: version }) => textOf(there, kept.id, { version }))), [
          'tre',
          'två',
          'ett',
        ]);
        assert.equal(await textOf(bobs, kept.id), 'tre');
        const { items } = await there.files.listTrash({});
        assert.deepEqual(items, (await ann.files.listTrash({})).items);
        const file = items.find(({ kind }) => kind === 'file');
        await there.files.restore({ node: file!.id });
        assert.equal(await textOf(bobs, file!.id), 'kastad igen');
        assert.equal((await there.files.listVersions({ file: file!.id })).versions.length, 2);
      },
    },
    {
      name: 'what is locked is locked for those who come along, and its token opens it there',
      feature: 'locks',
      async run(subject) {
        const { ann } = await aLivelyHome(subject);
        await using other = await create();
        await copy(subject.provider.portability!, other.provider.portability!);
        const there = { ...ann, files: other.as(ann.id) };
        const { node } = await ann.files.find({ folder: ann.home.id, name: 'låst.txt' });
        const { locks } = await there.files.listLocks({ node: node.id });
        assert.deepEqual(locks, (await ann.files.listLocks({ node: node.id })).locks);
        assert.equal(locks.length, 2);
        assert.equal((await rejection(aSave(there, node.id, 'x'))).reason, 'LOCKED');
        await there.files.move({ node: node.id, name: 'x', locks: [locks[1]!.token] });
      },
    },
    {
      name: 'what happens after it has been handed over follows, until both are the same again',
      async run(subject) {
        const { ann, kept } = await aLivelyHome(subject);
        await using other = await create();
        const [from, to] = [subject.provider.portability!, other.provider.portability!];
        await copy(from, to);
        const after = await from.head();
        const [one, two] = [await aFile(ann, '1'), await aFile(ann, '2')];
        await ann.files.move({ node: one.id, name: 'x' });
        await ann.files.move({ node: two.id, name: '1' });
        await ann.files.move({ node: one.id, name: '2' });
        await aSave(ann, kept.id, 'nytt');
        await ann.files.delete({ node: kept.id });
        if ('locks' in subject.provider.features) await lockSome({ ...ann, home: await aFolder(ann, 'ny') });
        if ('trash' in subject.provider.features) {
          for (const { id } of (await ann.files.listTrash({})).items.filter(({ name }) => name === 'kastad.txt'))
            await ann.files.restore({ node: id });
          for (const { id } of (await ann.files.listTrash({})).items) await ann.files.erase({ node: id });
        }
        await copy(from, to, { limit: 3, after, mayWait: true });
        assert.deepEqual(await digests(to, typesOf(subject)), await digests(from, typesOf(subject)));
      },
    },
    {
      name: 'any page size hands out the same, and a digest is that of what is stored',
      async run(subject) {
        await aLivelyHome(subject);
        const from = subject.provider.portability!;
        const whole = await everything(from, 1_000);
        for (const limit of [1, 3, 7]) assert.deepEqual(await everything(from, limit), whole);
        for (const type of typesOf(subject)) {
          const records = living(whole).filter((record) => record.type === type);
          assert.deepEqual(await from.digest(type), digestOf(records), type);
          assert.deepEqual(await from.digest(type, { recompute: true }), digestOf(records), type);
          const read = await from.read(type, [...records.map(({ key }) => key), newId()]);
          assert.deepEqual(
            [...read].sort((a, b) => (a.key < b.key ? -1 : 1)),
            records,
            type,
          );
        }
      },
    },
    {
      name: 'taking in twice is taking in once; a trial stores nothing',
      async run(subject) {
        await aLivelyHome(subject);
        await using other = await create();
        const [from, to] = [subject.provider.portability!, other.provider.portability!];
        const records = await handedOut(from, 1_000);
        const options = { contentOf: (sha256: string) => from.content!(sha256) };
        assert.deepEqual((await to.ingest(records, { ...options, dryRun: true })).rejected, []);
        assert.deepEqual((await to.changes({ limit: 10 })).records, []);
        for (let i = 0; i < 2; i++) {
          assert.deepEqual((await to.ingest(records, options)).rejected, []);
          assert.deepEqual(await digests(to, typesOf(subject)), await digests(from, typesOf(subject)));
        }
      },
    },
    {
      name: 'what comes before what it belongs to is sent back; without its content it is refused',
      async run(subject) {
        const { id, ann, records } = await aFileHandedOut(subject);
        const from = subject.provider.portability!;
        await using other = await create();
        const to = other.provider.portability!;
        const place = records.filter(({ type, key }) => type === 'place' && key === id);
        assert.deepEqual(
          (await to.ingest(place)).rejected.map(({ key, reason }) => [key, reason]),
          [[id, 'PARENT_MISSING']],
        );
        const nothing = async () => rejection(from.content!('0'.repeat(64))).then((error) => Promise.reject(error));
        for (const options of [{}, { contentOf: nothing }]) {
          const { rejected } = await to.ingest(
            records.filter(({ type }) => type === 'file'),
            options,
          );
          assert.deepEqual(
            rejected.map(({ key, reason }) => [key, reason]),
            [[id, 'INVALID']],
          );
        }
        await to.ingest(records, { contentOf: (sha256) => from.content!(sha256) });
        assert.deepEqual(await namesIn({ files: other.as(ann.id) }, ann.home.id), ['a.txt']);
      },
    },
    {
      name: 'a record under a key that is not that of its value, or whose ids are none, is refused for good',
      async run(subject) {
        const { id, records } = await aFileHandedOut(subject);
        await using other = await create();
        const place = records.find(({ type, key }) => type === 'place' && key === id)!;
        const wrong = [
          { ...place, key: newId() },
          { ...place, key: 'x', value: { ...place.value, node: 'x' } },
          { ...place, value: { ...place.value, name: 7 } },
        ];
        for (const record of wrong) {
          const { rejected } = await other.provider.portability!.ingest([record]);
          assert.deepEqual(
            rejected.map(({ key, reason }) => [key, reason]),
            [[record.key, 'INVALID']],
          );
        }
      },
    },
    {
      name: 'whoever reads on while others write misses nothing',
      async run(subject) {
        const ann = await someone(subject);
        const source = subject.provider.portability!;
        const seen = new Set<string>();
        let after: string | undefined;
        let writing = true;
        const read = async () => {
          const page = await source.changes({ after, limit: 5 });
          for (const { type, key } of page.records) if (type === 'file') seen.add(key);
          after = page.next;
          return page.caughtUp;
        };
        const reader = (async () => {
          while (writing) await Promise.all([read(), new Promise((resolve) => setImmediate(resolve))]);
          while (!(await read()));
        })();
        const write = async (who: number) => {
          const ids: string[] = [];
          for (let i = 0; i < 15; i++) ids.push((await aFile(ann, `${who}-${i}`)).id);
          return ids;
        };
        const writers = Promise.all([0, 1, 2, 3].map(write)).finally(() => (writing = false));
        const [written] = await Promise.all([writers, reader]);
        assert.deepEqual(
          written.flat().filter((id) => !seen.has(id)),
          [],
        );
      },
    },
    {
      name: 'a cursor that is none is refused with its name',
      async run(subject) {
        for (const after of ['', 'x', 'eyJhIjoxfQ', '-1', '{}']) {
          const error = await rejection(subject.provider.portability!.changes({ after, limit: 1 }));
          assert.deepEqual([error.code, error.field], ['INVALID', 'after'], after);
        }
      },
    },
    {
      name: 'once emptied it is empty',
      async run(subject) {
        const { ann } = await aLivelyHome(subject);
        const from = subject.provider.portability!;
        const file = living(await everything(from, 1_000)).find(({ type }) => type === 'file');
        await from.purge();
        assert.deepEqual(await namesIn(await someoneAgain(subject, ann), ann.home.id), []);
        for (const type of typesOf(subject))
          if (type !== 'folder' && type !== 'place') assert.equal((await from.digest(type)).count, 0, type);
        const error = await rejection(from.content!(file!.value!['sha256'] as string));
        assert.equal(error.code, 'NOT_FOUND');
      },
    },
  ];
}

/** A person whose home folder is made anew. */
async function someoneAgain(subject: DocumentsSubject, { id }: Actor): Promise<Actor> {
  const files = subject.as(id);
  return { id, files, home: (await files.getHome({})).node };
}

import { CapabilityError, newId } from '@valfri/core';
import assert from 'node:assert/strict';
import { type ContractCase, rejection, until } from '../suite.ts';
import { aSample, assertHolds, opened, type OfficeHarness, type OfficeSubject, question } from './subject.ts';

const FRAME_DATA = 64 << 10;

/** What holds of formats and of opening, whoever provides it. */
export function openingCases(harness: OfficeHarness): readonly ContractCase<OfficeSubject>[] {
  return [
    {
      name: 'says once for each ending what it can do with files of it, and opens the sample',
      async run(subject) {
        const { formats } = await subject.as(newId()).listFormats({});
        const endings = formats.map(({ extension }) => extension);
        assert.deepEqual(endings, [...new Set(endings)]);
        const ending = harness.sample.name.split('.').at(-1);
        const { actions = [] } = formats.find(({ extension }) => extension === ending) ?? {};
        assert.ok(actions.includes('view') && actions.includes('edit'), `"${ending}" is to be viewed and edited`);
      },
    },
    {
      name: 'opens a file in a page of its manifest, with little data',
      async run(subject) {
        const { answer } = await opened(subject, aSample(subject, harness));
        const page = subject.manifest.ui?.pages.find(({ id }) => id === answer.page);
        assert.ok(page && page.kind !== 'page', `"${answer.page}" is to be an editor's page of the manifest`);
        assert.ok(JSON.stringify(answer.data ?? null).length <= FRAME_DATA);
      },
    },
    {
      name: 'the same session again changes nothing',
      async run(subject) {
        const { handle, session, answer, file } = await opened(subject, aSample(subject, harness));
        const before = await subject.announced();
        const again = await handle.openFile(question(subject, session));
        assert.equal(again.page, answer.page);
        assert.deepEqual([await subject.announced(), file.versions.length], [before, 1]);
      },
    },
    {
      name: 'a session that there is not is not found',
      async run(subject) {
        const session = subject.files.open(aSample(subject, harness).id, { person: newId() });
        const foreign = { ...question(subject, session), session: newId() };
        assert.equal((await rejection(subject.as(newId()).openFile(foreign))).code, 'NOT_FOUND');
      },
    },
    {
      name: 'refuses files of a kind that it has no action for',
      async run(subject) {
        const file = subject.files.add({ name: 'a.nosuchkind', content: 'x', mediaType: 'application/x-no-such-kind' });
        const error = await rejection(opened(subject, file));
        assert.deepEqual([error.code, error.reason, error.field], ['INVALID', 'FORMAT', 'file']);
      },
    },
  ];
}

/** What holds of saving, whoever provides it. */
export function savingCases(harness: OfficeHarness): readonly ContractCase<OfficeSubject>[] {
  const { write } = harness;
  return [
    {
      name: 'who may only view writes nothing',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness), 'view');
        await write(subject, session.id, 'stowaway').catch(() => undefined);
        await handle.saveFile({ file: file.id });
        await handle.closeSession({ session: session.id });
        assert.equal(file.versions.length, 1);
      },
    },
    {
      name: 'saves what it holds when it is told, and answers when that is done',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        await write(subject, session.id, 'marsvin');
        assert.deepEqual(await handle.saveFile({ file: file.id }), { saved: true });
        await assertHolds(subject, harness, file.id, 'marsvin');
      },
    },
    {
      name: 'saves what was written when the person has closed the file',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        await write(subject, session.id, 'igelkott');
        await handle.closeSession({ session: session.id });
        await until('it is saved', async () => file.versions.length > 1);
        await assertHolds(subject, harness, file.id, 'igelkott');
      },
    },
    {
      name: 'keeps what two people write in one file',
      async run(subject) {
        const first = await opened(subject, aSample(subject, harness));
        const second = await opened(subject, first.file);
        await write(subject, first.session.id, 'lodjur');
        await write(subject, second.session.id, 'fjälluggla');
        assert.deepEqual(await second.handle.saveFile({ file: first.file.id }), { saved: true });
        await assertHolds(subject, harness, first.file.id, 'lodjur');
        await assertHolds(subject, harness, first.file.id, 'fjälluggla');
      },
    },
    {
      name: 'what could not be saved is said, kept, and tried again',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        await write(subject, session.id, 'bergand');
        subject.files.trouble = new CapabilityError('UNAVAILABLE', 'Documents do not answer.');
        assert.deepEqual(await handle.saveFile({ file: file.id }), { saved: false });
        subject.files.trouble = undefined;
        assert.deepEqual(await handle.saveFile({ file: file.id }), { saved: true });
        await assertHolds(subject, harness, file.id, 'bergand');
      },
    },
    {
      name: 'has nothing to save of a file that nobody has open, and closes a session that there is not',
      async run(subject) {
        const handle = subject.as(newId());
        const file = aSample(subject, harness);
        assert.deepEqual(await handle.saveFile({ file: file.id }), { saved: true });
        await handle.closeSession({ session: newId() });
        assert.equal(file.versions.length, 1);
      },
    },
    {
      name: 'what a session wrote that was taken back reaches no file',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        await write(subject, session.id, 'stowaway');
        subject.files.revoke(session.id);
        await write(subject, session.id, 'stowaway').catch(() => undefined);
        await handle.saveFile({ file: file.id });
        await handle.closeSession({ session: session.id });
        assert.equal(file.versions.length, 1);
      },
    },
    {
      name: 'who has lost the right to write saves nothing more',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        await write(subject, session.id, 'stowaway');
        subject.files.give(file.id, session.person, 'viewer');
        await handle.saveFile({ file: file.id });
        await handle.closeSession({ session: session.id });
        assert.equal(file.versions.length, 1);
      },
    },
  ];
}

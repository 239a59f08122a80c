import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import { type ContractCase, rejection } from '../suite.ts';
import { lockCases } from './locks.ts';
import { type Actor, aFile, aFolder, aSave, type DocumentsSubject, namesIn, someone, textOf } from './subject.ts';

const versionCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'what a file held before can be read, and restored as a new version',
    feature: 'versions',
    async run(subject) {
      const ann = await someone(subject);
      const file = await aFile(ann, 'a.txt', { text: 'ett' });
      await aSave(ann, file.id, 'två');
      await aSave(ann, file.id, 'tre');
      const { versions } = await ann.files.listVersions({ file: file.id });
      assert.deepEqual(
        versions.map(({ size }) => size),
        [3, 4, 3],
      );
      const [newest, , oldest] = versions;
      assert.deepEqual(
        [newest!.id, oldest!.id],
        [(await ann.files.get({ node: file.id })).node.version!.id, file.version!.id],
      );
      assert.equal(await textOf(ann, file.id, { version: oldest!.id }), 'ett');
      const as = newId();
      for (let i = 0; i < 2; i++) await ann.files.restoreVersion({ file: file.id, version: oldest!.id, as });
      assert.equal(await textOf(ann, file.id), 'ett');
      const after = await ann.files.listVersions({ file: file.id });
      assert.deepEqual(
        after.versions.map(({ id }) => id),
        [as, ...versions.map(({ id }) => id)],
      );
      const first = await ann.files.listVersions({ file: file.id, limit: 3 });
      const rest = await ann.files.listVersions({ file: file.id, limit: 3, after: first.next! });
      assert.deepEqual([...first.versions, ...rest.versions], after.versions);
      assert.equal((await rejection(ann.files.readFile({ file: file.id, version: newId() }))).field, 'version');
    },
  },
];

const trashCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'what is deleted is in the trash with all that is in it, and comes back as it was',
    feature: 'trash',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const file = await aFile(ann, 'a.txt', { parent: folder.id, text: 'kvar' });
      await ann.files.delete({ node: folder.id });
      assert.deepEqual(await namesIn(ann, ann.home.id), []);
      const attempts = [
        () => ann.files.get({ node: file.id }),
        () => ann.files.readFile({ file: file.id }),
        () => ann.files.list({ folder: folder.id }),
      ];
      for (const attempt of attempts) assert.equal((await rejection(attempt())).code, 'NOT_FOUND');
      const { items } = await ann.files.listTrash({});
      assert.deepEqual(
        items.map(({ id, name, kind, size, deletedBy }) => [id, name, kind, size, deletedBy]),
        [[folder.id, 'Mapp', 'folder', 4, ann.id]],
      );
      const { node } = await ann.files.restore({ node: folder.id });
      assert.deepEqual([node.id, node.parent], [folder.id, ann.home.id]);
      assert.equal(await textOf(ann, file.id), 'kvar');
      assert.deepEqual((await ann.files.listTrash({})).items, []);
    },
  },
  {
    name: 'what was deleted before its folder stays in the trash when the folder comes back',
    feature: 'trash',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const [one, two] = [await aFile(ann, '1', { parent: folder.id }), await aFile(ann, '2', { parent: folder.id })];
      await ann.files.delete({ node: one.id });
      await ann.files.delete({ node: folder.id });
      const error = await rejection(ann.files.restore({ node: one.id }));
      assert.deepEqual([error.code, error.reason], ['CONFLICT', 'NO_PLACE']);
      await ann.files.restore({ node: one.id, parent: ann.home.id });
      await ann.files.restore({ node: folder.id });
      assert.deepEqual(await namesIn(ann, folder.id), ['2']);
      assert.deepEqual(await namesIn(ann, ann.home.id), ['Mapp', '1']);
      assert.equal((await ann.files.get({ node: two.id })).node.parent, folder.id);
    },
  },
  {
    name: 'a name that was taken meanwhile is asked for, and another one does',
    feature: 'trash',
    async run(subject) {
      const ann = await someone(subject);
      const { id } = await aFile(ann, 'a.txt', { text: 'gammal' });
      await ann.files.delete({ node: id });
      await aFile(ann, 'a.txt', { text: 'ny' });
      assert.equal((await rejection(ann.files.restore({ node: id }))).reason, 'NAME_TAKEN');
      await ann.files.restore({ node: id, name: 'a (2).txt' });
      assert.equal(await textOf(ann, id), 'gammal');
    },
  },
  {
    name: 'what is erased is gone for good, and only who may restore may erase',
    feature: 'trash',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const { id, version } = await aFile(ann, 'a.txt', { text: 'ska bort' });
      const same = await aFile(ann, 'samma.txt', { text: 'ska bort' });
      const there = subject.provider.portability!;
      assert.equal((await rejection(ann.files.erase({ node: id }))).code, 'NOT_FOUND');
      await ann.files.delete({ node: id });
      assert.deepEqual((await bo.files.listTrash({})).items, []);
      for (const attempt of [() => bo.files.erase({ node: id }), () => bo.files.restore({ node: id })])
        assert.equal((await rejection(attempt())).code, 'NOT_FOUND');
      await ann.files.erase({ node: id });
      assert.deepEqual((await ann.files.listTrash({})).items, []);
      assert.equal((await rejection(ann.files.restore({ node: id }))).code, 'NOT_FOUND');
      assert.equal(await textOf(ann, same.id), 'ska bort');
      await ann.files.delete({ node: same.id });
      assert.equal((await there.content!(version!.sha256)).size, 8);
      await ann.files.erase({ node: same.id });
      assert.equal((await rejection(there.content!(version!.sha256))).code, 'NOT_FOUND');
    },
  },
];

/** What each role may, beside what those before it may. */
const may: Readonly<Record<string, (as: Actor, where: { folder: string; file: string }) => Promise<unknown>>> = {
  viewer: async (as, { folder, file }) => [await as.files.list({ folder }), await textOf(as, file)],
  editor: async (as, { folder, file }) => [await aSave(as, file, 'nytt'), await aFolder(as, `av ${as.id}`, folder)],
};

const shareCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'a person may what they were given, on all that is in it, until it is taken back',
    feature: 'shares',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const folder = await aFolder(ann, 'Mapp');
      const file = await aFile(ann, 'a.txt', { parent: folder.id });
      const where = { folder: folder.id, file: file.id };
      await ann.files.give({ node: folder.id, person: bo.id, role: 'viewer' });
      await may['viewer']!(bo, where);
      assert.equal((await rejection(may['editor']!(bo, where))).code, 'DENIED');
      assert.equal(
        (await rejection(bo.files.give({ node: folder.id, person: newId(), role: 'viewer' }))).code,
        'DENIED',
      );
      const [shared] = (await bo.files.listShared({})).nodes;
      assert.deepEqual(
        [shared!.id, shared!.role, shared!.shared, shared!.owner, shared!.parent],
        [folder.id, 'viewer', true, ann.id, undefined],
      );
      assert.deepEqual(
        (await bo.files.get({ node: file.id })).above.map(({ id }) => id),
        [folder.id],
      );
      assert.ok((await bo.files.listTopics({})).topics.includes(folder.id));
      await ann.files.give({ node: folder.id, person: bo.id, role: 'editor' });
      await may['editor']!(bo, where);
      await ann.files.take({ node: folder.id, person: bo.id });
      assert.equal((await rejection(may['viewer']!(bo, where))).code, 'NOT_FOUND');
      assert.deepEqual((await bo.files.listShared({})).nodes, []);
    },
  },
  {
    name: 'a group is given something, and whoever is in it has it',
    feature: 'shares',
    async run(subject) {
      const group = newId();
      const [ann, bo, other] = [await someone(subject), await someone(subject, [group]), await someone(subject)];
      const file = await aFile(ann, 'a.txt', { text: 'till gruppen' });
      await ann.files.give({ node: file.id, group, role: 'commenter' });
      assert.equal(await textOf(bo, file.id), 'till gruppen');
      assert.equal((await bo.files.get({ node: file.id })).node.role, 'commenter');
      assert.equal((await rejection(aSave(bo, file.id, 'x'))).code, 'DENIED');
      assert.equal((await rejection(textOf(other, file.id))).code, 'NOT_FOUND');
      const { owner, grants } = await bo.files.listGrants({ node: file.id });
      assert.equal(owner, ann.id);
      assert.deepEqual(
        grants.map(({ node, group: to, person, role }) => [node, to, person, role]),
        [[file.id, group, undefined, 'commenter']],
      );
    },
  },
  {
    name: 'the best of what was given along the way counts, and where it was given is told',
    feature: 'shares',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const folder = await aFolder(ann, 'Mapp');
      const file = await aFile(ann, 'a.txt', { parent: folder.id });
      await ann.files.give({ node: file.id, person: bo.id, role: 'editor' });
      await ann.files.give({ node: folder.id, person: bo.id, role: 'viewer' });
      assert.equal((await bo.files.get({ node: file.id })).node.role, 'editor');
      assert.equal((await bo.files.list({ folder: folder.id })).nodes[0]!.role, 'editor');
      assert.deepEqual(
        (await bo.files.listShared({})).nodes.map(({ id }) => id),
        [folder.id],
      );
      const { grants } = await ann.files.listGrants({ node: file.id });
      assert.deepEqual(new Set(grants.map(({ node }) => node)), new Set([file.id, folder.id]));
      await bo.files.take({ node: file.id, person: bo.id });
      assert.equal((await bo.files.get({ node: file.id })).node.role, 'viewer');
    },
  },
  {
    name: 'who was given something hears of it, and of what happens there',
    feature: 'shares',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const folder = await aFolder(ann, 'Mapp');
      const before = (await subject.announced()).length;
      await ann.files.give({ node: folder.id, person: bo.id, role: 'viewer' });
      await aFile(ann, 'a.txt', { parent: folder.id });
      await ann.files.take({ node: folder.id, person: bo.id });
      const heard = (await subject.announced())
        .slice(before)
        .map(({ type, data }) => [type, (data as { root: string }).root]);
      assert.ok(heard.some(([type, root]) => type === 'access.given' && root === folder.id));
      assert.ok(heard.some(([type, root]) => type === 'access.taken' && root === folder.id));
      assert.equal(heard.filter(([type, root]) => type === 'node.changed' && root === folder.id).length, 3);
    },
  },
  {
    name: 'a person of another organisation reaches nothing, whatever they were given',
    feature: 'shares',
    async run(subject) {
      const ann = await someone(subject);
      const file = await aFile(ann, 'a.txt');
      const stranger = newId();
      await ann.files.give({ node: file.id, person: stranger, role: 'editor' });
      const call = { person: stranger, organisation: newId(), groups: [], signal: new AbortController().signal };
      assert.equal((await rejection(subject.provider.operations.get({ node: file.id }, call))).code, 'NOT_FOUND');
      assert.deepEqual((await subject.provider.operations.listShared({}, call)).nodes, []);
    },
  },
];

const searchCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'a search finds names by their words, and only what the person may see',
    feature: 'search',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const folder = await aFolder(ann, 'Bygglov 2026');
      await aFile(ann, 'Ansökan bygglov.docx', { parent: folder.id });
      await aFile(ann, '100 % klart_.txt');
      const found = async (query: string, as = ann) =>
        (await as.files.search({ query })).nodes.map(({ name }) => name).sort();
      assert.deepEqual(await found('BYGGLOV'), ['Ansökan bygglov.docx', 'Bygglov 2026']);
      assert.deepEqual(await found('bygglov ansök'), ['Ansökan bygglov.docx']);
      for (const query of ['%', '_', '0 %']) assert.deepEqual(await found(query), ['100 % klart_.txt']);
      assert.deepEqual(await found('bygglov', bo), []);
      const { nodes } = await ann.files.search({ query: 'a', under: folder.id });
      assert.deepEqual(
        nodes.map(({ name }) => name),
        ['Ansökan bygglov.docx'],
      );
    },
  },
];

/** What a provider promises by declaring a feature. */
export const featureCases: readonly ContractCase<DocumentsSubject>[] = [
  ...versionCases,
  ...trashCases,
  ...shareCases,
  ...searchCases,
  ...lockCases,
];

const uses: Readonly<Record<string, (as: Actor, file: string) => Promise<unknown>>> = {
  versions: (as, file) => as.files.listVersions({ file }),
  trash: (as) => as.files.listTrash({}),
  shares: (as, node) => as.files.give({ node, person: newId(), role: 'viewer' }),
  search: (as) => as.files.search({ query: 'a' }),
  locks: (as, node) => as.files.lock({ node, token: 'urn:uuid:0' }),
};

/** What is not declared is refused, and leaves no trace. */
export function absentFeatureCases(features: readonly string[]): readonly ContractCase<DocumentsSubject>[] {
  return Object.entries(uses)
    .filter(([feature]) => !features.includes(feature))
    .map(([feature, use]) => ({
      name: `not declared, so refused without a trace: ${feature}`,
      async run(subject) {
        const ann = await someone(subject);
        const { id } = await aFile(ann, 'a.txt');
        const before = [await ann.files.list({ folder: ann.home.id }), await subject.announced()];
        const error = await rejection(use(ann, id));
        assert.deepEqual([error.code, error.reason], ['UNSUPPORTED', feature]);
        assert.deepEqual([await ann.files.list({ folder: ann.home.id }), await subject.announced()], before);
      },
    }));
}

import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import type { Lock } from '../../capabilities/documents-views.ts';
import { type ContractCase, rejection, until } from '../suite.ts';
import { type Actor, aFile, aFolder, contentOf, type DocumentsSubject, someone, textOf } from './subject.ts';

interface Wish {
  readonly exclusive?: boolean;
  readonly deep?: boolean;
  readonly seconds?: number;
  readonly note?: string;
}

/** Locks something with a new token. */
async function aLock({ files }: Actor, node: string, wish: Wish = {}): Promise<Lock> {
  return (await files.lock({ node, token: `opaquelocktoken:${newId()}`, ...wish })).lock;
}

async function isRefused(attempt: Promise<unknown>, what: string): Promise<void> {
  const { code, reason } = await rejection(attempt);
  assert.deepEqual([code, reason], ['CONFLICT', 'LOCKED'], what);
}

const saved = ({ files }: Actor, file: string, locks?: string[]) =>
  files.saveFile(
    { file, version: newId(), mediaType: 'text/plain', ...(locks ? { locks } : {}) },
    { content: contentOf('nytt') },
  );
const made = ({ files }: Actor, parent: string, locks?: string[]) =>
  files.createFile(
    { id: newId(), version: newId(), parent, name: newId(), mediaType: 'text/plain', ...(locks ? { locks } : {}) },
    { content: contentOf('nytt') },
  );

/** Every way to change a folder’s children, and the one in it that is called so. */
const intoFolder: Readonly<Record<string, (as: Actor, folder: string, locks?: string[]) => Promise<unknown>>> = {
  createFolder: (as, parent, locks) =>
    as.files.createFolder({ id: newId(), parent, name: newId(), ...(locks ? { locks } : {}) }),
  createFile: made,
  move: async (as, parent, locks) =>
    as.files.move({ node: (await aFile(as, newId())).id, parent, ...(locks ? { locks } : {}) }),
  copy: async (as, parent, locks) =>
    as.files.copy({ id: newId(), node: (await aFile(as, newId())).id, parent, ...(locks ? { locks } : {}) }),
};

/** What a lock guards, and what passes it. */
const guardCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'a lock on a file guards its content, place and life, from its maker too, and not from reading',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const other = await aFolder(ann, 'annan');
      const { id: node } = await aFile(ann, 'a.txt', { text: 'ett' });
      const { token } = await aLock(ann, node);
      await isRefused(saved(ann, node), 'a save');
      await isRefused(saved(ann, node, [newId()]), 'a save with another token');
      await isRefused(ann.files.move({ node, name: 'b.txt' }), 'a new name');
      await isRefused(ann.files.move({ node, parent: other.id }), 'another place');
      await isRefused(ann.files.delete({ node }), 'a deletion');
      assert.equal(await textOf(ann, node), 'ett');
      await ann.files.copy({ id: newId(), node, parent: other.id });
      await saved(ann, node, [newId(), token]);
      await ann.files.move({ node, name: 'b.txt', locks: [token] });
      assert.deepEqual(
        (await ann.files.listLocks({ node })).locks.map((each) => each.token),
        [token],
      );
      await ann.files.delete({ node, locks: [token] });
    },
  },
  {
    name: 'with its token anybody passes who may write',
    feature: ['locks', 'shares'],
    async run(subject) {
      const [ann, bo, eve] = [await someone(subject), await someone(subject), await someone(subject)];
      const { id: node } = await aFile(ann, 'a.txt');
      await ann.files.give({ node, person: bo.id, role: 'editor' });
      await ann.files.give({ node, person: eve.id, role: 'commenter' });
      const { token } = await aLock(ann, node);
      await isRefused(saved(bo, node), 'without it');
      await saved(bo, node, [token]);
      assert.equal((await rejection(saved(eve, node, [token]))).code, 'DENIED');
    },
  },
  {
    name: 'a shallow lock on a folder guards its name and which children it has, and not what they hold',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const [file, inner] = [await aFile(ann, 'a.txt', { parent: folder.id }), await aFolder(ann, 'inre', folder.id)];
      const { token } = await aLock(ann, folder.id);
      for (const [what, attempt] of Object.entries(intoFolder)) {
        await isRefused(attempt(ann, folder.id), what);
        await attempt(ann, folder.id, [token]);
        await attempt(ann, inner.id);
      }
      await isRefused(ann.files.move({ node: folder.id, name: 'Ny' }), 'its name');
      await isRefused(ann.files.move({ node: file.id, name: 'b.txt' }), 'the name of a child');
      await isRefused(ann.files.move({ node: file.id, parent: ann.home.id }), 'where a child is');
      await isRefused(ann.files.delete({ node: file.id }), 'the life of a child');
      await saved(ann, file.id);
      await ann.files.move({ node: file.id, name: 'b.txt', locks: [token] });
    },
  },
  {
    name: 'a deep lock guards all that is below, also what comes later',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const inner = await aFolder(ann, 'inre', folder.id);
      const { token } = await aLock(ann, folder.id, { deep: true });
      const { id } = (await made(ann, inner.id, [token])).node;
      await isRefused(made(ann, inner.id), 'a new file');
      await isRefused(saved(ann, id), 'a save');
      await isRefused(ann.files.delete({ node: inner.id }), 'a deletion');
      await saved(ann, id, [token]);
      const { locks } = await ann.files.listLocks({ node: id });
      assert.deepEqual(
        locks.map((each) => [each.node, each.token, each.deep]),
        [[folder.id, token, true]],
      );
    },
  },
  {
    name: 'a folder in which something is locked is moved, renamed and deleted with the tokens of all that',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const inner = await aFolder(ann, 'inre', folder.id);
      const files = [await aFile(ann, '1', { parent: inner.id }), await aFile(ann, '2', { parent: inner.id })];
      const tokens = [await aLock(ann, files[0]!.id), await aLock(ann, files[1]!.id)].map(({ token }) => token);
      const attempts: readonly ((locks: string[]) => Promise<unknown>)[] = [
        (locks) => ann.files.move({ node: folder.id, name: 'Ny', locks }),
        (locks) => ann.files.delete({ node: folder.id, locks }),
      ];
      for (const attempt of attempts) {
        await isRefused(attempt([]), 'no token');
        await isRefused(attempt([tokens[0]!]), 'one of two');
        await attempt(tokens);
      }
    },
  },
];

/** How locks stand beside each other. */
const besideCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'an exclusive lock is alone, shared ones are beside each other, and the token of one is enough',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const [one, two] = [(await aFile(ann, '1')).id, (await aFile(ann, '2')).id];
      await aLock(ann, one);
      for (const exclusive of [true, false]) {
        const error = await rejection(aLock(ann, one, { exclusive }));
        assert.deepEqual([error.code, error.reason, error.field], ['CONFLICT', 'LOCKED', 'node']);
      }
      const shared = [await aLock(ann, two, { exclusive: false }), await aLock(ann, two, { exclusive: false })];
      await isRefused(aLock(ann, two), 'an exclusive one beside');
      await isRefused(saved(ann, two), 'no token');
      for (const { token } of shared) await saved(ann, two, [token]);
    },
  },
  {
    name: 'a deep lock counts below, and what is locked below counts for a deep one',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const inner = await aFolder(ann, 'inre', folder.id);
      const { id: file } = await aFile(ann, 'a.txt', { parent: inner.id });
      const below = await aLock(ann, file);
      await isRefused(aLock(ann, folder.id, { deep: true }), 'deep, above');
      await ann.files.unlock({ node: folder.id, token: (await aLock(ann, folder.id)).token });
      await ann.files.unlock({ node: file, token: below.token });
      await aLock(ann, folder.id, { deep: true });
      for (const node of [file, inner.id, folder.id]) await isRefused(aLock(ann, node), 'below a deep one');
      await aLock(ann, (await aFile(ann, 'bredvid.txt')).id);
    },
  },
  {
    name: 'of two who lock at once, one does',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const { id } = await aFile(ann, 'a.txt', { parent: folder.id });
      for (const nodes of [
        [id, id, id],
        [folder.id, id, folder.id],
      ]) {
        const tried = await Promise.allSettled(nodes.map((node) => aLock(ann, node, { deep: node === folder.id })));
        const done = tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        assert.equal(done.length, 1);
        for (const { node, token } of done) await ann.files.unlock({ node, token });
      }
    },
  },
  {
    name: 'a person has a hundred locks, and no more',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const { id } = await aFile(ann, 'a.txt');
      const first = await aLock(ann, id, { exclusive: false });
      for (let i = 1; i < 100; i++) await aLock(ann, id, { exclusive: false });
      const error = await rejection(aLock(ann, id, { exclusive: false }));
      assert.deepEqual([error.code, error.reason, error.field], ['QUOTA', 'TOO_MANY', 'node']);
      await ann.files.lock({ node: id, token: first.token, exclusive: false });
      await ann.files.unlock({ node: id, token: first.token });
      await aLock(ann, id, { exclusive: false });
    },
  },
];

/** How locks come and go. */
const lifeCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'a lock says what it is; the same token again makes its time begin anew, and nothing else',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const { id: node } = await aFile(ann, 'a.txt');
      const lock = await aLock(ann, node, { seconds: 60, note: '<D:href>Ann</D:href>' });
      const { token, person, exclusive, deep, note, lockedAt, expiresAt } = lock;
      assert.deepEqual(
        [lock.node, person, exclusive, deep, note, expiresAt - lockedAt],
        [node, ann.id, true, false, '<D:href>Ann</D:href>', 60_000],
      );
      const again = (await ann.files.lock({ node, token, seconds: 3_600, exclusive: false, note: 'x' })).lock;
      assert.ok(again.expiresAt > expiresAt);
      assert.deepEqual({ ...again, expiresAt }, lock);
      assert.deepEqual((await ann.files.listLocks({ node })).locks, [again]);
      const shown = (await ann.files.list({ folder: ann.home.id })).nodes[0]!.lock;
      assert.deepEqual(shown, { person, note, lockedAt, expiresAt: again.expiresAt });
      assert.deepEqual((await ann.files.get({ node })).node.lock, shown);
      const { locks } = subject.provider.features as { locks: { maxSeconds: number } };
      const long = (await ann.files.lock({ node, token, seconds: 86_400 })).lock;
      assert.ok(long.expiresAt - lockedAt <= locks.maxSeconds * 1_000 + 60_000);
    },
  },
  {
    name: 'who may not write locks nothing, and who may not see hears of no lock',
    feature: ['locks', 'shares'],
    async run(subject) {
      const [ann, bo, eve] = [await someone(subject), await someone(subject), await someone(subject)];
      const { id: node } = await aFile(ann, 'a.txt');
      await ann.files.give({ node, person: bo.id, role: 'viewer' });
      assert.equal((await rejection(aLock(bo, node))).code, 'DENIED');
      const { token } = await aLock(ann, node);
      assert.equal((await bo.files.listLocks({ node })).locks.length, 1);
      const attempts = [
        () => eve.files.listLocks({ node }),
        () => aLock(eve, node),
        () => eve.files.unlock({ node, token }),
      ];
      for (const attempt of attempts) {
        const error = await rejection(attempt());
        assert.deepEqual([error.code, error.field], ['NOT_FOUND', 'node']);
      }
    },
  },
  {
    name: 'a lock is ended by its maker, by the owner and by whoever may write, and by nobody else',
    feature: ['locks', 'shares'],
    async run(subject) {
      const [ann, bo, eve] = [await someone(subject), await someone(subject), await someone(subject)];
      const { id: node } = await aFile(ann, 'a.txt');
      for (const { id: person } of [bo, eve]) await ann.files.give({ node, person, role: 'editor' });
      for (const by of [bo, eve, ann]) {
        const { token } = await aLock(bo, node);
        await by.files.unlock({ node, token });
        const error = await rejection(by.files.unlock({ node, token }));
        assert.deepEqual([error.code, error.field], ['NOT_FOUND', 'token']);
      }
      const { token } = await aLock(bo, node);
      for (const { id: person } of [bo, eve]) await ann.files.give({ node, person, role: 'viewer' });
      assert.equal((await rejection(eve.files.unlock({ node, token }))).code, 'DENIED');
      await bo.files.unlock({ node, token });
    },
  },
  {
    name: 'a lock whose time is up counts for nothing',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const { id: node } = await aFile(ann, 'a.txt');
      const { token } = await aLock(ann, node, { seconds: 3 });
      await isRefused(saved(ann, node), 'while it holds');
      await until('its time is up', async () => (await ann.files.listLocks({ node })).locks.length === 0);
      await saved(ann, node);
      assert.equal((await ann.files.get({ node })).node.lock, undefined);
      assert.equal((await rejection(ann.files.unlock({ node, token }))).field, 'token');
      await aLock(ann, node);
      await isRefused(ann.files.lock({ node, token }), 'the old token, where another was faster');
    },
  },
  {
    name: 'another folder ends the locks on what was moved, and a deletion ends them',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const { id: node } = await aFile(ann, 'a.txt', { parent: a.id });
      const locks = [(await aLock(ann, node)).token, (await aLock(ann, a.id)).token];
      await ann.files.move({ node: a.id, parent: b.id, locks });
      for (const each of [node, a.id]) assert.deepEqual((await ann.files.listLocks({ node: each })).locks, []);
      const { token } = await aLock(ann, node);
      await ann.files.delete({ node, locks: [token] });
      if (!('trash' in subject.provider.features)) return;
      await ann.files.restore({ node });
      assert.deepEqual((await ann.files.listLocks({ node })).locks, []);
    },
  },
  {
    name: 'what is taken out of the trash does not come into what is locked; a version restored is a write',
    feature: ['locks', 'trash', 'versions'],
    async run(subject) {
      const ann = await someone(subject);
      const { id: file, version } = await aFile(ann, 'a.txt');
      await saved(ann, file);
      const { token } = await aLock(ann, file);
      const back = { file, version: version!.id };
      await isRefused(ann.files.restoreVersion({ ...back, as: newId() }), 'a version');
      await ann.files.restoreVersion({ ...back, as: newId(), locks: [token] });
      await ann.files.delete({ node: file, locks: [token] });
      const home = await aLock(ann, ann.home.id);
      await isRefused(ann.files.restore({ node: file }), 'out of the trash');
      await ann.files.restore({ node: file, locks: [home.token] });
    },
  },
  {
    name: 'a lock that comes or goes is heard of; one that is renewed is not',
    feature: 'locks',
    async run(subject) {
      const ann = await someone(subject);
      const { id: node } = await aFile(ann, 'a.txt');
      const before = (await subject.announced()).length;
      const { token } = await aLock(ann, node);
      await ann.files.lock({ node, token });
      await ann.files.unlock({ node, token });
      const heard = (await subject.announced()).slice(before);
      const due = { root: ann.home.id, node, folder: ann.home.id, what: 'locked', by: ann.id };
      assert.deepEqual(
        heard.map(({ type, data }) => ({ type, data })),
        [
          { type: 'node.changed', data: due },
          { type: 'node.changed', data: due },
        ],
      );
    },
  },
];

/** Locks: what they guard, how they stand beside each other, how they come and go. */
export const lockCases: readonly ContractCase<DocumentsSubject>[] = [...guardCases, ...besideCases, ...lifeCases];

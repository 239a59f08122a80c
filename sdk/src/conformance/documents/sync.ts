import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import { type ContractCase, rejection, until } from '../suite.ts';
import { type Actor, aFile, aFolder, aSave, type DocumentsSubject, namesIn, someone } from './subject.ts';

const tagCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'words are on a node for all who see it, in one form, each once, until others take their place',
    feature: ['tags', 'shares'],
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const { id: node } = await aFile(ann, 'a.txt');
      assert.equal((await ann.files.get({ node })).node.tags, undefined);
      const { node: tagged } = await ann.files.setTags({ node, tags: [' Brådskande ', 'Å'.normalize('NFD')] });
      assert.deepEqual(tagged.tags, ['Brådskande', 'Å'.normalize('NFC')]);
      await ann.files.give({ node, person: bo.id, role: 'viewer' });
      assert.deepEqual((await bo.files.get({ node })).node.tags, tagged.tags);
      assert.equal((await rejection(bo.files.setTags({ node, tags: [] }))).code, 'DENIED');
      for (const tags of [['a', 'A'], [' '], ['x'.repeat(61)], Array.from({ length: 21 }, (_, i) => `${i}`)])
        assert.equal((await rejection(ann.files.setTags({ node, tags }))).code, 'INVALID', tags.join());
      await ann.files.setTags({ node, tags: [] });
      assert.equal((await ann.files.list({ folder: ann.home.id })).nodes[0]!.tags, undefined);
      const heard = (await subject.announced()).filter(({ data }) => (data as { what?: string }).what === 'tagged');
      assert.deepEqual(new Set(heard.map(({ data }) => (data as { node: string }).node)), new Set([node]));
    },
  },
  {
    name: 'a search finds by tag, alone and with words of the name',
    feature: ['tags', 'search'],
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      for (const name of ['ett.txt', 'två.txt', 'tre.txt']) {
        const { id: node } = await aFile(ann, name);
        if (name !== 'tre.txt') await ann.files.setTags({ node, tags: ['Ärende', 'annat'] });
      }
      const found = async (asked: { query?: string; tag?: string }, as = ann) =>
        (await as.files.search(asked)).nodes.map(({ name }) => name).sort();
      assert.deepEqual(await found({ tag: 'ärende' }), ['ett.txt', 'två.txt']);
      assert.deepEqual(await found({ tag: 'ärende', query: 'två' }), ['två.txt']);
      assert.deepEqual(await found({ tag: 'ären' }), []);
      assert.deepEqual(await found({ tag: 'ärende' }, bo), []);
      assert.equal((await rejection(ann.files.search({}))).field, 'query');
    },
  },
  {
    name: 'what is taken out of the trash has its words',
    feature: ['tags', 'trash'],
    async run(subject) {
      const ann = await someone(subject);
      const { id: node } = await aFile(ann, 'a.txt');
      await ann.files.setTags({ node, tags: ['kvar'] });
      await ann.files.delete({ node });
      assert.deepEqual((await ann.files.restore({ node })).node.tags, ['kvar']);
    },
  },
];

const untilCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'what was given until a time counts for nothing after',
    feature: 'shares',
    async run(subject) {
      const group = newId();
      const [ann, bo, cy] = [await someone(subject), await someone(subject), await someone(subject, [group])];
      const folder = await aFolder(ann, 'Mapp');
      const { id: file } = await aFile(ann, 'a.txt', { parent: folder.id });
      const past = await rejection(ann.files.give({ node: file, person: bo.id, role: 'viewer', until: 1 }));
      assert.deepEqual([past.code, past.field], ['INVALID', 'until']);
      const ends = Date.now() + 4_000;
      await ann.files.give({ node: folder.id, person: bo.id, role: 'editor', until: ends });
      await ann.files.give({ node: folder.id, group, role: 'viewer', until: ends });
      const { grants } = await ann.files.listGrants({ node: file });
      assert.deepEqual(
        grants.map((grant) => grant.until),
        [ends, ends],
      );
      await aSave(bo, file, 'nytt');
      assert.equal((await cy.files.get({ node: file })).node.role, 'viewer');
      await until('it has ended', async () => Date.now() > ends);
      for (const { files } of [bo, cy]) {
        assert.equal((await rejection(files.get({ node: file }))).code, 'NOT_FOUND');
        assert.deepEqual((await files.listShared({})).nodes, []);
        assert.deepEqual((await files.listTopics({})).topics.includes(folder.id), false);
      }
      assert.deepEqual((await ann.files.listGrants({ node: file })).grants, []);
      assert.equal((await ann.files.get({ node: folder.id })).node.shared, false);
      await ann.files.give({ node: folder.id, person: bo.id, role: 'viewer' });
      assert.equal((await ann.files.listGrants({ node: file })).grants[0]!.until, undefined);
      assert.equal((await bo.files.get({ node: file })).node.role, 'viewer');
    },
  },
];

/** A client that keeps a copy: names by id. */
class Copy {
  readonly nodes = new Map<string, DocumentNode>();
  readonly #actor: Actor;
  readonly #folder: string | undefined;
  readonly #limit: number;
  #after: string | undefined;

  constructor(actor: Actor, { folder, limit = 200 }: { readonly folder?: string; readonly limit?: number } = {}) {
    this.#actor = actor;
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Takes over what has changed; how many were told. */
  async follow(): Promise<number> {
    let told = 0;
    for (let more = true; more;) {
      const page = await this.#actor.files.listChanges({
        limit: this.#limit,
        ...(this.#folder ? { folder: this.#folder } : {}),
        ...(this.#after ? { after: this.#after } : {}),
      });
      for (const node of page.changed) this.nodes.set(node.id, node);
      for (const id of page.gone) this.#forget(id);
      told += page.changed.length + page.gone.length;
      [this.#after, more] = [page.next, page.more];
    }
    return told;
  }

  #forget(id: string): void {
    this.nodes.delete(id);
    for (const { id: child, parent } of [...this.nodes.values()]) if (parent === id) this.#forget(child);
  }
}

/** All that somebody may see, as going through the folders finds it. */
async function walked({ files, home }: Actor): Promise<ReadonlyMap<string, DocumentNode>> {
  const all = new Map<string, DocumentNode>();
  const waiting = [(await files.get({ node: home.id })).node, ...(await files.listShared({})).nodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    all.set(node.id, node);
    if (node.kind === 'folder') waiting.push(...(await files.list({ folder: node.id })).nodes);
  }
  return all;
}

/** What is at work elsewhere may hold the feed back for a moment. */
async function isSame(copy: Copy, actor: Actor, what: string): Promise<void> {
  const names = (nodes: ReadonlyMap<string, DocumentNode>) =>
    JSON.stringify([...nodes.values()].map(({ id, name, parent, version }) => [id, name, parent, version?.id]).sort());
  await until(`the copy is the same: ${what}`, async () => {
    await copy.follow();
    return names(copy.nodes) === names(await walked(actor));
  });
}

const changeCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'a copy that follows is the same as what is there, whatever happens, in pages of any length',
    feature: 'changes',
    async run(subject) {
      const ann = await someone(subject);
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const file = await aFile(ann, 'fil.txt', { parent: (await aFolder(ann, 'inre', a.id)).id });
      const copies = [1, 2, 200].map((limit) => new Copy(ann, { limit }));
      const steps: Readonly<Record<string, () => Promise<unknown>>> = {
        beginning: async () => undefined,
        'a save': () => aSave(ann, file.id, 'nytt'),
        'a new name': () => ann.files.move({ node: file.id, name: 'ny.txt' }),
        'another place': () => ann.files.move({ node: a.id, parent: b.id }),
        'a copy': () => ann.files.copy({ id: newId(), node: b.id, parent: ann.home.id, name: 'c' }),
        'a deletion': () => ann.files.delete({ node: a.id }),
      };
      for (const [what, step] of Object.entries(steps)) {
        await step();
        for (const copy of copies) await isSame(copy, ann, what);
      }
      for (const copy of copies) assert.equal(await copy.follow(), 0);
      if (!('trash' in subject.provider.features)) return;
      await ann.files.restore({ node: a.id });
      for (const copy of copies) await isSame(copy, ann, 'out of the trash');
    },
  },
  {
    name: 'who is given something gets all of it, and hears that it is gone when it is taken, moved away or at its end',
    feature: ['changes', 'shares'],
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const inner = await aFolder(ann, 'inre', a.id);
      await aFile(ann, 'fil.txt', { parent: inner.id });
      const copy = new Copy(bo);
      await isSame(copy, bo, 'beginning');
      await ann.files.give({ node: a.id, person: bo.id, role: 'viewer' });
      await isSame(copy, bo, 'given');
      assert.equal(copy.nodes.size, 4);
      await ann.files.move({ node: inner.id, parent: b.id });
      await isSame(copy, bo, 'moved away');
      await ann.files.move({ node: inner.id, parent: a.id });
      await isSame(copy, bo, 'moved back');
      assert.equal(copy.nodes.size, 4);
      await ann.files.take({ node: a.id, person: bo.id });
      await isSame(copy, bo, 'taken');
      assert.equal(copy.nodes.size, 1);
      await ann.files.give({ node: a.id, person: bo.id, role: 'viewer', until: Date.now() + 3_000 });
      await isSame(copy, bo, 'given until');
      await until('it has ended', async () => (await bo.files.listShared({})).nodes.length === 0);
      await isSame(copy, bo, 'at its end');
    },
  },
  {
    name: 'one folder is followed as well, and what leaves it is gone from there',
    feature: 'changes',
    async run(subject) {
      const ann = await someone(subject);
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const file = await aFile(ann, 'fil.txt', { parent: a.id });
      const copy = new Copy(ann, { folder: a.id });
      await copy.follow();
      const names = () => [...copy.nodes.values()].map(({ name }) => name).sort();
      await until('it is there', async () => (await copy.follow(), copy.nodes.size === 2));
      await aFile(ann, 'annan.txt', { parent: b.id });
      await ann.files.move({ node: file.id, parent: b.id });
      await until('it has left', async () => (await copy.follow(), copy.nodes.size === 1));
      assert.deepEqual(names(), ['a']);
      assert.deepEqual(await namesIn(ann, b.id), ['annan.txt', 'fil.txt']);
      const { next } = await ann.files.listChanges({ folder: a.id });
      const [bo, other] = [await someone(subject), { folder: b.id }];
      for (const attempt of [
        () => ann.files.listChanges({ ...other, after: next }),
        () => ann.files.listChanges({ after: 'x' }),
      ]) {
        const error = await rejection(attempt());
        assert.deepEqual([error.code, error.field], ['INVALID', 'after']);
      }
      assert.equal((await rejection(bo.files.listChanges({ folder: a.id }))).field, 'folder');
    },
  },
  {
    name: 'nobody hears of what is not theirs',
    feature: 'changes',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      const copy = new Copy(bo);
      await isSame(copy, bo, 'beginning');
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const { id } = await aFile(ann, 'hemlig.txt', { parent: a.id });
      await ann.files.move({ node: id, parent: b.id });
      await ann.files.delete({ node: id });
      const own = new Copy(ann);
      await isSame(own, ann, 'Ann sees it');
      assert.equal(await copy.follow(), 0);
    },
  },
];

/** Words on files, an end of what was given, and what a client that keeps a copy is told. */
export const syncCases: readonly ContractCase<DocumentsSubject>[] = [...tagCases, ...untilCases, ...changeCases];

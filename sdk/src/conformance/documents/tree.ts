import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import { homeFolderId } from '../../documents/home-folder.ts';
import { type ContractCase, rejection } from '../suite.ts';
import { aFile, aFolder, contentOf, type DocumentsSubject, namesIn, someone, textOf } from './subject.ts';

/** Folders, names and places. */
export const treeCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'everybody has one home folder, which nobody else sees',
    async run(subject) {
      const [ann, bo] = [await someone(subject), await someone(subject)];
      assert.equal(ann.home.id, await homeFolderId(ann.id));
      assert.deepEqual([ann.home.role, ann.home.owner, ann.home.parent], ['owner', ann.id, undefined]);
      assert.deepEqual((await ann.files.getHome({})).node, ann.home);
      assert.deepEqual((await ann.files.listTopics({})).topics, [ann.home.id]);
      const error = await rejection(bo.files.list({ folder: ann.home.id }));
      assert.deepEqual([error.code, error.field], ['NOT_FOUND', 'folder']);
    },
  },
  {
    name: 'a list has folders first, and names in the order of Swedish, numbers by value',
    async run(subject) {
      const ann = await someone(subject);
      for (const name of ['Öl.txt', 'a10.txt', 'a9.txt', 'Ärende.txt', 'Åre.txt', 'zebra.txt']) await aFile(ann, name);
      for (const name of ['Övrigt', 'Arkiv']) await aFolder(ann, name);
      const due = ['Arkiv', 'Övrigt', 'a9.txt', 'a10.txt', 'zebra.txt', 'Åre.txt', 'Ärende.txt', 'Öl.txt'];
      assert.deepEqual(await namesIn(ann, ann.home.id), due);
      assert.equal((await ann.files.list({ folder: ann.home.id })).count, 8);
    },
  },
  {
    name: 'pages of any length, in any order, put together are the whole list',
    async run(subject) {
      const ann = await someone(subject);
      for (let i = 0; i < 7; i++) await aFile(ann, `${i}.txt`, { text: 'x'.repeat((i * 5) % 7) });
      for (let i = 0; i < 3; i++) await aFolder(ann, `m${i}`);
      for (const sort of ['name', 'modified', 'size'] as const)
        for (const descending of [false, true]) {
          const whole = (await ann.files.list({ folder: ann.home.id, sort, descending })).nodes;
          assert.equal(whole.length, 10);
          for (const limit of [1, 3, 4]) {
            const paged: unknown[] = [];
            for (let after: string | undefined; ;) {
              const page = await ann.files.list({
                folder: ann.home.id,
                sort,
                descending,
                limit,
                ...(after ? { after } : {}),
              });
              paged.push(...page.nodes);
              after = page.next;
              if (after === undefined) break;
            }
            assert.deepEqual(paged, whole, `${sort}, ${limit} at a time`);
          }
        }
      const error = await rejection(ann.files.list({ folder: ann.home.id, after: 'x' }));
      assert.deepEqual([error.code, error.field], ['INVALID', 'after']);
    },
  },
  {
    name: 'a page may begin anywhere in the list, by number or by how a name begins, and is read on from there',
    async run(subject) {
      const ann = await someone(subject);
      for (const name of [
        'Ärende 9.txt',
        'ärende 10.txt',
        'Ärende 90.txt',
        'åtta.txt',
        'Öl.txt',
        'bo_a.txt',
        'boXa.txt',
      ])
        await aFile(ann, name, { text: name.repeat(name.length % 4) });
      for (const name of ['Bo', 'Mapp 2', 'Mapp 10']) await aFolder(ann, name);
      const folder = ann.home.id;
      for (const sort of ['name', 'modified', 'size'] as const)
        for (const descending of [false, true]) {
          const { nodes: whole } = await ann.files.list({ folder, sort, descending });
          for (const at of [0, 1, 2, 3, 4, 9, 10, 11]) {
            const page = await ann.files.list({ folder, sort, descending, at, limit: 2 });
            assert.deepEqual([page.nodes, page.count], [whole.slice(at, at + 2), 10], `${sort} from ${at}`);
            const { next } = page;
            assert.equal(next !== undefined, at + 2 < 10);
            if (next === undefined) continue;
            const { nodes } = await ann.files.list({ folder, sort, descending, after: next, limit: 2 });
            assert.deepEqual(nodes, whole.slice(at + 2, at + 4));
          }
          for (const startsWith of ['ä', 'ÄRENDE 9', 'ärende 1', 'bo', 'BO_', 'mapp 1', 'ö', '%', 'q']) {
            const first = whole.findIndex(({ name }) => name.toLowerCase().startsWith(startsWith.toLowerCase()));
            const page = await ann.files.list({ folder, sort, descending, startsWith, limit: 2 });
            const due = first < 0 ? [undefined, []] : [first, whole.slice(first, first + 2)];
            assert.deepEqual([page.at, page.nodes], due, `${sort} from ${startsWith}`);
          }
        }
      const { next } = await ann.files.list({ folder, limit: 1 });
      const error = await rejection(ann.files.list({ folder, after: next!, at: 1 }));
      assert.deepEqual([error.code, error.field], ['INVALID', 'after']);
    },
  },
  {
    name: 'a name is there once in a folder, in whatever form it is written',
    async run(subject) {
      const ann = await someone(subject);
      const { id } = await aFile(ann, 'Möte.txt'.normalize('NFD'));
      assert.equal((await ann.files.get({ node: id })).node.name, 'Möte.txt'.normalize('NFC'));
      for (const name of ['Möte.txt'.normalize('NFC'), 'Möte.txt'.normalize('NFD')]) {
        const error = await rejection(aFile(ann, name));
        assert.deepEqual([error.code, error.reason, error.field], ['CONFLICT', 'NAME_TAKEN', 'name']);
      }
      assert.equal((await ann.files.find({ folder: ann.home.id, name: 'Möte.txt' })).node.id, id);
      const folder = await aFolder(ann, 'Mapp');
      await aFile(ann, 'Möte.txt', { parent: folder.id });
      assert.equal((await rejection(ann.files.move({ node: id, parent: folder.id }))).reason, 'NAME_TAKEN');
      assert.equal((await rejection(ann.files.find({ folder: ann.home.id, name: 'Inget' }))).field, 'name');
    },
  },
  {
    name: 'of two who make a name at once, one does',
    async run(subject) {
      const ann = await someone(subject);
      const made = await Promise.allSettled([0, 1, 2, 3].map(async () => aFile(ann, 'samma.txt')));
      assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const each of made) if (each.status === 'rejected') assert.equal(each.reason.reason, 'NAME_TAKEN');
      assert.deepEqual(await namesIn(ann, ann.home.id), ['samma.txt']);
    },
  },
  {
    name: 'names that are none are refused, whatever is tried',
    async run(subject) {
      const ann = await someone(subject);
      for (const name of [
        '',
        '.',
        '..',
        'a/b',
        String.raw`a\b`,
        '../x',
        'a\0',
        'a\n',
        ' a',
        'a ',
        'å'.repeat(128),
        '\uD800',
      ]) {
        const error = await rejection(ann.files.createFolder({ id: newId(), parent: ann.home.id, name }));
        assert.deepEqual([error.code, error.field], ['INVALID', 'name'], JSON.stringify(name));
      }
      for (const name of [
        '..a',
        'a..',
        '...',
        '%2e%2e',
        'CON',
        'a:b',
        'a?b',
        "o'b",
        '<b>',
        'å'.repeat(127),
        '👩‍👩‍👧',
        '.dold',
      ])
        assert.equal((await aFolder(ann, name)).name, name);
      assert.equal((await ann.files.list({ folder: ann.home.id })).count, 12);
    },
  },
  {
    name: 'what is made twice with one id is made once; another id of the same is another',
    async run(subject) {
      const ann = await someone(subject);
      const bo = await someone(subject);
      const folder = { id: newId(), parent: ann.home.id, name: 'Mapp' };
      const first = await ann.files.createFolder(folder);
      assert.deepEqual(await ann.files.createFolder(folder), first);
      const file = { id: newId(), version: newId(), parent: folder.id, name: 'a.txt', mediaType: 'text/plain' };
      const made = await ann.files.createFile(file, { content: contentOf('ett') });
      assert.deepEqual(await ann.files.createFile(file, { content: contentOf('ett') }), made);
      assert.equal(await textOf(ann, file.id), 'ett');
      const taken = await rejection(bo.files.createFolder({ id: folder.id, parent: bo.home.id, name: 'Min' }));
      assert.deepEqual([taken.code, taken.field], ['CONFLICT', 'id']);
      const other = await rejection(
        ann.files.createFile({ ...file, id: newId(), name: 'b.txt' }, { content: contentOf('två') }),
      );
      assert.deepEqual([other.code, other.field], ['CONFLICT', 'version']);
    },
  },
  {
    name: 'a node that is moved and renamed is the same node, with what is in it',
    async run(subject) {
      const ann = await someone(subject);
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const inner = await aFolder(ann, 'inre', a.id);
      const file = await aFile(ann, 'fil.txt', { parent: inner.id, text: 'kvar' });
      const { node } = await ann.files.move({ node: inner.id, parent: b.id, name: 'flyttad' });
      assert.deepEqual([node.id, node.parent, node.name], [inner.id, b.id, 'flyttad']);
      const { above } = await ann.files.get({ node: file.id });
      assert.deepEqual(
        above.map(({ name }) => name),
        ['', 'b', 'flyttad'],
      );
      assert.equal(await textOf(ann, file.id), 'kvar');
      assert.deepEqual(await namesIn(ann, a.id), []);
    },
  },
  {
    name: 'no folder comes into itself, also when two are moved at once',
    async run(subject) {
      const ann = await someone(subject);
      const [a, b] = [await aFolder(ann, 'a'), await aFolder(ann, 'b')];
      const inner = await aFolder(ann, 'inre', a.id);
      for (const parent of [a.id, inner.id]) {
        const error = await rejection(ann.files.move({ node: a.id, parent }));
        assert.deepEqual([error.code, error.reason, error.field], ['INVALID', 'INSIDE', 'parent']);
      }
      const both = await Promise.allSettled([
        ann.files.move({ node: a.id, parent: b.id }),
        ann.files.move({ node: b.id, parent: a.id }),
      ]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const { node, above } = await ann.files.get({ node: inner.id });
      assert.equal(node.name, 'inre');
      assert.equal(above.length, 3);
    },
  },
  {
    name: 'folders are above one another 64 times and no more',
    async run(subject) {
      const ann = await someone(subject);
      let parent = ann.home.id;
      for (let depth = 2; depth <= 64; depth++) parent = (await aFolder(ann, 'ner', parent)).id;
      const error = await rejection(ann.files.createFolder({ id: newId(), parent, name: 'för djupt' }));
      assert.deepEqual([error.code, error.reason, error.field], ['QUOTA', 'DEPTH', 'parent']);
      assert.equal((await ann.files.get({ node: parent })).above.length, 63);
      const two = await aFolder(ann, 'två');
      await aFolder(ann, 'inre', two.id);
      assert.equal((await rejection(ann.files.move({ node: two.id, parent }))).reason, 'DEPTH');
    },
  },
  {
    name: 'a home folder stays where it is, and a folder at the top is its owner’s to delete',
    async run(subject) {
      const ann = await someone(subject);
      for (const attempt of [
        () => ann.files.move({ node: ann.home.id, name: 'hem' }),
        () => ann.files.delete({ node: ann.home.id }),
      ])
        assert.deepEqual(await rejection(attempt()).then(({ code, field }) => [code, field]), ['INVALID', 'node']);
      const { node } = await ann.files.createFolder({ id: newId(), name: 'Gemensamt' });
      assert.deepEqual([node.parent, node.owner, node.role], [undefined, ann.id, 'owner']);
      assert.deepEqual(
        (await ann.files.listShared({})).nodes.map(({ name }) => name),
        ['Gemensamt'],
      );
      assert.equal((await ann.files.move({ node: node.id, name: 'Allas' })).node.name, 'Allas');
      assert.equal((await rejection(ann.files.move({ node: node.id, parent: ann.home.id }))).field, 'node');
      await ann.files.delete({ node: node.id });
      assert.deepEqual((await ann.files.listShared({})).nodes, []);
    },
  },
  {
    name: 'a copy is another node with the same content, and what is in it, once however often it is asked for',
    async run(subject) {
      const ann = await someone(subject);
      const a = await aFolder(ann, 'a');
      const file = await aFile(ann, 'fil.txt', { parent: (await aFolder(ann, 'inre', a.id)).id, text: 'innehåll' });
      const asked = { id: newId(), node: a.id, parent: ann.home.id, name: 'a (2)' };
      const { node } = await ann.files.copy(asked);
      assert.deepEqual((await ann.files.copy(asked)).node, node);
      const [inner] = (await ann.files.list({ folder: node.id })).nodes;
      const [copied] = (await ann.files.list({ folder: inner!.id })).nodes;
      assert.notEqual(copied!.id, file.id);
      assert.notEqual(copied!.version!.id, file.version!.id);
      assert.equal(await textOf(ann, copied!.id), 'innehåll');
      assert.deepEqual(await namesIn(ann, ann.home.id), ['a', 'a (2)']);
      assert.equal((await rejection(ann.files.copy({ ...asked, id: newId() }))).reason, 'NAME_TAKEN');
      assert.equal((await rejection(ann.files.copy({ ...asked, id: newId(), parent: a.id }))).reason, 'INSIDE');
    },
  },
  {
    name: 'whoever gets a home folder, or makes one at the top, hears of it from then on, and is told so once',
    async run(subject) {
      const ann = await someone(subject);
      await ann.files.getHome({});
      const made = { id: newId(), name: 'Gemensamt' };
      for (let i = 0; i < 2; i++) await ann.files.createFolder(made);
      const given = (await subject.announced()).filter(({ type }) => type === 'access.given');
      assert.deepEqual(
        given.map(({ data }) => data),
        [ann.home.id, made.id].map((root) => ({ root, person: ann.id, role: 'owner' })),
      );
    },
  },
  {
    name: 'what happens in a folder is heard of by those who may see it',
    async run(subject) {
      const ann = await someone(subject);
      const folder = await aFolder(ann, 'Mapp');
      const file = await aFile(ann, 'a.txt', { parent: folder.id });
      await ann.files.move({ node: file.id, name: 'b.txt' });
      await ann.files.move({ node: file.id, parent: ann.home.id });
      await ann.files.delete({ node: file.id });
      const changes = (await subject.announced()).filter(({ type }) => type === 'node.changed');
      const heard = changes.map(({ type, data }) => [
        type,
        (data as { what?: string }).what,
        (data as { folder?: string }).folder,
      ]);
      const at = (what: string, where: string) => ['node.changed', what, where];
      assert.deepEqual(heard, [
        at('made', ann.home.id),
        at('made', folder.id),
        at('renamed', folder.id),
        at('gone', folder.id),
        at('made', ann.home.id),
        at('gone', ann.home.id),
      ]);
      for (const { data } of await subject.announced()) assert.equal((data as { root: string }).root, ann.home.id);
    },
  },
];

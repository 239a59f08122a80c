import assert from 'node:assert/strict';
import { type Bytes, newId } from '@valfri/core';
import { createHash } from 'node:crypto';
import { type ContractCase, rejection } from '../suite.ts';
import { aFile, aFolder, aSave, bytesOf, contentOf, type DocumentsSubject, someone, textOf } from './subject.ts';

/** What files hold. */
export const contentCases: readonly ContractCase<DocumentsSubject>[] = [
  {
    name: 'what is read is what was written, to the byte, with its size, type and hash',
    async run(subject) {
      const ann = await someone(subject);
      const bytes = Buffer.alloc(3_000_001);
      for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
      const given = {
        id: newId(),
        version: newId(),
        parent: ann.home.id,
        name: 'stor.bin',
        mediaType: 'application/octet-stream',
      };
      const content = contentOf(bytes);
      const { node } = await ann.files.createFile({ ...given, modifiedAt: 1_600_000_000_000 }, { content });
      const { id, size, sha256, mediaType, modifiedAt, savedBy } = node.version!;
      assert.deepEqual(
        [id, size, sha256, mediaType, modifiedAt, savedBy],
        [given.version, bytes.length, content.sha256, given.mediaType, 1_600_000_000_000, ann.id],
      );
      const answer = await ann.files.readFile({ file: given.id });
      assert.deepEqual([answer.size, answer.name, answer.sha256], [bytes.length, 'stor.bin', content.sha256]);
      const read = await bytesOf(answer.content);
      assert.equal(createHash('sha256').update(read).digest('hex'), content.sha256);
    },
  },
  {
    name: 'nothing is a content too',
    async run(subject) {
      const ann = await someone(subject);
      const { id, version } = await aFile(ann, 'tom.txt', { text: '' });
      assert.equal(version!.size, 0);
      assert.equal(await textOf(ann, id), '');
      assert.equal(await textOf(ann, id, { range: { start: 0 } }), '');
    },
  },
  {
    name: 'a part is read from its first byte up to its last',
    async run(subject) {
      const ann = await someone(subject);
      const { id } = await aFile(ann, 'a.txt', { text: '0123456789' });
      for (const [start, end, due] of [
        [0, 1, '0'],
        [3, 7, '3456'],
        [5, undefined, '56789'],
        [8, 99, '89'],
      ] as const)
        assert.equal(await textOf(ann, id, { range: { start, ...(end === undefined ? {} : { end }) } }), due);
      const error = await rejection(ann.files.readFile({ file: id, range: { start: 10 } }));
      assert.deepEqual([error.code, error.field], ['INVALID', 'range']);
      assert.equal((await rejection(ann.files.readFile({ file: id, range: { start: 3, end: 3 } }))).code, 'INVALID');
    },
  },
  {
    name: 'a save replaces the content, once for each version',
    async run(subject) {
      const ann = await someone(subject);
      const { id } = await aFile(ann, 'a.txt', { text: 'ett' });
      const given = { file: id, version: newId(), mediaType: 'text/markdown' };
      const { node } = await ann.files.saveFile(given, { content: contentOf('två') });
      assert.deepEqual(
        [node.version!.id, node.version!.mediaType, node.version!.size],
        [given.version, 'text/markdown', 4],
      );
      const after = await aSave(ann, id, 'tre');
      assert.deepEqual((await ann.files.saveFile(given, { content: contentOf('två') })).node, after);
      assert.equal(await textOf(ann, id), 'tre');
      const other = await aFile(ann, 'b.txt');
      const error = await rejection(ann.files.saveFile({ ...given, file: other.id }, { content: contentOf('två') }));
      assert.deepEqual([error.code, error.field], ['CONFLICT', 'version']);
    },
  },
  {
    name: 'of two who save what both have read, one is told that it has changed',
    async run(subject) {
      const ann = await someone(subject);
      const { id, version } = await aFile(ann, 'a.txt');
      const both = await Promise.allSettled([aSave(ann, id, 'ett', version!.id), aSave(ann, id, 'två', version!.id)]);
      const [refused] = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      assert.deepEqual([refused.code, refused.reason, refused.field], ['CONFLICT', 'CHANGED', 'ifVersion']);
      const [done] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      assert.deepEqual((await ann.files.get({ node: id })).node, done);
      const error = await rejection(ann.files.delete({ node: id, ifVersion: version!.id }));
      assert.equal(error.reason, 'CHANGED');
    },
  },
  {
    name: 'content that is not what it was said to be is kept by nobody',
    async run(subject) {
      const ann = await someone(subject);
      const given = { id: newId(), version: newId(), parent: ann.home.id, name: 'a.txt', mediaType: 'text/plain' };
      const broken: (() => Bytes)[] = [
        () => contentOf('fel').read(),
        async function* () {
          yield new TextEncoder().encode('de');
          throw new Error('the line is dead');
        },
      ];
      for (const read of broken)
        await rejection(ann.files.createFile(given, { content: { ...contentOf('det rätta'), read } }));
      assert.deepEqual((await ann.files.list({ folder: ann.home.id })).nodes, []);
      await ann.files.createFile(given, { content: contentOf('det rätta') });
      assert.equal(await textOf(ann, given.id), 'det rätta');
    },
  },
  {
    name: 'a folder is no file, and a file no folder',
    async run(subject) {
      const ann = await someone(subject);
      const [file, folder] = [await aFile(ann, 'a.txt'), await aFolder(ann, 'm')];
      assert.equal((await rejection(ann.files.readFile({ file: folder.id }))).field, 'file');
      assert.equal((await rejection(aSave(ann, folder.id, 'x'))).field, 'file');
      assert.equal((await rejection(ann.files.list({ folder: file.id }))).field, 'folder');
      assert.equal((await rejection(aFile(ann, 'b.txt', { parent: file.id }))).field, 'parent');
    },
  },
];

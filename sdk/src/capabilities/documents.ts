import { defineCapability, idSchema } from '@valfri/core';
import { z } from 'zod';
import { lockOperations, locks } from './documents-locks.ts';
import { documentRecords } from './documents-records.ts';
import { changed, foreignId, locked, mayNot, noFile, noFolder, noNode, taken } from './documents-refusals.ts';
import { givenRole, grant, mediaType, node, nodeId, nodeName, range, role, size } from './documents-views.ts';
import { sha256, trashed, version, versionId } from './documents-views.ts';
import { person, someText, text, time } from './fields.ts';

const limit = z.int().min(1).max(1_000).default(200).describe('How many at most');
const after = text(1_000).optional().describe('`next` of the page before');
const next = text(1_000).optional().describe('Where the next page begins; absent on the last one');
const nothing = z.object({});
const oneNode = z.object({ node });

const ifVersion = versionId
  .optional()
  .describe('Only where this is its version now (If-Match, RFC 9110). Default: whatever it is');

/** What comes with new content. */
const written = {
  version: versionId.describe('Made by the caller; the same again changes nothing'),
  mediaType,
  modifiedAt: time.optional().describe('When its content was last changed. Default: now'),
};

/** Files in folders: what they are called, who may do what with them, and what they held before. */
export const documents = defineCapability({
  id: 'documents',
  major: 0,
  minor: 2,
  swap: 'stateful',
  summary: 'Files in folders: what they are called, who may do what with them, and what they held before.',

  features: {
    versions: z.object({}).describe('What a file held before can be seen and restored'),
    trash: z.object({}).describe('What was deleted can be restored'),
    shares: z.object({}).describe('People and groups can be given something'),
    search: z.object({}).describe('By words of the name'),
    locks: z
      .object({ maxSeconds: z.int().min(1).describe('How long a lock holds at most, in seconds') })
      .describe('Somebody can keep others from writing for a while'),
  },

  audience: { operation: 'listTopics', join: 'access.given', leave: 'access.taken' },

  operations: {
    listTopics: {
      summary:
        'Ids of the nodes under which the person hears of changes: their home folder, and what is theirs to see from there on.',
      effect: 'read',
      gather: 'topics',
      input: nothing,
      output: z.object({ topics: z.array(nodeId) }),
    },
    getHome: {
      summary: "The person's home folder, whose id homeFolderId() gives; made where it is not there yet.",
      effect: 'write',
      guests: false,
      input: nothing,
      output: oneNode,
    },
    listShared: {
      summary:
        "What is not in the person's home folder and theirs to see from there on, by name: shared folders, and what they were given.",
      effect: 'read',
      gather: 'nodes',
      input: nothing,
      output: z.object({ nodes: z.array(node) }),
    },
    list: {
      summary:
        'What is in a folder: folders first, and in the order of Swedish names, numbers by value; or by time or size.',
      effect: 'read',
      refusals: [noNode('folder'), { code: 'INVALID', field: 'folder', when: 'It is a file' }],
      input: z.object({
        folder: nodeId,
        sort: z.enum(['name', 'modified', 'size']).default('name'),
        descending: z.boolean().default(false),
        after,
        limit,
      }),
      output: z.object({
        nodes: z.array(node),
        next,
        count: z.int().min(0).optional().describe('Of all that is in it; on the first page'),
      }),
    },
    get: {
      summary: 'One node, and the folders above it that the person may see, from the top.',
      effect: 'read',
      refusals: [noNode('node')],
      input: z.object({ node: nodeId }),
      output: z.object({ node, above: z.array(z.object({ id: nodeId, name: text(255) })) }),
    },
    find: {
      summary: 'What has a name in a folder.',
      effect: 'read',
      refusals: [noNode('folder'), { ...noNode('name'), when: 'Nothing there has the name' }],
      input: z.object({ folder: nodeId, name: nodeName }),
      output: oneNode,
    },
    createFolder: {
      summary:
        'Makes a folder in another, or a shared one at the top, whose owner the person is. The same id again changes nothing.',
      effect: 'write',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('parent'),
        noFolder,
        mayNot('write there'),
        foreignId,
        locked,
        taken,
        { code: 'DENIED', field: 'parent', when: 'A guest makes one at the top' },
        { code: 'QUOTA', reason: 'DEPTH', field: 'parent', when: 'It would be the 65th folder above one another' },
      ],
      input: z.object({ id: nodeId, parent: nodeId.optional(), name: nodeName, locks }),
      output: oneNode,
    },
    createFile: {
      summary: 'Makes a file. The same id and version again changes nothing.',
      effect: 'write',
      content: 'in',
      fieldFeatures: { locks: 'locks' },
      refusals: [noNode('parent'), noFolder, mayNot('write there'), foreignId, locked, taken],
      input: z.object({ id: nodeId, parent: nodeId, name: nodeName, locks, ...written }),
      output: oneNode,
    },
    saveFile: {
      summary: 'Gives a file new content. The same version again changes nothing.',
      effect: 'write',
      content: 'in',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('file'),
        noFile,
        mayNot('write it'),
        { ...foreignId, field: 'version', when: 'A version of another file has this id' },
        locked,
        changed,
      ],
      input: z.object({ file: nodeId, ifVersion, locks, ...written }),
      output: oneNode,
    },
    readFile: {
      summary: 'The content of a file, or a part of it.',
      effect: 'read',
      content: 'out',
      fieldFeatures: { version: 'versions' },
      refusals: [
        noNode('file'),
        noFile,
        { code: 'NOT_FOUND', field: 'version', when: 'The file has no such version' },
        { code: 'INVALID', field: 'range', when: 'It begins beyond the end' },
      ],
      input: z.object({
        file: nodeId,
        version: versionId.optional().describe('Default: the present one'),
        range: range.optional().describe('Default: all of it. What is beyond the end is left out'),
      }),
      output: z.object({
        size: size.describe('Of all of it, in bytes'),
        name: text(255),
        mediaType,
        version: versionId,
        sha256,
        modifiedAt: time,
      }),
    },
    move: {
      summary: 'Gives a node another place, another name, or both.',
      effect: 'write',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('node'),
        mayNot('move it'),
        noNode('parent'),
        noFolder,
        { code: 'INVALID', reason: 'INSIDE', field: 'parent', when: 'It is the node itself, or in it' },
        { code: 'INVALID', field: 'node', when: 'It is a home folder; or at the top, and given a parent' },
        locked,
        taken,
      ],
      input: z.object({ node: nodeId, parent: nodeId.optional(), name: nodeName.optional(), locks }),
      output: oneNode,
    },
    copy: {
      summary:
        'Copies a file, or a folder with all that is in it; what was given on them, and what they held before, stays behind. The same id again changes nothing.',
      effect: 'write',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('node'),
        noNode('parent'),
        noFolder,
        mayNot('write there'),
        { code: 'INVALID', reason: 'INSIDE', field: 'parent', when: 'It is the node itself, or in it' },
        foreignId,
        locked,
        taken,
        { code: 'QUOTA', reason: 'TOO_MANY', field: 'node', when: 'More than 10,000 are in it' },
      ],
      input: z.object({ id: nodeId, node: nodeId, parent: nodeId, name: nodeName.optional(), locks }),
      output: oneNode,
    },
    delete: {
      summary: 'Deletes a node and all that is in it: to the trash, or for good where there is none.',
      effect: 'write',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('node'),
        mayNot('delete it; a folder at the top only its owner may'),
        { code: 'INVALID', field: 'node', when: 'It is a home folder' },
        locked,
        changed,
      ],
      input: z.object({ node: nodeId, ifVersion, locks }),
      output: nothing,
    },
    listVersions: {
      summary: 'What a file holds and held, the newest first.',
      effect: 'read',
      feature: 'versions',
      refusals: [noNode('file'), noFile],
      input: z.object({ file: nodeId, after, limit }),
      output: z.object({ versions: z.array(version), next }),
    },
    restoreVersion: {
      summary: 'Gives a file the content that it had before, as a new version.',
      effect: 'write',
      feature: 'versions',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        noNode('file'),
        noFile,
        mayNot('write it'),
        { code: 'NOT_FOUND', field: 'version', when: 'The file has no such version' },
        locked,
      ],
      input: z.object({ file: nodeId, version: versionId, as: versionId.describe('Id of the new version'), locks }),
      output: oneNode,
    },
    listTrash: {
      summary: 'What was deleted and the person may restore, the last first; what went with a folder is in it.',
      effect: 'read',
      feature: 'trash',
      input: z.object({ after, limit }),
      output: z.object({ items: z.array(trashed), next }),
    },
    restore: {
      summary: 'Takes a node out of the trash, with all that went with it: to where it was, or to another folder.',
      effect: 'write',
      feature: 'trash',
      fieldFeatures: { locks: 'locks' },
      refusals: [
        { ...noNode('node'), when: 'It is not in the trash, or not the person’s to restore' },
        { code: 'CONFLICT', reason: 'NO_PLACE', field: 'parent', when: 'The folder it was in is there no more' },
        noNode('parent'),
        noFolder,
        mayNot('write there'),
        locked,
        taken,
      ],
      input: z.object({ node: nodeId, parent: nodeId.optional(), name: nodeName.optional(), locks }),
      output: oneNode,
    },
    erase: {
      summary: 'Deletes for good what is in the trash.',
      effect: 'write',
      feature: 'trash',
      refusals: [{ ...noNode('node'), when: 'It is not in the trash, or not the person’s to restore' }],
      input: z.object({ node: nodeId }),
      output: nothing,
    },
    listGrants: {
      summary: 'What was given on a node and above it, and to whom; with who owns the top.',
      effect: 'read',
      feature: 'shares',
      refusals: [noNode('node')],
      input: z.object({ node: nodeId }),
      output: z.object({ owner: person, grants: z.array(grant) }),
    },
    give: {
      summary: 'Gives a person or a group something; replaces what they were given on the same node.',
      effect: 'write',
      feature: 'shares',
      people: ['person'],
      guests: false,
      refusals: [noNode('node'), mayNot('share it')],
      input: z
        .object({ node: nodeId, person: person.optional(), group: idSchema.optional(), role: givenRole })
        .refine(({ person: one, group }) => (one === undefined) !== (group === undefined), {
          path: ['person'],
          message: 'and group exclude each other, and one of them is due',
        }),
      output: nothing,
    },
    take: {
      summary: 'Takes back what was given on a node. Whoever was given it may take it from themselves.',
      effect: 'write',
      feature: 'shares',
      refusals: [noNode('node'), mayNot('share it')],
      input: z
        .object({ node: nodeId, person: person.optional(), group: idSchema.optional() })
        .refine(({ person: one, group }) => (one === undefined) !== (group === undefined), {
          path: ['person'],
          message: 'and group exclude each other, and one of them is due',
        }),
      output: nothing,
    },
    search: {
      summary: 'What the person may see and whose name holds the words, the last changed first.',
      effect: 'read',
      feature: 'search',
      gather: 'nodes',
      input: z.object({ query: someText(200), under: nodeId.optional(), limit }),
      output: z.object({ nodes: z.array(node) }),
    },
    ...lockOperations,
  },

  events: {
    'node.changed': {
      summary: 'A file or folder was made, moved, renamed, written, deleted or restored; or a lock on it came or went.',
      topic: 'root',
      payload: z.object({
        root: nodeId.describe('The node under which it is heard of'),
        node: nodeId,
        folder: nodeId.optional().describe('Where it is, or was before it went'),
        what: z.enum(['made', 'renamed', 'written', 'gone', 'shared', 'locked']),
        by: person,
      }),
    },
    'access.given': {
      summary: 'A person was given something, or made a folder at the top.',
      topic: 'root',
      payload: z.object({ root: nodeId, person, role }),
    },
    'access.taken': {
      summary: 'What a person was given was taken back.',
      topic: 'root',
      payload: z.object({ root: nodeId, person }),
    },
  },

  records: documentRecords,
});

import { idSchema, type RecordDefinition } from '@valfri/core';
import { z } from 'zod';
import { givenRole, lock, nodeId, version } from './documents-views.ts';
import { person, text, time } from './fields.ts';

const made = { id: nodeId, organisation: idSchema, createdAt: time, createdBy: person };
const kept = version.extend({ file: nodeId });
const given = z.object({
  node: nodeId,
  to: z.enum(['person', 'group']),
  whom: idSchema,
  role: givenRole,
  givenAt: time,
  givenBy: person,
});

/** What a swap, an export and a backup of documents carry. What is in the trash is in none of them but `trashed`. */
export const documentRecords = {
  folder: {
    summary: 'A folder.',
    key: ['id'],
    value: z.object({ ...made, owner: person.optional().describe('Of a folder at the top') }),
  },
  file: {
    summary: 'A file with its content.',
    key: ['id'],
    content: 'sha256',
    value: z.object({ ...made, ...version.omit({ id: true }).shape, version: version.shape.id }),
  },
  place: {
    summary: 'Where a file or folder is, and what it is called there.',
    key: ['node'],
    value: z.object({
      node: nodeId,
      parent: nodeId.optional().describe('Absent at the top'),
      name: text(255).describe('Empty for a home folder'),
    }),
  },
  version: {
    summary: 'What a file held before.',
    key: ['id'],
    feature: 'versions',
    content: 'sha256',
    value: kept,
  },
  grant: {
    summary: 'What a person or a group was given.',
    key: ['node', 'to', 'whom'],
    feature: 'shares',
    value: given,
  },
  lock: {
    summary: 'What keeps others from writing. One whose time is up counts for nothing, and may be here for a while.',
    key: ['node', 'token'],
    feature: 'locks',
    value: lock,
  },
  trashed: {
    summary: 'A file or folder in the trash, with all that belongs to it.',
    key: ['id'],
    feature: 'trash',
    content: 'versions',
    value: z.object({
      ...made,
      kind: z.enum(['folder', 'file']),
      parent: nodeId,
      name: text(255),
      deletedAt: time,
      deletedBy: person,
      with: nodeId.describe('What was deleted; itself, or a folder above it'),
      versions: z.array(version).describe('Of a file: its content, the present one last'),
      grants: z.array(given.omit({ node: true })),
    }),
  },
} as const satisfies Readonly<Record<string, RecordDefinition>>;

import type { OperationDefinition } from '@valfri/core';
import { z } from 'zod';
import { mayNot, noNode } from './documents-refusals.ts';
import { node, nodeId, tag } from './documents-views.ts';
import { text } from './fields.ts';

const tags = z
  .array(tag)
  .max(20)
  .refine((all) => new Set(all.map((one) => one.toLocaleLowerCase('sv'))).size === all.length, 'holds one twice')
  .describe('Words of at most 60 characters, each once however it is written; in this order');

/** Words that people put on files. */
export const tagOperations = {
  setTags: {
    summary: 'Puts words on a file or folder, for all who see it, in place of those that are on it.',
    effect: 'write',
    feature: 'tags',
    refusals: [noNode('node'), mayNot('write it')],
    input: z.object({ node: nodeId, tags }),
    output: z.object({ node }),
  },
} as const satisfies Readonly<Record<string, OperationDefinition>>;

/** For clients that keep a copy of what a person may see (as RFC 6578 has it). */
export const changeOperations = {
  listChanges: {
    summary:
      'What has changed since `after` of what the person may see, or what a folder holds; without `after` all of it. In no order, and each once.',
    effect: 'read',
    feature: 'changes',
    refusals: [
      noNode('folder'),
      { code: 'INVALID', field: 'after', when: 'It is no `next` of this provider and this folder: begin without it' },
    ],
    input: z.object({
      folder: nodeId.optional().describe('Only this folder and what is in it. Default: all that is theirs to see'),
      after: text(1_000).optional().describe('`next` of the call before'),
      limit: z.int().min(1).max(1_000).default(200).describe('How many at most, changed and gone'),
    }),
    output: z.object({
      changed: z.array(node).describe('As they are now; with a folder that came, all that is in it'),
      gone: z.array(nodeId).describe('What is there no more, or not theirs to see; with a folder all that was in it'),
      next: text(1_000).describe('Where to go on from, now or at any time later'),
      more: z.boolean().describe('Whether to ask on at once'),
    }),
  },
} as const satisfies Readonly<Record<string, OperationDefinition>>;

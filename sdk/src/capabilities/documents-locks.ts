import type { OperationDefinition } from '@valfri/core';
import { z } from 'zod';
import { mayNot, noNode } from './documents-refusals.ts';
import { lock, lockToken, nodeId } from './documents-views.ts';
import { text } from './fields.ts';

/** What a write says where something may be locked. */
export const locks = z
  .array(lockToken)
  .max(20)
  .optional()
  .describe('Tokens of locks that the caller holds: what they guard may be written, whoever the person is');

/**
 * Locks, after RFC 4918 (WebDAV), sections 6 and 7: for editors outside, and for servers of co-editing.
 *
 * What is guarded: a lock on a file guards its content, its place and its life; one on a folder the folder's name, place
 * and life, and which children it has under which names; a deep one all that is below as well. Reading is never guarded.
 * Of several that guard one thing (shared ones), the token of one is enough. Whoever moves or deletes a folder needs the
 * tokens of all that is locked in it.
 */
export const lockOperations = {
  lock: {
    summary:
      'Locks a file or folder until it is unlocked, or the time is up. The same token again on the same node makes the time begin anew, and changes nothing else of it. A move to another folder and a deletion end a lock; a new name does not.',
    effect: 'write',
    feature: 'locks',
    refusals: [
      noNode('node'),
      mayNot('write it'),
      {
        code: 'CONFLICT',
        reason: 'LOCKED',
        field: 'node',
        when: 'A lock with another token is on it, above it and deep, or below it where this one is deep; and one of both is exclusive',
      },
      { code: 'QUOTA', reason: 'TOO_MANY', field: 'node', when: 'The person has 100 locks already' },
    ],
    input: z.object({
      node: nodeId,
      token: lockToken.describe('Made by the caller, who writes with it; unlike any other. Printable ASCII'),
      exclusive: z
        .boolean()
        .default(true)
        .describe('Whether no other may be beside it; shared ones may be beside each other'),
      deep: z.boolean().default(false).describe('Of a folder: whether all that is in it is locked too'),
      seconds: z
        .int()
        .min(1)
        .max(86_400)
        .default(1_800)
        .describe('How long it is to hold; no longer than `maxSeconds` of the feature'),
      note: text(1_000).optional().describe('What the client calls its owner; only handed out again'),
    }),
    output: z.object({ lock }),
  },
  unlock: {
    summary:
      'Ends a lock that is on the node itself. Whoever made it may, whoever owns the top, and, since the token is the key, whoever may write the node.',
    effect: 'write',
    feature: 'locks',
    refusals: [
      noNode('node'),
      { code: 'NOT_FOUND', field: 'token', when: 'No lock on the node has this token, or its time is up' },
      { code: 'DENIED', when: 'It is another person’s, and the person may not write the node' },
    ],
    input: z.object({ node: nodeId, token: lockToken }),
    output: z.object({}),
  },
  listLocks: {
    summary: 'What holds on a node: its own locks, and deep ones above it; the first made first.',
    effect: 'read',
    feature: 'locks',
    refusals: [noNode('node')],
    input: z.object({ node: nodeId }),
    output: z.object({ locks: z.array(lock) }),
  },
} as const satisfies Readonly<Record<string, OperationDefinition>>;

import { signal } from '@preact/signals-core';
import { newId } from '@valfri/core/ids';
import type { DocumentNode } from '@valfri/sdk';
import { api, type Failure, failureOf } from '../api.ts';
import { withFreeName } from './actions.ts';

/** How far something is that is done to many. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** What came of it. */
export interface Outcome<T = unknown> {
  readonly done: readonly T[];
  readonly failed: readonly { readonly node: Pick<DocumentNode, 'id' | 'name'>; readonly failure: Failure }[];
}

/** What is done to many now; `undefined` where nothing is. */
export const progress = signal<Progress | undefined>(undefined);

/** How many at once. */
const AT_ONCE = 4;

type Named = Pick<DocumentNode, 'id' | 'name'>;

/** Does something to each, some at a time; what fails does not stop the others. */
async function toEach<N extends Named, T>(nodes: readonly N[], work: (node: N) => Promise<T>): Promise<Outcome<T>> {
  const [done, failed]: [T[], { node: N; failure: Failure }[]] = [[], []];
  const turns = nodes.values();
  const worker = async () => {
    for (const node of turns) {
      try {
        done.push(await work(node));
      } catch (error) {
        failed.push({ node, failure: failureOf(error) });
      }
      progress.value = { done: done.length + failed.length, of: nodes.length };
    }
  };
  progress.value = { done: 0, of: nodes.length };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  progress.value = undefined;
  return { done, failed };
}

/** Deletes all that is given. @returns what was deleted */
export function deleteEach(nodes: readonly DocumentNode[]): Promise<Outcome<DocumentNode>> {
  return toEach(nodes, async (node) => (await api.documents.delete.mutate({ node: node.id }), node));
}

/** Takes out of the trash what was deleted. */
export function restoreEach(nodes: readonly Named[]): Promise<Outcome> {
  return toEach(nodes, ({ id }) => api.documents.restore.mutate({ node: id }));
}

/** Moves all that is given to a folder. @returns what was moved, as it was before */
export function moveEach(nodes: readonly DocumentNode[], parent: string): Promise<Outcome<DocumentNode>> {
  return toEach(nodes, async (node) => (await api.documents.move.mutate({ node: node.id, parent }), node));
}

/** Moves back to where they were. */
export function moveBack(nodes: readonly DocumentNode[]): Promise<Outcome> {
  return toEach(nodes, ({ id, parent }) => api.documents.move.mutate({ node: id, parent: parent! }));
}

/** Copies all that is given to a folder; where a name is taken, under the next that is free. @returns the copies */
export function copyEach(nodes: readonly DocumentNode[], parent: string): Promise<Outcome<Named>> {
  return toEach(nodes, async ({ id: node, name }) => {
    const id = newId();
    const make = (free: string) => api.documents.copy.mutate({ id, node, parent, name: free });
    return (await withFreeName(name, make)).node;
  });
}

/** Deletes copies that were made. */
export function deleteCopies(copies: readonly Named[]): Promise<Outcome> {
  return toEach(copies, ({ id }) => api.documents.delete.mutate({ node: id }));
}

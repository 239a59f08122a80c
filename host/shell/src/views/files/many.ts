import type { DocumentNode } from '@valfri/sdk';
import { explain, failureOf } from '../../state/api.ts';
import { documentFeatures } from '../../state/features.ts';
import { readAnew } from '../../state/files/folder.ts';
import {
  copyEach,
  deleteCopies,
  deleteEach,
  moveBack,
  moveEach,
  type Outcome,
  restoreEach,
} from '../../state/files/many.ts';
import { chooseNone } from '../../state/files/selection.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

type Nodes = readonly DocumentNode[];

/** Deletes at once; what can come back is offered back. */
export async function removeAll(nodes: Nodes): Promise<void> {
  const hasTrash = documentFeatures.peek()?.['trash'] !== undefined;
  if (!hasTrash && !confirm(words.value.eraseSure(named(nodes)))) return;
  const outcome = await deleteEach(nodes);
  told(outcome, words.value.deleted, hasTrash ? () => restoreEach(outcome.done) : undefined);
}

/** Moves to a folder. */
export async function moveAll(nodes: Nodes, parent: string): Promise<void> {
  const outcome = await moveEach(nodes, parent);
  told(outcome, words.value.moved, () => moveBack(outcome.done));
}

/** Copies to a folder. */
export async function copyAll(nodes: Nodes, parent: string): Promise<void> {
  const outcome = await copyEach(nodes, parent);
  told(outcome, words.value.copied, () => deleteCopies(outcome.done));
}

/** What is called so, or how many. */
export function named(nodes: readonly { readonly name: string }[]): string {
  return nodes.length === 1 ? nodes[0]!.name : words.value.entries(nodes.length);
}

type Done = readonly { readonly id: string; readonly name: string }[];

/** Says what was done, with a way back, and what was not. */
function told<T extends Done[number]>(
  { done, failed }: Outcome<T>,
  say: (what: string, n: number) => string,
  undo: (() => Promise<unknown>) | undefined,
): void {
  chooseNone();
  const back = () =>
    void undo!()
      .catch(() => undefined)
      .then(readAnew);
  if (done.length > 0)
    tell(say(named(done), done.length), undo ? { action: { label: text.value.undo, run: back } } : {});
  const [first] = failed;
  if (first) tell(whyNot(first, failed.length), { kind: 'bad' });
  void readAnew();
}

function whyNot({ node, failure }: Outcome['failed'][number], count: number): string {
  const why = failure.reason === 'NAME_TAKEN' ? words.value.nameTaken : explain(failure);
  return `${count === 1 ? node.name : words.value.notDone(count)}: ${why}`;
}

/** Does something to the list, and says what went wrong where something did. */
export async function attempted(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell(explain(failureOf(error)), { kind: 'bad' });
  }
  await readAnew();
}

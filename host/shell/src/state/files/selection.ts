import { computed, signal } from '@preact/signals-core';
import type { DocumentNode } from '@valfri/sdk';
import { onEvents } from '../live.ts';
import { count, entriesIn, entryOf } from './folder.ts';

/** How many may be chosen at once: as many as may be copied at once. */
export const MOST_CHOSEN = 10_000;

const chosen = signal<ReadonlyMap<string, DocumentNode>>(new Map());
/** From where a range is chosen. */
let anchor = 0;

/** How many are chosen. */
export const chosenCount = computed(() => chosen.value.size);

/** Whether an entry is chosen. */
export function isChosen(id: string): boolean {
  return chosen.value.has(id);
}

/** What is chosen, as it is now as far as is known. */
export function chosenNodes(): readonly DocumentNode[] {
  return [...chosen.value.values()].map((node) => entryOf(node.id) ?? node);
}

/** What something is done to that is asked for on an entry: all that is chosen where it is among that, else it alone. */
export function actedOn(node: DocumentNode): readonly DocumentNode[] {
  return chosen.peek().has(node.id) ? chosenNodes() : [node];
}

/** Chooses nothing. */
export function chooseNone(): void {
  if (chosen.peek().size > 0) chosen.value = new Map();
}

/** Chooses one and nothing else. */
export function chooseOnly(node: DocumentNode, index: number): void {
  anchor = index;
  chosen.value = new Map([[node.id, node]]);
}

/** Chooses one beside what is chosen, or takes it away. */
export function toggle(node: DocumentNode, index: number): void {
  anchor = index;
  const next = new Map(chosen.peek());
  if (!next.delete(node.id)) next.set(node.id, node);
  chosen.value = next;
}

/** Says from where the next range begins. */
export function anchorAt(index: number): void {
  anchor = index;
}

/** Chooses all from where one was chosen last to a place. */
export async function chooseTo(index: number): Promise<void> {
  const [from, until] = [Math.min(anchor, index), Math.max(anchor, index) + 1];
  const nodes = await entriesIn(from, Math.min(until, from + MOST_CHOSEN));
  chosen.value = new Map(nodes.map((node) => [node.id, node]));
}

/** Chooses all there is, up to {@link MOST_CHOSEN}. */
export async function chooseAll(): Promise<void> {
  const nodes = await entriesIn(0, Math.min(count.peek() ?? 0, MOST_CHOSEN));
  chosen.value = new Map(nodes.map((node) => [node.id, node]));
}

onEvents({
  'node.changed': ({ node, what }) => {
    if (what !== 'gone' || !chosen.peek().has(node)) return;
    const next = new Map(chosen.peek());
    next.delete(node);
    chosen.value = next;
  },
});

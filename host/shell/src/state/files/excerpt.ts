import type { DocumentNode } from '@valfri/sdk';
import { TextReader } from './text-reader.ts';

/** How much of a text is looked into, in bytes. */
const LOOKED_INTO = 1_024;

/** How many lines are shown, and letters of each. */
const SHOWN = { lines: 3, letters: 120 };

/** How many are kept. */
const KEPT = 200;

const made = new Map<string, Promise<string>>();

/** How a text begins: its first lines that say something. Read once for each version. */
export function excerptOf(node: DocumentNode): Promise<string> {
  const { id } = node.version!;
  const known = made.get(id);
  if (known) return known;
  const making = new TextReader(node, LOOKED_INTO).next().then(beginning, () => '');
  made.set(id, making);
  if (made.size > KEPT) made.delete(made.keys().next().value!);
  return making;
}

function beginning(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(0, SHOWN.lines)
    .map((line) => line.slice(0, SHOWN.letters).trimEnd())
    .join('\n');
}

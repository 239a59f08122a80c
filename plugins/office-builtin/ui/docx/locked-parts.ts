import type { Node } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import { ySyncPluginKey } from 'y-prosemirror';

/** Keeps parts as they are, by the ids of their paragraphs; what comes from others has been looked at where they are. */
export function lockedParts(ids: readonly string[], refused: () => void): Plugin {
  const locked = new Set(ids);
  return new Plugin({
    filterTransaction(transaction, { doc }) {
      if (!transaction.docChanged || transaction.getMeta(ySyncPluginKey) !== undefined) return true;
      const [before, after] = [partsOf(doc, locked), partsOf(transaction.doc, locked)];
      const stands = before.length === after.length && before.every((part, i) => part.eq(after[i]!));
      if (!stands) refused();
      return stands;
    },
  });
}

function partsOf(doc: Node, locked: ReadonlySet<string>): readonly Node[] {
  const parts: Node[] = [];
  doc.forEach((part) => {
    let isLocked = locked.has(part.attrs['paraId'] as string);
    part.descendants(({ attrs }) => {
      isLocked ||= locked.has(attrs['paraId'] as string);
      return !isLocked;
    });
    if (isLocked) parts.push(part);
  });
  return parts;
}

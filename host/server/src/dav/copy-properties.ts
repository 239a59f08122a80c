import type { DocumentNode } from '@valfri/sdk';
import type { DavContext } from './context.ts';

/** Gives a copy the properties of what it was made of; where it is deep, also what is in it. */
export async function copyProperties(
  { files, properties }: DavContext,
  node: DocumentNode,
  { id, deep }: { readonly id: string; readonly deep: boolean },
): Promise<void> {
  const { id: person } = files.standing;
  await properties.copy(node.id, id, person);
  if (node.kind === 'file' || !deep) return;
  // Folders whose copy is known, by the way there: only where something has properties is the copy of it looked up.
  const folders: { readonly from: string; readonly to: () => Promise<string | undefined> }[] = [
    { from: node.id, to: async () => id },
  ];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const { from, to } = folder;
    for await (const page of files.listed(from)) {
      const having = await properties.having(page.map((each) => each.id));
      for (const child of page) {
        const copied = once(async () => {
          const above = await to();
          return above === undefined ? undefined : (await files.find(above, child.name))?.id;
        });
        if (child.kind === 'folder') folders.push({ from: child.id, to: copied });
        if (!having.has(child.id)) continue;
        const target = await copied();
        if (target !== undefined) await properties.copy(child.id, target, person);
      }
    }
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { type MenuItem, openMenu } from '../../components/menu.ts';
import { editPath, go } from '../../router.ts';
import { documentFeatures } from '../../state/features.ts';
import { download, downloadAll, duplicate } from '../../state/files/actions.ts';
import { actedOn } from '../../state/files/selection.ts';
import { editorsFor } from '../../state/office.ts';
import { tell } from '../../state/notices.ts';
import { mayUnlock, unlockAll } from './locking.ts';
import { pageTitle } from '../../state/page-title.ts';
import { attempted, named, removeAll } from './many.ts';
import { askName } from './name-dialog.ts';
import { shareWords } from './share-words.ts';
import { words as editing } from '../edit/words.ts';
import { words } from './words.ts';

type Nodes = readonly DocumentNode[];

/** Opens the menu of a file or folder; where it is one of several that are chosen, of all of them. */
export function openFileMenu(anchor: HTMLElement, node: DocumentNode): void {
  const nodes = actedOn(node);
  const items = nodes.length > 1 ? itemsForMany(nodes) : itemsForOne(node);
  openMenu({ anchor, label: words.value.actionsFor(named(nodes)), items });
}

const only = (condition: unknown, item: MenuItem): readonly MenuItem[] => (condition ? [item] : []);

function itemsForOne(node: DocumentNode): readonly MenuItem[] {
  const features = documentFeatures.peek() ?? {};
  const mayEdit = mayAs(node.role, 'editor');
  const isFile = node.kind === 'file';
  const [first, ...others] = isFile ? editorsFor(node.name) : [];
  return [
    ...only(first, { label: editing.value.open, icon: 'edit', run: () => go(editPath(node.id)) }),
    ...(others.length > 0 ? [first!, ...others] : []).map(({ instance, title }): MenuItem => ({
      label: editing.value.openWith(title),
      icon: 'file',
      run: () => go(editPath(node.id, { with: instance })),
    })),
    ...only(first, { label: editing.value.preview, icon: 'picture', run: () => void preview(node) }),
    ...only(true, { label: words.value.download, icon: 'download', run: () => downloadChosen([node]) }),
    ...only(mayEdit && features['shares'], { label: words.value.share, icon: 'people', run: () => void share(node) }),
    ...only(mayEdit, {
      label: words.value.rename,
      icon: 'edit',
      keys: 'F2',
      run: () => void askName('rename', { node }),
    }),
    ...only(mayMove([node]), { label: words.value.move, icon: 'arrow', run: () => void place([node], 'move') }),
    ...only(true, { label: words.value.copyTo, icon: 'copy', run: () => void place([node], 'copy') }),
    ...only(mayMove([node]), { label: words.value.duplicate, icon: 'copy', run: () => void copyHere(node) }),
    ...only(mayUnlock(node), {
      label: shareWords.value.unlock,
      icon: 'lock',
      run: () => void attempted(() => unlockAll(node)),
    }),
    ...only(isFile && features['versions'], {
      label: words.value.versions,
      icon: 'clock',
      run: () => void versions(node),
    }),
    ...only(mayDelete([node]), removal([node])),
  ];
}

/** What can be done to several. */
export function itemsForMany(nodes: Nodes): readonly MenuItem[] {
  return [
    { label: words.value.download, icon: 'download', run: () => downloadChosen(nodes) },
    ...only(mayMove(nodes), { label: words.value.move, icon: 'arrow', run: () => void place(nodes, 'move') }),
    { label: words.value.copyTo, icon: 'copy', run: () => void place(nodes, 'copy') },
    ...only(mayDelete(nodes), removal(nodes)),
  ];
}

function removal(nodes: Nodes): MenuItem {
  const run = () => void removeAll(nodes);
  return { label: words.value.delete, icon: 'trash', keys: 'Del', danger: true, run };
}

function mayMove(nodes: Nodes): boolean {
  return nodes.every(({ role, parent }) => mayAs(role, 'editor') && parent !== undefined);
}

function mayDelete(nodes: Nodes): boolean {
  return nodes.every(({ role, parent }) => mayAs(role, 'editor') && (parent !== undefined || role === 'owner'));
}

/** Does what a key stands for on a file or folder, and on what is chosen with it. @returns whether it stands for anything. */
export function runKey({ key, target }: KeyboardEvent, node: DocumentNode): boolean {
  if ((target as HTMLElement).closest('button')) return false;
  const nodes = actedOn(node);
  if (key === 'F2' && mayAs(node.role, 'editor')) void askName('rename', { node });
  else if (key === 'Delete' && mayDelete(nodes)) void removeAll(nodes);
  else return false;
  return true;
}

function downloadChosen(nodes: Nodes): void {
  const [first] = nodes;
  if (nodes.length === 1 && first!.kind === 'file') download(first!);
  else void attempted(() => downloadAll(nodes, pageTitle.peek()));
}

async function preview({ id }: DocumentNode): Promise<void> {
  await (await import('./preview/preview-dialog.ts')).openPreview(id, { closed: () => undefined });
}

async function share(node: DocumentNode): Promise<void> {
  (await import('./share-dialog.ts')).openShare(node);
}

async function versions(node: DocumentNode): Promise<void> {
  (await import('./versions-dialog.ts')).openVersions(node);
}

async function place(nodes: Nodes, how: 'move' | 'copy'): Promise<void> {
  (await import('./move-dialog.ts')).openMove(nodes, how);
}

async function copyHere(node: DocumentNode): Promise<void> {
  await attempted(async () => {
    await duplicate(node);
    tell(words.value.copied(node.name));
  });
}

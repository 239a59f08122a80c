import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { type MenuItem, openMenu } from '../../components/menu.ts';
import { editPath, filesPath, go } from '../../router.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { download, duplicate } from '../../state/files/actions.ts';
import { documentFeatures } from '../../state/features.ts';
import { readAnew } from '../../state/files/folder.ts';
import { editorsFor } from '../../state/office.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import { askName } from './name-dialog.ts';
import { words as editing } from '../edit/words.ts';
import { words } from './words.ts';

/** Opens the menu of a file or folder. */
export function openFileMenu(anchor: HTMLElement, node: DocumentNode): void {
  openMenu({ anchor, label: words.value.actionsFor(node.name), items: itemsFor(node) });
}

function itemsFor(node: DocumentNode): readonly MenuItem[] {
  const features = documentFeatures.peek() ?? {};
  const mayEdit = mayAs(node.role, 'editor');
  const isFile = node.kind === 'file';
  const mayMove = mayEdit && node.parent !== undefined;
  const only = (condition: unknown, item: MenuItem) => (condition ? [item] : []);
  const [first, ...others] = isFile ? editorsFor(node.name) : [];
  return [
    ...only(first, { label: editing.value.open, icon: 'edit', run: () => go(editPath(node.id)) }),
    ...(others.length > 0 ? [first!, ...others] : []).map(({ instance, title }): MenuItem => ({
      label: editing.value.openWith(title),
      icon: 'file',
      run: () => go(editPath(node.id, { with: instance })),
    })),
    ...only(first, { label: editing.value.preview, icon: 'picture', run: () => void preview(node) }),
    ...only(isFile, { label: words.value.download, icon: 'download', run: () => download(node) }),
    ...only(mayEdit && features['shares'], { label: words.value.share, icon: 'people', run: () => void share(node) }),
    ...only(mayEdit, {
      label: words.value.rename,
      icon: 'edit',
      keys: 'F2',
      run: () => void askName('rename', { node }),
    }),
    ...only(mayMove, { label: words.value.move, icon: 'arrow', run: () => void move(node) }),
    ...only(mayMove, { label: words.value.duplicate, icon: 'copy', run: () => void copy(node) }),
    ...only(isFile && features['versions'], {
      label: words.value.versions,
      icon: 'clock',
      run: () => void versions(node),
    }),
    ...only(mayEdit && (node.parent !== undefined || node.role === 'owner'), {
      label: words.value.delete,
      icon: 'trash',
      keys: 'Del',
      danger: true,
      run: () => void remove(node),
    }),
  ];
}

/** Does what a key stands for on a file or folder. @returns whether it stands for anything. */
export function runKey({ key, target }: KeyboardEvent, node: DocumentNode): boolean {
  if ((target as HTMLElement).closest('button') || !mayAs(node.role, 'editor')) return false;
  if (key === 'F2') void askName('rename', { node });
  else if (key === 'Delete') void remove(node);
  else return false;
  return true;
}

async function preview({ id }: DocumentNode): Promise<void> {
  await (await import('./preview.ts')).openPreview(id, () => undefined);
}

async function share(node: DocumentNode): Promise<void> {
  (await import('./share-dialog.ts')).openShare(node);
}

async function versions(node: DocumentNode): Promise<void> {
  (await import('./versions-dialog.ts')).openVersions(node);
}

async function move(node: DocumentNode): Promise<void> {
  (await import('./move-dialog.ts')).openMove(node);
}

async function copy(node: DocumentNode): Promise<void> {
  await told(async () => {
    await duplicate(node);
    tell(words.value.copied(node.name));
  });
}

/** Deletes at once; what can come back is offered back. */
async function remove({ id, name }: DocumentNode): Promise<void> {
  const hasTrash = documentFeatures.peek()?.['trash'] !== undefined;
  if (!hasTrash && !confirm(words.value.eraseSure(name))) return;
  const undo = { label: text.value.undo, run: () => void told(() => api.documents.restore.mutate({ node: id })) };
  await told(async () => {
    await api.documents.delete.mutate({ node: id });
    tell(words.value.deleted(name), hasTrash ? { action: undo } : {});
    const here = new URL(location.href).searchParams.get('file');
    if (here === id) go(filesPath(undefined));
  });
}

/** Does something to the list, and says what went wrong where something did. */
async function told(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell(explain(failureOf(error)), { kind: 'bad' });
  }
  await readAnew();
}

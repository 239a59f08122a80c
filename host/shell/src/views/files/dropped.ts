import { newId } from '@valfri/core/ids';
import { api, failureOf } from '../../state/api.ts';
import { sendFiles } from '../../state/files/uploads.ts';

/** A file with the names of the folders that it is in. */
export interface FileInFolders {
  readonly file: File;
  readonly path: readonly string[];
}

/** What was chosen: by itself, or with a folder. */
export function filesOf(files: Iterable<File>): readonly FileInFolders[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath.split('/').slice(0, -1) }));
}

/** What was dropped, with all that is in folders. To be called before anything is awaited: it is gone afterwards. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<readonly FileInFolders[]> {
  const dropped = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (dropped.length === 0) return [...files].map((file) => ({ file, path: [] }));
  return (await Promise.all(dropped.map((entry) => filesIn(entry, [])))).flat();
}

async function filesIn(entry: FileSystemEntry, path: readonly string[]): Promise<readonly FileInFolders[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileInFolders[] = [];
  // A folder is read in parts, until a part is empty.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    for (const each of part) found.push(...(await filesIn(each, [...path, entry.name])));
  }
}

/** Sends files to a folder, making the folders that they are in; those that there are already are gone on with. */
export async function sendTree(files: readonly FileInFolders[], parent: string): Promise<void> {
  const folders = new Map<string, Promise<string>>([['', Promise.resolve(parent)]]);
  const folderAt = (path: readonly string[]): Promise<string> => {
    const key = path.join('/');
    const known = folders.get(key);
    if (known) return known;
    const made = folderAt(path.slice(0, -1)).then((above) => folderIn(above, path.at(-1)!));
    folders.set(key, made);
    return made;
  };
  for (const { file, path } of files) sendFiles([file], await folderAt(path));
}

async function folderIn(parent: string, name: string): Promise<string> {
  try {
    return (await api.documents.createFolder.mutate({ id: newId(), parent, name })).node.id;
  } catch (error) {
    if (failureOf(error).reason !== 'NAME_TAKEN') throw error;
    return (await api.documents.find.query({ folder: parent, name })).node.id;
  }
}

import { newId } from '@valfri/core/ids';
import { numberedName } from '@valfri/sdk/documents';
import type { MenuItem } from '../../components/menu.ts';
import { editPath, go } from '../../router.ts';
import { explain, type Failure, failureIn } from '../../state/api.ts';
import { formats } from '../../state/office.ts';
import { tell } from '../../state/notices.ts';
import { words } from '../edit/words.ts';

/** Entries of a menu for the files that editors can begin with. */
export function newFileItems(folder: string): readonly MenuItem[] {
  const kinds = [...new Set(formats.value.flatMap(({ creates, extension }) => (creates ? [extension] : [])))];
  return kinds.map((kind) => ({
    label: words.value.kinds[kind] ?? words.value.newFile(kind),
    icon: 'file',
    run: () => void makeFile(folder, kind),
  }));
}

/** Makes an empty file under the first name that is free, and opens it. */
async function makeFile(parent: string, extension: string): Promise<void> {
  const name = `${words.value.untitled}.${extension}`;
  const id = newId();
  for (let number = 1; number <= 50; number++) {
    const failure = await makeEmpty({ id, parent, name: number === 1 ? name : numberedName(name, number) });
    if (!failure) return go(editPath(id));
    if (failure.reason !== 'NAME_TAKEN') return tell(explain(failure), { kind: 'bad' });
  }
}

/** @returns why it could not be made, where it could not. */
async function makeEmpty(file: {
  readonly id: string;
  readonly parent: string;
  readonly name: string;
}): Promise<Failure | undefined> {
  const upload = newId();
  try {
    const begun = await fetch(`/content/uploads/${upload}`, { method: 'POST', headers: { 'upload-length': '0' } });
    if (!begun.ok) return failureIn(begun.status, await begun.text());
    const input = { ...file, version: newId(), mediaType: 'application/octet-stream' };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ upload, input });
    const made = await fetch('/content/documents/createFile', { method: 'POST', headers, body });
    return made.ok ? undefined : failureIn(made.status, await made.text());
  } catch {
    return failureIn(0, '');
  }
}

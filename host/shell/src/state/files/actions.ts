import { newId } from '@valfri/core/ids';
import { numberedName } from '@valfri/sdk/documents';
import type { DocumentNode } from '@valfri/sdk';
import { api, ContentError, failureOf } from '../api.ts';

let home: Promise<string> | undefined;

/** The id of the reader's home folder, which is made where it is not there yet. */
export function homeFolder(): Promise<string> {
  home ??= api.documents.getHome.mutate({}).then(
    ({ node }) => node.id,
    (error: unknown) => {
      home = undefined;
      throw error;
    },
  );
  return home;
}

/** Where the content of a file is. */
export function contentUrl(
  file: string,
  given: { readonly version?: string; readonly download?: boolean } = {},
): string {
  const input = { file, ...(given.version ? { version: given.version } : {}) };
  return `/content/documents/readFile?input=${encodeURIComponent(JSON.stringify(input))}${given.download ? '&download' : ''}`;
}

/** Hands a file to the browser, to be kept. */
export function download({ id, name }: Pick<DocumentNode, 'id' | 'name'>, version?: string): void {
  const link = document.createElement('a');
  link.href = contentUrl(id, { download: true, ...(version ? { version } : {}) });
  link.download = name;
  link.click();
}

/** Hands files and folders, with all that is in them, to the browser as one archive. @param where what several are called together. @throws a failure, before any of it */
export async function downloadAll(nodes: readonly Pick<DocumentNode, 'id' | 'name'>[], where: string): Promise<void> {
  const called = nodes.length === 1 ? nodes[0]!.name : where;
  const body = JSON.stringify({ nodes: nodes.map(({ id }) => id), name: called.slice(0, 200) });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/content/archives', { method: 'POST', headers, body });
  if (!answer.ok) throw new ContentError(answer.status, await answer.text());
  const { id, name } = (await answer.json()) as { id: string; name: string };
  const link = document.createElement('a');
  link.href = `/content/archives/${id}`;
  link.download = name;
  link.click();
}

/** The first of a name and its numbered forms that is free: `Mapp`, `Mapp (2)`, … */
export async function withFreeName<T>(name: string, make: (name: string) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await make(number === 1 ? name : numberedName(name, number));
    } catch (error) {
      if (failureOf(error).reason !== 'NAME_TAKEN' || number === 50) throw error;
    }
  }
}

/** Makes a copy beside the original. */
export async function duplicate({ id, name, parent }: DocumentNode): Promise<void> {
  const copy = newId();
  await withFreeName(name, (free) => api.documents.copy.mutate({ id: copy, node: id, parent: parent!, name: free }));
}

import { type DocumentNode, type documents, type Handle, newId } from '@valfri/sdk';
import { contentOf, type DocumentsSubject, textOf } from '@valfri/sdk/conformance';

export { textOf };

/** A person with a home folder, and documents as they use them. */
export interface Actor {
  readonly id: string;
  readonly home: DocumentNode;
  readonly files: Handle<typeof documents>;
}

export async function someone(host: DocumentsSubject): Promise<Actor> {
  const id = newId();
  const files = host.as(id);
  return { id, files, home: (await files.getHome({})).node };
}

export async function aFile(
  { files, home }: Actor,
  name: string,
  { text = 'Hej', parent = home.id }: { readonly text?: string; readonly parent?: string } = {},
): Promise<DocumentNode> {
  const given = { id: newId(), version: newId(), parent, name, mediaType: 'text/plain' };
  return (await files.createFile(given, { content: contentOf(text) })).node;
}

export async function aFolder({ files, home }: Actor, name: string): Promise<DocumentNode> {
  return (await files.createFolder({ id: newId(), parent: home.id, name })).node;
}

export async function aSave({ files }: Actor, file: string, text: string, ifVersion?: string): Promise<DocumentNode> {
  const given = { file, version: newId(), mediaType: 'text/plain', ...(ifVersion ? { ifVersion } : {}) };
  return (await files.saveFile(given, { content: contentOf(text) })).node;
}

export async function namesIn({ files }: Actor, folder: string): Promise<readonly string[]> {
  return (await files.list({ folder })).nodes.map(({ name }) => name);
}

import { type Bytes, type Content, type Handle, newId } from '@valfri/core';
import { createHash } from 'node:crypto';
import type { documents } from '../../capabilities/documents.ts';
import type { DocumentNode } from '../../capabilities/documents-views.ts';
import type { TestHost } from '../../testing/test-host.ts';

/** The provider under test, and people who use it. */
export type DocumentsSubject = TestHost<typeof documents>;
type DocumentsHandle = Handle<typeof documents>;

/** A person, and documents as they use them. */
export interface Actor {
  readonly id: string;
  readonly home: DocumentNode;
  readonly files: DocumentsHandle;
}

/** Somebody with a home folder. */
export async function someone(subject: DocumentsSubject, groups: readonly string[] = []): Promise<Actor> {
  const id = newId();
  const files = subject.as(id, groups);
  return { id, files, home: (await files.getHome({})).node };
}

/** A text or bytes as content. */
export function contentOf(given: string | Uint8Array): Content {
  const bytes = typeof given === 'string' ? new TextEncoder().encode(given) : given;
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    read: ({ start = 0, end = bytes.length } = { start: 0 }) => pieces(bytes.subarray(start, end)),
  };
}

async function* pieces(bytes: Uint8Array): Bytes {
  for (let i = 0; i < bytes.length; i += 65_536) yield bytes.subarray(i, i + 65_536);
}

/** All that is read, as bytes. */
export async function bytesOf(content: Bytes): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of content) read.push(Uint8Array.from(piece));
  return Buffer.concat(read);
}

/** What a file holds, as text. */
export async function textOf(
  { files }: Pick<Actor, 'files'>,
  file: string,
  more: { readonly version?: string; readonly range?: { readonly start: number; readonly end?: number } } = {},
): Promise<string> {
  return (await bytesOf((await files.readFile({ file, ...more })).content)).toString();
}

/** A file with a text. */
export async function aFile(
  { files, home }: Actor,
  name: string,
  { text = 'Hej', parent = home.id }: { readonly text?: string; readonly parent?: string } = {},
): Promise<DocumentNode> {
  const given = { id: newId(), version: newId(), parent, name, mediaType: 'text/plain' };
  return (await files.createFile(given, { content: contentOf(text) })).node;
}

/** A folder in somebody's home, or in another folder. */
export async function aFolder({ files, home }: Actor, name: string, parent: string = home.id): Promise<DocumentNode> {
  return (await files.createFolder({ id: newId(), parent, name })).node;
}

/** Gives a file another text. */
export async function aSave({ files }: Actor, file: string, text: string, ifVersion?: string): Promise<DocumentNode> {
  const given = { file, version: newId(), mediaType: 'text/plain', ...(ifVersion ? { ifVersion } : {}) };
  return (await files.saveFile(given, { content: contentOf(text) })).node;
}

/** Names of what is in a folder, in its order. */
export async function namesIn({ files }: Pick<Actor, 'files'>, folder: string): Promise<readonly string[]> {
  return (await files.list({ folder })).nodes.map(({ name }) => name);
}

import { type Handle, newId } from '@valfri/core';
import assert from 'node:assert/strict';
import type { office, OfficeAction } from '../../capabilities/office.ts';
import type { MemoryFile, MemorySession } from '../../testing/memory-file.ts';
import type { TestHost } from '../../testing/test-host.ts';
import type { ContractHarness } from '../suite.ts';

/** The provider under test, with files that can be opened. */
export type OfficeSubject = TestHost<typeof office>;

/** How the suite gets at a provider of office, and at what people do in its pages. */
export interface OfficeHarness<Subject extends OfficeSubject = OfficeSubject> extends ContractHarness<Subject> {
  /** A file that the provider opens, to view and to edit. */
  readonly sample: { readonly name: string; readonly mediaType: string; readonly content: string | Uint8Array };
  /**
   * Does what somebody does in the page of a session that is open: writes a word, and leaves the saving to the provider.
   * Settles when the provider's own part has the word; may reject where the session may not write.
   */
  write(subject: Subject, session: string, word: string): Promise<void>;
  /** Whether a file with this content has the word in it. */
  holds(content: Uint8Array, word: string): boolean | Promise<boolean>;
}

/** A file that somebody has open, and how the host asks for it. */
export interface Opened {
  readonly file: MemoryFile;
  readonly session: MemorySession;
  readonly handle: Handle<typeof office>;
  readonly answer: { readonly page: string; readonly data?: unknown };
}

/** The sample, as a file. */
export function aSample({ files }: OfficeSubject, { sample }: OfficeHarness): MemoryFile {
  return files.add(sample);
}

/** What the host says of a session when it asks for a page. */
export function question(subject: OfficeSubject, { id, file, action }: MemorySession) {
  const { name, versions } = subject.files.file(file);
  const { id: version, mediaType, bytes } = versions.at(-1)!;
  const opened = { id: file, name, mediaType, size: bytes.length, version };
  return { session: id, file: opened, action, language: 'sv', theme: 'light' } as const;
}

/** Opens a file for somebody, as the host does. */
export async function opened(
  subject: OfficeSubject,
  file: MemoryFile,
  action: OfficeAction = 'edit',
  person: string = newId(),
): Promise<Opened> {
  const session = subject.files.open(file.id, { person, action });
  const handle = subject.as(person);
  const answer = await handle.openFile(question(subject, session));
  return { file, session, handle, answer };
}

/** Holds a file to what it is to have in it. */
export async function assertHolds(subject: OfficeSubject, harness: OfficeHarness, file: string, word: string) {
  const { bytes } = subject.files.file(file).versions.at(-1)!;
  assert.ok(await harness.holds(bytes, word), `the file is to hold "${word}"`);
}

import type { Bytes } from '@valfri/core';
import type { OfficeAction } from '../capabilities/office.ts';
import type { Role } from '../documents/roles.ts';
import type { OpenFileLock } from '../plugin/open-files.ts';

/** What a file held at one time. */
export interface MemoryVersion {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly mediaType: string;
  readonly savedBy: string;
  /** In milliseconds since the epoch. */
  readonly savedAt: number;
}

/** A file of {@link MemoryFiles}, as it is now. */
export interface MemoryFile {
  readonly id: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly rights: Map<string, Role>;
  /** From the first to the present one. */
  readonly versions: MemoryVersion[];
  name: string;
  lock?: OpenFileLock | undefined;
  gone: boolean;
}

/** An editing session of {@link MemoryFiles}. */
export interface MemorySession {
  readonly id: string;
  readonly file: string;
  readonly person: string;
  readonly action: OfficeAction;
  readonly expiresAt: number;
  /** The session that saved the file beside its own. */
  readonly parent?: MemorySession;
  /** What it has saved beside, and the session of each that was opened. */
  readonly beside: Map<string, string | undefined>;
  revoked: boolean;
}

/** What an open file in memory asks of the files around it. */
export interface MemoryShelf {
  /** What saving fails with. */
  readonly trouble: Error | undefined;
  now(): number;
  file(id: string): MemoryFile;
  named(name: string): MemoryFile | undefined;
  add(options: NewMemoryFile): MemoryFile;
  begin(session: Omit<MemorySession, 'id' | 'beside' | 'revoked'>): MemorySession;
  allowed(session: MemorySession, action: OfficeAction): MemoryFile;
  write(file: MemoryFile, version: Omit<MemoryVersion, 'sha256' | 'savedAt'>): void;
}

/** What a file in memory is made of. */
export interface NewMemoryFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mediaType?: string;
  /** Default: somebody. */
  readonly owner?: string;
  /** Default: a new one. */
  readonly id?: string;
  /** Id of what it holds first. Default: a new one. */
  readonly version?: string;
}

/** All that is read. */
export async function gathered(content: Bytes): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

import { CapabilityError, newId } from '@valfri/core';
import { createHash } from 'node:crypto';
import type { OfficeAction } from '../capabilities/office.ts';
import { mayAs, type Role } from '../documents/roles.ts';
import type { OpenFile, OpenFiles } from '../plugin/open-files.ts';
import type { MemoryFile, MemorySession, MemoryShelf, MemoryVersion, NewMemoryFile } from './memory-file.ts';
import { MemoryOpenFile } from './memory-open-file.ts';

/** Whose session, to do what. */
export interface MemorySessionOptions {
  readonly person: string;
  /** Default: `edit`. */
  readonly action?: OfficeAction;
  /** In milliseconds. Default: ten hours. */
  readonly lasts?: number;
}

/** What a role must be for an action. */
const NEEDED = { view: 'viewer', comment: 'commenter', review: 'commenter', edit: 'editor' } as const;

/**
 * The files of one folder, in memory, as a host opens them for providers of `office`: with rights, versions, locks and
 * sessions that can be revoked. For tests, which also turn its clock.
 */
export class MemoryFiles implements OpenFiles, MemoryShelf {
  readonly #files = new Map<string, MemoryFile>();
  readonly #sessions = new Map<string, MemorySession>();
  #ahead = 0;
  /** What saving fails with, where a test wants that. */
  trouble: Error | undefined;

  /** Makes a file. */
  add({ name, content, mediaType = 'application/octet-stream', ...given }: NewMemoryFile): MemoryFile {
    const { owner = newId(), id = newId(), version = newId() } = given;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const rights = new Map<string, Role>([[owner, 'owner']]);
    const file: MemoryFile = { id, owner, createdAt: this.now(), rights, versions: [], name, gone: false };
    this.#files.set(id, file);
    this.write(file, { id: version, bytes, mediaType, savedBy: owner });
    return file;
  }

  /** Opens a file for somebody, who is given the right where they have none. */
  open(file: string, { person, action = 'edit', lasts = 36_000_000 }: MemorySessionOptions): MemorySession {
    const { rights } = this.file(file);
    if (!rights.has(person)) rights.set(person, NEEDED[action]);
    return this.begin({ file, person, action, expiresAt: this.now() + lasts });
  }

  /** Takes a session back. */
  revoke(session: string): void {
    this.#sessions.get(session)!.revoked = true;
  }

  /** Takes from somebody what they might do with a file, or gives them another role. */
  give(file: string, person: string, role: Role | undefined): void {
    if (role) this.file(file).rights.set(person, role);
    else this.file(file).rights.delete(person);
  }

  /** Turns the clock forward, in milliseconds. */
  pass(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  /** What time it is here. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** A file as it is now. @throws NOT_FOUND */
  file(id: string): MemoryFile {
    const file = this.#files.get(id);
    if (!file || file.gone) throw new CapabilityError('NOT_FOUND', 'There is no such file.', { field: 'file' });
    return file;
  }

  /** Those that are there, by name. */
  named(name: string): MemoryFile | undefined {
    return [...this.#files.values()].find((file) => !file.gone && file.name === name);
  }

  /** What a file holds now, as text. */
  textOf(id: string): string {
    return new TextDecoder().decode(this.file(id).versions.at(-1)!.bytes);
  }

  async bySession(session: string): Promise<OpenFile> {
    const found = this.#sessions.get(session);
    if (!found) throw over();
    this.allowed(found, 'view');
    return new MemoryOpenFile(this, found);
  }

  /** @internal Makes a session. */
  begin(session: Omit<MemorySession, 'id' | 'beside' | 'revoked'>): MemorySession {
    const made = { ...session, id: newId(), beside: new Map(), revoked: false };
    this.#sessions.set(made.id, made);
    return made;
  }

  /** @internal The file of a session that may do this now. @throws NOT_FOUND, DENIED */
  allowed(session: MemorySession, action: OfficeAction): MemoryFile {
    const ended = session.revoked || session.parent?.revoked || session.expiresAt <= this.now();
    if (ended) throw over();
    const file = this.file(session.file);
    const role = file.rights.get(session.person);
    if (!mayAs(role, 'viewer')) throw over();
    if (!mayAs(role, NEEDED[action]) || !mayAs(NEEDED[session.action], NEEDED[action]))
      throw new CapabilityError('DENIED', 'The session may not do this with the file.', { field: 'session' });
    return file;
  }

  /** @internal Gives a file new content. */
  write(file: MemoryFile, version: Omit<MemoryVersion, 'sha256' | 'savedAt'>): void {
    const sha256 = createHash('sha256').update(version.bytes).digest('hex');
    file.versions.push({ ...version, sha256, savedAt: this.now() });
  }
}

function over(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'The session is over, or is not this instance’s.', { field: 'session' });
}

import { type ByteRange, type Bytes, CapabilityError, newId } from '@valfri/core';
import type { DocumentNode } from '../capabilities/documents-views.ts';
import type { OfficeAction } from '../capabilities/office.ts';
import { nameFault, normalName } from '../documents/names.ts';
import type { NewFileOptions, OpenContent, OpenFile, OpenFileLock, SaveOptions } from '../plugin/open-files.ts';
import { gathered, type MemoryFile, type MemorySession, type MemoryShelf } from './memory-file.ts';

const FOLDER = newId();
const HOLDS_LONGEST = 86_400;

/** A file of {@link MemoryFiles} in the hands of one session. */
export class MemoryOpenFile implements OpenFile {
  readonly #files: MemoryShelf;
  readonly #session: MemorySession;

  constructor(files: MemoryShelf, session: MemorySession) {
    this.#files = files;
    this.#session = session;
  }

  get session(): string {
    return this.#session.id;
  }

  get file(): string {
    return this.#session.file;
  }

  get action(): OfficeAction {
    return this.#session.action;
  }

  get person(): string {
    return this.#session.person;
  }

  get expiresAt(): number {
    return this.#session.expiresAt;
  }

  get address(): string {
    return `https://workspace.example/files/${this.file}`;
  }

  async stat(): Promise<DocumentNode> {
    return this.#view(this.#allowed('view'));
  }

  async read(options: { version?: string; range?: ByteRange } = {}): Promise<OpenContent> {
    const { versions } = this.#allowed('view');
    const wanted = options.version ?? versions.at(-1)!.id;
    const version = versions.find(({ id }) => id === wanted);
    if (!version) throw new CapabilityError('NOT_FOUND', 'It never had this version.', { field: 'version' });
    const { id, bytes, sha256, mediaType } = version;
    const { start = 0, end = bytes.length } = options.range ?? {};
    return { size: bytes.length, sha256, version: id, mediaType, content: pieces(bytes.subarray(start, end)) };
  }

  async save(content: Bytes, { version, ifVersion, locks = [] }: SaveOptions): Promise<DocumentNode> {
    this.#allowed('comment');
    const bytes = await gathered(content);
    const file = this.#allowed('comment');
    if (file.versions.some(({ id }) => id === version)) return this.#view(file);
    if (this.#files.trouble) throw this.#files.trouble;
    this.#free(file, locks);
    const now = file.versions.at(-1)!;
    if (ifVersion !== undefined && ifVersion !== now.id)
      throw conflict('CHANGED', 'The file has another version by now.', 'ifVersion');
    this.#files.write(file, { id: version, bytes, mediaType: now.mediaType, savedBy: this.person });
    return this.#view(file);
  }

  async saveBeside(content: Bytes, { id, version, name }: NewFileOptions): Promise<DocumentNode> {
    const { versions } = this.#allowed('comment');
    const bytes = await gathered(content);
    this.#allowed('comment');
    if (this.#session.beside.has(id)) return this.#view(this.#files.file(id));
    if (this.#files.trouble) throw this.#files.trouble;
    this.#named(name);
    const { mediaType } = versions.at(-1)!;
    const made = this.#files.add({
      id,
      version,
      name: normalName(name),
      content: bytes,
      mediaType,
      owner: this.person,
    });
    this.#session.beside.set(id, undefined);
    return this.#view(made);
  }

  async openBeside(file: string): Promise<string> {
    this.#allowed('view');
    const { beside, person, action, expiresAt } = this.#session;
    if (!beside.has(file)) throw new CapabilityError('NOT_FOUND', 'It has saved no such file.', { field: 'file' });
    const session =
      beside.get(file) ?? this.#files.begin({ file, person, action, expiresAt, parent: this.#session }).id;
    beside.set(file, session);
    return session;
  }

  async rename(name: string, { locks = [] }: { readonly locks?: readonly string[] } = {}): Promise<DocumentNode> {
    const file = this.#allowed('edit');
    this.#free(file, locks);
    if (normalName(name) === file.name) return this.#view(file);
    this.#named(name);
    file.name = normalName(name);
    return this.#view(file);
  }

  async remove({ locks = [] }: { readonly locks?: readonly string[] } = {}): Promise<void> {
    const file = this.#allowed('edit');
    this.#free(file, locks);
    file.gone = true;
  }

  async lockNow(): Promise<OpenFileLock | undefined> {
    return this.#held(this.#allowed('view'));
  }

  async lock(token: string, seconds: number): Promise<OpenFileLock> {
    const file = this.#allowed('comment');
    if (token.length > 1_024) throw new CapabilityError('INVALID', 'The token is too long.', { field: 'token' });
    this.#free(file, [token]);
    return (file.lock = { token, expiresAt: this.#files.now() + Math.min(seconds, HOLDS_LONGEST) * 1_000 });
  }

  async unlock(token: string): Promise<void> {
    const file = this.#allowed('comment');
    if (this.#held(file)?.token !== token) throw conflict('LOCKED', 'This is not the lock that holds.', 'token');
    file.lock = undefined;
  }

  #allowed(action: OfficeAction): MemoryFile {
    return this.#files.allowed(this.#session, action);
  }

  #held({ lock }: MemoryFile): OpenFileLock | undefined {
    return lock && lock.expiresAt > this.#files.now() ? lock : undefined;
  }

  #free(file: MemoryFile, tokens: readonly string[]): void {
    const held = this.#held(file);
    if (held && !tokens.includes(held.token)) throw conflict('LOCKED', 'The file is locked.', 'locks');
  }

  #named(name: string): void {
    const fault = nameFault(name);
    if (fault) throw new CapabilityError('INVALID', `The name ${fault}.`, { field: 'name' });
    if (this.#files.named(normalName(name))) throw conflict('NAME_TAKEN', 'Something has this name.', 'name');
  }

  #view({ id, name, owner, createdAt, versions, rights }: MemoryFile): DocumentNode {
    const { id: version, bytes, sha256, mediaType, savedAt, savedBy } = versions.at(-1)!;
    return {
      ...{ id, kind: 'file', name, parent: FOLDER, owner, createdAt },
      ...{ createdBy: owner, role: rights.get(this.person) ?? 'viewer', shared: rights.size > 1 },
      version: { id: version, size: bytes.length, sha256, mediaType, modifiedAt: savedAt, savedAt, savedBy },
    };
  }
}

function conflict(reason: string, message: string, field: string): CapabilityError {
  return new CapabilityError('CONFLICT', message, { reason, field });
}

async function* pieces(bytes: Uint8Array): Bytes {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

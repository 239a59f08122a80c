import { CapabilityError } from '@valfri/core';
import type { DocumentNode, NewFileOptions, OpenContent, OpenFile, OpenFileLock, OpenFiles } from '@valfri/sdk';
import type { Bytes } from '@valfri/core';
import { mediaTypeOf } from '../content/media-type.ts';
import type { Screening } from '../content/screening.ts';
import type { Uploads } from '../content/uploads.ts';
import type { CallServices } from '../router/call-operation.ts';
import { DocumentsCalls } from './documents-calls.ts';
import { type EditingSession, type EditingSessions, expiryOf } from './editing-sessions.ts';
import type { FileLocks } from './file-locks.ts';
import type { SessionAccess } from './session-access.ts';

/** What open files are reached through. */
export interface OpenFilesOptions {
  readonly access: SessionAccess;
  readonly editing: EditingSessions;
  readonly locks: FileLocks;
  readonly uploads: Pick<Uploads, 'takeIn'>;
  readonly screening: Pick<Screening, 'pass'>;
  readonly documents: CallServices;
  /** Where people open a file. */
  readonly addressOf: (file: string) => string;
}

/** The files that people have opened with one instance. */
export function openFilesOf(instance: string, options: OpenFilesOptions): OpenFiles {
  return {
    bySession: async (id) => {
      const { session } = await options.access.require(id, instance);
      return new HostOpenFile(session, options);
    },
  };
}

/** What a session has at the moment of one call. */
interface Present {
  readonly documents: DocumentsCalls;
  readonly session: EditingSession;
  readonly person: string;
  readonly file: string;
}

/** One file in one session. Each call looks anew who may do what. */
class HostOpenFile implements OpenFile {
  readonly session: string;
  readonly file: string;
  readonly action: OpenFile['action'];
  readonly person: string;
  readonly expiresAt: number;
  readonly address: string;
  readonly #instance: string;
  readonly #options: OpenFilesOptions;

  constructor(session: EditingSession, options: OpenFilesOptions) {
    this.session = session.id;
    this.file = session.file;
    this.action = session.action;
    this.person = session.person;
    this.expiresAt = expiryOf(session);
    this.address = options.addressOf(session.file);
    this.#instance = session.instance;
    this.#options = options;
  }

  async stat(): Promise<DocumentNode> {
    const { documents } = await this.#present();
    return (await documents.call('get', { node: this.file })).node;
  }

  async read({ version, range }: Parameters<OpenFile['read']>[0] = {}): Promise<OpenContent> {
    const { documents } = await this.#present();
    const asked = { file: this.file, ...(version ? { version } : {}), ...(range ? { range } : {}) };
    const answer = await documents.call('readFile', asked);
    const { size, sha256, mediaType, version: held } = answer;
    return { size, sha256, mediaType, version: held, content: (answer as unknown as { content: Bytes }).content };
  }

  async save(content: Bytes, options: Parameters<OpenFile['save']>[1]): Promise<DocumentNode> {
    this.#requireAction('comment');
    const { version, ifVersion, locks = [] } = options;
    const { name } = await this.stat();
    await using taken = await this.#options.uploads.takeIn(content);
    await this.#options.screening.pass({ content: taken, name, person: this.person });
    // It may have taken long: who may do what is looked at when it is written.
    const present = await this.#present();
    await this.#options.locks.requireFree(present, locks);
    const mediaType = await mediaTypeOf(taken.path, name);
    const asked = { file: this.file, version, mediaType, ...(ifVersion === undefined ? {} : { ifVersion }) };
    return await present.documents.send('saveFile', { ...asked, ...tokens(present, locks) }, taken);
  }

  async saveBeside(content: Bytes, { id, version, name }: NewFileOptions): Promise<DocumentNode> {
    this.#requireAction('comment');
    const { parent } = await this.stat();
    if (parent === undefined)
      throw new CapabilityError('DENIED', 'The folder that it is in is not the person’s to write to.');
    await using taken = await this.#options.uploads.takeIn(content);
    await this.#options.screening.pass({ content: taken, name, person: this.person });
    const { documents, session } = await this.#present();
    const mediaType = await mediaTypeOf(taken.path, name);
    const made = await documents.send('createFile', { id, parent, name, version, mediaType }, taken);
    await this.#options.editing.noteBeside(session, made.id);
    return made;
  }

  async openBeside(file: string): Promise<string> {
    const { session } = await this.#present();
    const found = await this.#options.editing.besideOf(session, file);
    if (found !== undefined) return found;
    throw new CapabilityError('NOT_FOUND', 'This session has saved no such file beside its own.', { field: 'file' });
  }

  async rename(name: string, { locks = [] }: { readonly locks?: readonly string[] } = {}): Promise<DocumentNode> {
    const present = await this.#toChange(locks);
    const asked = { node: this.file, name, ...tokens(present, locks) };
    return (await present.documents.call('move', asked)).node;
  }

  async remove({ locks = [] }: { readonly locks?: readonly string[] } = {}): Promise<void> {
    const present = await this.#toChange(locks);
    await present.documents.call('delete', { node: this.file, ...tokens(present, locks) });
  }

  async lockNow(): Promise<OpenFileLock | undefined> {
    return this.#options.locks.now(await this.#present());
  }

  async lock(token: string, seconds: number): Promise<OpenFileLock> {
    this.#requireAction('comment');
    return this.#options.locks.lock(await this.#present(), token, seconds);
  }

  async unlock(token: string): Promise<void> {
    this.#requireAction('comment');
    return this.#options.locks.unlock(await this.#present(), token);
  }

  /** @throws NOT_FOUND where the session is over by now. */
  async #present(): Promise<Present> {
    const { standing, session } = await this.#options.access.require(this.session, this.#instance);
    const documents = new DocumentsCalls(this.#options.documents, standing);
    return { documents, session, person: standing.id, file: this.file };
  }

  async #toChange(locks: readonly string[]): Promise<Present> {
    this.#requireAction('edit');
    const present = await this.#present();
    await this.#options.locks.requireFree(present, locks);
    return present;
  }

  #requireAction(least: 'comment' | 'edit'): void {
    const enough = least === 'comment' ? this.action !== 'view' : this.action === 'edit';
    if (!enough) throw new CapabilityError('DENIED', `The file was opened to ${this.action}.`);
  }
}

function tokens({ documents }: Present, locks: readonly string[]): { readonly locks?: string[] } {
  return locks.length > 0 && documents.has('locks') ? { locks: [...locks] } : {};
}

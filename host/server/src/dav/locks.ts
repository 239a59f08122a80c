import { isCapabilityError } from '@valfri/core';
import type { DocumentNode, Lock } from '@valfri/sdk';
import type { PersonFiles } from './person-files.ts';
import type { Resource } from './tree.ts';

/** What is locked where, as far as one request has asked. */
export class DavLocks {
  readonly #files: PersonFiles;
  readonly #known = new Map<string, Promise<readonly Lock[]>>();

  constructor(files: PersonFiles) {
    this.#files = files;
  }

  /** Whether who serves the person knows locks. */
  get served(): boolean {
    return this.#files.has('locks');
  }

  /** What holds on a node: its own locks, and deep ones above it. */
  on(node: string): Promise<readonly Lock[]> {
    const known = this.#known.get(node) ?? this.#read(node);
    this.#known.set(node, known);
    return known;
  }

  async #read(node: string): Promise<readonly Lock[]> {
    if (!this.served) return [];
    try {
      return (await this.#files.ask('listLocks', { node })).locks;
    } catch (error) {
      if (isCapabilityError(error) && error.code === 'NOT_FOUND') return [];
      throw error;
    }
  }

  /** What holds at a place, also where nothing is yet. */
  async at({ node, parent }: Resource): Promise<readonly Lock[]> {
    if (node) return this.on(node.id);
    return parent === undefined || !UUID.test(parent) ? [] : (await this.on(parent)).filter(({ deep }) => deep);
  }

  /** Whether a place is locked with a token, by the one who asks: a token is no key in another's hand. */
  async hold(resource: Resource, token: string): Promise<boolean> {
    const locks = await this.at(resource);
    return locks.some((lock) => lock.token === token && this.isOwn(lock));
  }

  /** Whether a lock is the person's own. */
  isOwn({ person }: Lock): boolean {
    return person === this.#files.standing.id;
  }

  /** Those of what is in a folder, given what holds on it; who has no lock of their own need not be asked about. */
  async within(node: DocumentNode, above: readonly Lock[]): Promise<readonly Lock[]> {
    return node.lock ? this.on(node.id) : above.filter(({ deep }) => deep);
  }
}

const UUID = /^[0-9a-f]{8}-/;

import type { DocumentNode } from '@valfri/sdk';
import { createHash } from 'node:crypto';
import { DavFault } from './dav-fault.ts';
import type { DavPath } from './dav-path.ts';
import type { PersonFiles } from './person-files.ts';

/** The name of the person's own folder in the tree, and of the one that holds what is shared. */
export const HOME = 'home';
export const SHARED = 'shared';

/** What is at a place: the beginning of the tree, the folder of what is shared, a node, or nothing. */
export interface Resource {
  readonly path: DavPath;
  readonly place: 'root' | 'shared' | 'node' | 'free';
  /** Of a node. */
  readonly node?: DocumentNode;
  /**
   * Where it is, or would be: the id of a folder; `shared` at the top of what is shared. Absent where it cannot be moved or
   * deleted, and where nothing could be made.
   */
  readonly parent?: string;
}

/** The folder of a place: of what stands for all that is shared, too. */
export function isFolder({ place, node }: Resource): boolean {
  return place === 'root' || place === 'shared' || node?.kind === 'folder';
}

/** Finds what is at places, as one person sees it. Made for each request: what it has found it keeps. */
export class Tree {
  readonly #files: PersonFiles;
  readonly #known = new Map<string, Promise<Resource>>();
  #shared: Promise<ReadonlyMap<string, DocumentNode>> | undefined;

  constructor(files: PersonFiles) {
    this.#files = files;
  }

  /** What is at a place. */
  at(path: DavPath): Promise<Resource> {
    const key = path.join('/');
    const known = this.#known.get(key) ?? this.#find(path);
    this.#known.set(key, known);
    return known;
  }

  /** What is there that must be. @throws DavFault 404 */
  async existing(path: DavPath): Promise<Resource> {
    const found = await this.at(path);
    if (found.place === 'free') throw new DavFault(404, 'Nothing is here.');
    return found;
  }

  /** Looks anew from now on: something has been changed. */
  forget(): void {
    this.#known.clear();
    this.#shared = undefined;
  }

  async #find(path: DavPath): Promise<Resource> {
    const [top, name] = path;
    if (top === undefined) return { path, place: 'root' };
    if (top !== HOME && top !== SHARED) return { path, place: 'free' };
    if (path.length === 1) return top === SHARED ? { path, place: 'shared' } : this.#home(path);
    if (top === SHARED && path.length === 2) {
      const node = (await this.shared()).get(name!);
      return { path, place: node ? 'node' : 'free', parent: SHARED, ...(node ? { node } : {}) };
    }
    return this.#inFolder(path);
  }

  async #home(path: DavPath): Promise<Resource> {
    return { path, place: 'node', node: await this.#files.home() };
  }

  async #inFolder(path: DavPath): Promise<Resource> {
    const above = await this.at(path.slice(0, -1));
    if (above.node?.kind !== 'folder') return { path, place: 'free' };
    const node = await this.#files.find(above.node.id, path.at(-1)!);
    return { path, place: node ? 'node' : 'free', parent: above.node.id, ...(node ? { node } : {}) };
  }

  /** What is shared with the person, by a name that nothing else there has. */
  shared(): Promise<ReadonlyMap<string, DocumentNode>> {
    return (this.#shared ??= this.#files.ask('listShared', {}).then(({ nodes }) => uniquelyNamed(nodes)));
  }
}

const MARKED = / \([0-9a-f]{12}\)(\.[^.]*)?$/;

/**
 * Gives nodes names of which there is one each. Those of one name all get a mark, so that what somebody else shares never
 * takes the place of what was there; and so does what is named as if it had one.
 */
export function uniquelyNamed(nodes: readonly DocumentNode[]): ReadonlyMap<string, DocumentNode> {
  const count = new Map<string, number>();
  for (const { name } of nodes) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(
    nodes.map((node) => {
      const plain = node.name !== '' && count.get(node.name) === 1 && !MARKED.test(node.name);
      return [plain ? node.name : marked(node), node] as const;
    }),
  );
}

/** Somebody's home folder, which has no name, is called so. */
function marked({ id, name }: DocumentNode): string {
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 12);
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name || HOME, ''];
  return `${stem} (${mark})${ending}`;
}

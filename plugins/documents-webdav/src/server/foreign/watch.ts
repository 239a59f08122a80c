import type { DavServer } from '../dav/dav-server.ts';
import { unavailable } from '../dav/faults.ts';
import type { Entry } from '../dav/multistatus.ts';
import { inParallel } from '../in-parallel.ts';
import { isOwn } from '../names.ts';
import type { Placements } from '../place/placements.ts';
import { CONTENT } from '../places.ts';
import type { SharedLock } from '../shared-lock.ts';
import type { PlacementRow } from '../tables.ts';
import type { Beside, Intake } from './intake.ts';

/** What watching works with. */
export interface WatchOptions {
  readonly server: DavServer;
  readonly placements: Placements;
  readonly intake: Intake;
  readonly lock: SharedLock;
}

/** What a folder was found to hold. */
interface Looked {
  /** Entity tag of the folder. */
  readonly etag: string;
  readonly folders: readonly { readonly row: PlacementRow; readonly etag: string }[];
  readonly gone: readonly PlacementRow[];
  readonly moved: readonly { readonly row: PlacementRow; readonly entry: Entry }[];
}

const AT_ONCE = 4;

/** Finds out what others changed on the server. */
export class Watch {
  readonly #options: WatchOptions;
  /** Whether a folder's entity tag changes with what is further down. */
  tagsTellOfAll = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /**
   * Takes in what is new or changed in one folder. What moved or went is left to {@link walk}.
   * @param beside as it is where the caller holds the lock. Default: takes it.
   */
  async look(folder: string, beside: Beside = this.#beside): Promise<void> {
    await this.#look(folder, beside);
  }

  /** Takes in what is new or changed in a folder and in all that is in it. */
  async lookBelow(folder: string, beside: Beside): Promise<void> {
    const looked = await this.#look(folder, beside);
    for (const { row } of looked?.folders ?? []) await this.lookBelow(row.node, beside);
  }

  readonly #beside: Beside = (work) => this.#options.lock.beside(work);

  /** Looks through everything. @throws UNAVAILABLE where the server does not show what lies on it. */
  async walk(signal: AbortSignal): Promise<void> {
    const { server, placements, lock, intake } = this.#options;
    // A server whose disk is not there shows an empty folder, and nobody has deleted everything.
    if (!(await server.stat(CONTENT, 'folder')))
      throw unavailable('The folder on the WebDAV server is there, and what was in it is not.');
    const [gone, tags]: [PlacementRow[], Map<string, string>] = [[], new Map()];
    let level = (await placements.in(null)).filter(({ kind }) => kind === 'folder');
    while (level.length > 0 && !signal.aborted) {
      const next: PlacementRow[] = [];
      await inParallel(AT_ONCE, level, async (row) => {
        const looked = await this.#look(row.node, this.#beside);
        if (!looked) return void gone.push(row);
        tags.set(row.node, looked.etag);
        gone.push(...looked.gone);
        for (const { row: was, entry } of looked.moved)
          await lock.alone(() => this.#ifMoved(was, () => intake.takeMoved(was, row.node, entry)));
        const fresh = looked.moved.filter(({ row: { kind } }) => kind === 'folder').map(({ row: was }) => was);
        const changed = looked.folders.filter((each) => !this.tagsTellOfAll || each.row.etag !== each.etag);
        next.push(...changed.map((each) => each.row), ...fresh);
      });
      level = next;
    }
    for (const row of gone) await lock.alone(() => this.#ifGone(row, () => intake.takeGone(row)));
    if (!signal.aborted) for (const [node, etag] of tags) await placements.update(node, { etag });
  }

  async #look(folder: string, beside: Beside): Promise<Looked | undefined> {
    const { server, placements, intake } = this.#options;
    const path = await placements.pathOf(folder);
    const listed = path && (await server.list(path));
    if (!listed) return undefined;
    const rows = new Map((await placements.in(folder)).map((row) => [row.segment, row]));
    const [moved, folders]: [{ row: PlacementRow; entry: Entry }[], { row: PlacementRow; etag: string }[]] = [[], []];
    for (const entry of listed.children) {
      const segment = entry.path.at(-1)!;
      if (isOwn(segment)) continue;
      const row = rows.get(segment);
      rows.delete(segment);
      if (!row) {
        const was = await this.#whatMoved(entry);
        if (was) moved.push({ row: was, entry });
        else await intake.takeNew(folder, entry, beside);
        const made = was || entry.kind === 'file' ? undefined : await placements.at(folder, segment);
        if (made) folders.push({ row: made, etag: '' });
      } else if (row.kind !== entry.kind) rows.set(segment, row);
      else if (row.kind === 'folder') folders.push({ row, etag: entry.etag });
      else if (row.version !== null && row.etag !== entry.etag) await intake.takeChanged(row, entry, beside);
    }
    return { etag: listed.self.etag, folders, moved, gone: [...rows.values()] };
  }

  /** What lay elsewhere, does so no more, and is what was found. */
  async #whatMoved(entry: Entry): Promise<PlacementRow | undefined> {
    const { placements } = this.#options;
    const alike = entry.kind === 'folder' && !entry.fileId ? await this.#foldersLike(entry) : undefined;
    for (const row of alike ?? (await placements.like(entry.kind, entry))) if (await this.#isGone(row)) return row;
    return undefined;
  }

  /** Folders that held just the files that this one holds. */
  async #foldersLike(entry: Entry): Promise<readonly PlacementRow[]> {
    const { server, placements } = this.#options;
    const listed = await server.list(entry.path);
    const files = listed?.children.filter(({ kind }) => kind === 'file') ?? [];
    if (!files[0]) return [];
    const tags = new Map(files.map(({ path, etag }) => [path.at(-1)!, etag]));
    const found: PlacementRow[] = [];
    for (const { parent } of await placements.like('file', files[0])) {
      const there = parent ? (await placements.in(parent)).filter(({ kind }) => kind === 'file') : [];
      const same = there.length === files.length && there.every(({ segment, etag }) => tags.get(segment) === etag);
      const row = same && parent ? await placements.of(parent) : undefined;
      if (row) found.push(row);
    }
    return found;
  }

  async #isGone(row: PlacementRow): Promise<boolean> {
    const { server, placements } = this.#options;
    const path = await placements.pathOf(row.node);
    return path !== undefined && (await server.stat(path, row.kind))?.kind !== row.kind;
  }

  async #ifMoved(row: PlacementRow, work: () => Promise<void>): Promise<void> {
    if ((await this.#isAsItWas(row)) && (await this.#isGone(row))) await work();
  }

  /** Of what went with the folder it was in, only the folder is taken to be gone. */
  async #ifGone(row: PlacementRow, work: () => Promise<void>): Promise<void> {
    const { server, placements } = this.#options;
    if (!(await this.#isAsItWas(row)) || !(await this.#isGone(row))) return;
    const above = await placements.pathOf(row.parent);
    if (above && (above.length === 0 || (await server.stat(above, 'folder')))) await work();
  }

  /** Whether nothing has happened to it since it was looked at. */
  async #isAsItWas({ node, parent, segment, version }: PlacementRow): Promise<boolean> {
    const now = await this.#options.placements.of(node);
    return now?.parent === parent && now.segment === segment && now.version === version;
  }
}

import type { PluginLog } from '@valfri/sdk';
import type { Arrival, Condition, DavServer } from '../dav/dav-server.ts';
import { isRefusal, isUnavailable, unavailable } from '../dav/faults.ts';
import type { Entry } from '../dav/multistatus.ts';
import type { Path } from '../dav/path.ts';
import { hashAt } from '../hash-at.ts';
import { inParallel } from '../in-parallel.ts';
import { KeyedLock } from '../keyed-lock.ts';
import { nameFor, segmentsFor } from '../names.ts';
import { contentAt, OWN } from '../places.ts';
import { newIncoming } from '../contents.ts';
import type { PlacementRow } from '../tables.ts';
import type { Due, Placements } from './placements.ts';

const AT_ONCE = 8;
const ROUNDS = 4;
/** How long an entity tag may be a weak one after a change, in milliseconds (Apache: one second). */
const WEAK = 1_100;

/** What a placer works with. */
export interface PlacerOptions {
  readonly server: DavServer;
  readonly placements: Placements;
  readonly log: PluginLog;
  /** What the home folder of a person is called on the server. */
  homeName(person: string): Promise<string>;
  /** Takes in what others put into a folder, or where something of ours lay. */
  strangers(folder: string): Promise<void>;
}

/** The folder above is not there: others removed it. */
class NoFolder extends Error {}

/** Gives everything on the server the place and the content that the mirror says. What was done already is found out. */
export class Placer {
  readonly #options: PlacerOptions;
  readonly #lock = new KeyedLock();

  constructor(options: PlacerOptions) {
    this.#options = options;
  }

  /** Settles when some nodes, or all, lie where they should. @throws UNAVAILABLE; the rest is done by a later call. */
  async settle(ids?: readonly string[]): Promise<void> {
    const { placements } = this.#options;
    const wanted = ids && new Set(await placements.withAbove(ids));
    for (let round = 0; round < ROUNDS; round++) {
      const due = await placements.due(wanted && [...wanted]);
      const left = await placements.leftOver(wanted && [...wanted]);
      if (due.length === 0 && left.length === 0) return;
      const more = new Set<string>();
      const place = (each: Due) => this.#tryTo(each.node, () => this.#place(each, more));
      // One after the other what others wait for, or may have to make way for: folders, and what moves.
      for (const each of due) if (each.kind === 'folder' || isMoving(each)) await place(each);
      const files = due.filter((each) => each.kind === 'file' && !isMoving(each));
      await inParallel(AT_ONCE, files, place);
      for (const row of left) await this.#tryTo(row.node, () => this.#remove(row));
      for (const node of more) wanted?.add(node);
    }
  }

  /** One that cannot be placed keeps no other from it. */
  async #tryTo(node: string, work: () => Promise<void>): Promise<void> {
    try {
      await this.#lock.alone(node, work);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.#options.log.error('A file or folder could not be brought to its place on the WebDAV server.', {
        node,
        error: (error as Error).message,
      });
    }
  }

  async #place({ node }: Due, more: Set<string>): Promise<void> {
    const { placements } = this.#options;
    const [due] = await placements.due([node]);
    if (!due) return;
    const folder = await placements.pathOf(due.parent);
    if (!folder) return;
    try {
      if (due.at && isMoving(due)) await this.#move(due, due.at, folder, more);
      else if (due.at?.version) await this.#replace(due, due.at, [...folder, due.at.segment]);
      else await this.#bring(due, folder, more);
    } catch (error) {
      if (!(error instanceof NoFolder)) throw error;
      if (due.parent) await placements.forget(due.parent);
      if (due.parent) more.add(due.parent);
    }
  }

  /** Something that lies nowhere yet. */
  async #bring(due: Due, folder: Path, more: Set<string>): Promise<void> {
    const { server, placements } = this.#options;
    const bring = async (to: Path): Promise<Arrival> => {
      if (due.kind === 'file') return this.#fromContent(due, to, 'free');
      if (await server.makeFolder(to)) return 'done';
      // At the top, a folder that was there before is somebody else's; further down it is taken in anyway.
      const mayBeOurs = due.parent !== null || due.at?.segment === to.at(-1);
      return mayBeOurs && (await isFolder(server, to)) ? 'done' : 'taken';
    };
    const claim = async (segment: string): Promise<boolean> => {
      const { node, parent, name, kind } = due;
      if (due.at?.segment === segment) return true;
      if (due.at) await placements.forget(node);
      return placements.claim({
        node,
        parent,
        name,
        segment,
        kind,
        version: null,
        etag: null,
        size: null,
        file_id: null,
      });
    };
    const record = (segment: string, to: Path) => this.#record(due, segment, to);
    const [release, isOurs] = [() => placements.forget(due.node), (to: Path) => this.#isOurs(due, to)];
    await this.#arrive({ due, folder, more, bring, claim, release, isOurs, record });
  }

  /** Something that lies elsewhere, or under another name. */
  async #move(due: Due, at: PlacementRow, folder: Path, more: Set<string>): Promise<void> {
    const { server, placements } = this.#options;
    const from = await placements.pathOf(at.node);
    if (!from) return placements.forget(at.node);
    const bring = async (to: Path): Promise<Arrival> => {
      const arrival = await server.move(from, to, 'free', due.kind);
      if (arrival === 'done' || (await server.stat(from, due.kind))) return arrival === 'missing' ? 'taken' : arrival;
      // It is not where it was: brought there by a call whose answer was lost, or taken away by others.
      const there = await server.stat(to, due.kind);
      return there?.kind === due.kind && (due.kind === 'folder' || there.etag === at.etag) ? 'done' : 'missing';
    };
    const { version, size } = at;
    const record = (segment: string, to: Path) => this.#record({ ...due, version, size }, segment, to);
    const [claim, release, isOurs] = [async () => true, async () => undefined, async () => false];
    await this.#arrive({ due, folder, more, bring, claim, release, isOurs, record });
  }

  async #arrive(way: Way): Promise<void> {
    const { due, folder, more, bring, claim, release, isOurs, record } = way;
    const { placements, strangers } = this.#options;
    let refusals = 0;
    for (const segment of await this.#segmentsOf(due)) {
      for (let attempt = 0; attempt < 3; attempt++) {
        const holder = await placements.at(due.parent, segment);
        if (holder && holder.node !== due.node && !(await this.#makeWay(holder, folder, more))) break;
        if (!(await claim(segment))) break;
        const to = [...folder, segment];
        const arrival = await bring(to).catch(async (error: unknown) => {
          if (!isRefusal(error)) throw error;
          await release();
          if (error.status === 409) throw new NoFolder();
          if (++refusals > 1) throw error;
          return 'refused' as const;
        });
        if (arrival === 'refused') break;
        if (arrival === 'missing') return placements.forget(due.node);
        if (arrival === 'done' || (await isOurs(to))) return record(segment, to);
        await release();
        if (due.parent) await strangers(due.parent);
        else break;
      }
    }
  }

  async #segmentsOf({ at, name, owner, parent }: Due): Promise<Iterable<string>> {
    if (at && at.parent === parent && at.name === name) return [at.segment, ...segmentsFor(name)];
    return segmentsFor(name === '' ? nameFor(await this.#options.homeName(owner!)) : name);
  }

  /** Whether whoever lies in a place can be moved out of the way, because it does not belong there any more. */
  async #makeWay(holder: PlacementRow, folder: Path, more: Set<string>): Promise<boolean> {
    const { server, placements } = this.#options;
    const [left] = await placements.leftOver([holder.node]);
    if (left) {
      await this.#remove(left);
      return true;
    }
    const [due] = await placements.due([holder.node]);
    if (!due || (due.parent === holder.parent && due.name === holder.name)) return false;
    const segment = `${OWN}-${holder.node}`;
    await server.move([...folder, holder.segment], [...folder, segment], 'free', holder.kind);
    await placements.update(holder.node, { segment });
    more.add(holder.node);
    return true;
  }

  /** Another content in the same place. */
  async #replace(due: Due, at: PlacementRow, to: Path): Promise<void> {
    const { server, strangers } = this.#options;
    const condition = at.etag === null || at.etag.startsWith('~') ? undefined : { etag: at.etag };
    const now = condition ? undefined : await server.stat(to);
    // Where nothing can be made a condition, it is looked at just before.
    if (!condition && now && at.etag !== now.etag && !(await this.#isOurs(due, to))) return strangers(due.parent!);
    for (let attempt = 0; attempt < 3; attempt++) {
      const arrival = await this.#fromContent(due, to, condition && attempt < 2 ? condition : 'whatever');
      if (arrival === 'done' || (await this.#isOurs(due, to))) return this.#record(due, at.segment, to);
      const there = await server.stat(to);
      if (there && there.etag !== at.etag) return strangers(due.parent!);
      if (!there) return this.#options.placements.forget(due.node);
      // A tag that is a weak one for as long as the file is young fails each condition.
      await new Promise((resolve) => setTimeout(resolve, WEAK));
    }
  }

  /** Has the server copy the content, and gives the copy its name. */
  async #fromContent({ sha256 }: Due, to: Path, condition: Condition): Promise<Arrival> {
    const { server } = this.#options;
    const incoming = newIncoming();
    if (!(await server.copy(contentAt(sha256!), incoming)))
      throw new Error(`The content ${sha256} is not on the server any more.`);
    let arrival: Arrival = 'taken';
    try {
      arrival = await server.move(incoming, to, condition);
      if (arrival === 'missing') throw unavailable('The WebDAV server lost what it had just copied.');
      return arrival;
    } finally {
      if (arrival !== 'done') await server.remove(incoming).catch(() => undefined);
    }
  }

  /** Whether what lies there is what should: then a call whose answer was lost has brought it. */
  async #isOurs({ kind, sha256, size }: Due, to: Path): Promise<boolean> {
    const { server } = this.#options;
    if (kind === 'folder') return false;
    const there = await server.stat(to);
    return there?.kind === 'file' && there.size === size && (await hashAt(server, to))?.sha256 === sha256;
  }

  async #record({ node, parent, name, kind, version, size }: Due, segment: string, to: Path): Promise<void> {
    const { server, placements } = this.#options;
    const there = await server.stat(to, kind);
    const place = { parent, name, segment, file_id: there?.fileId ?? null };
    // Of what is not as long as it should be, nothing is believed: it is read when it is next looked at.
    const etag = kind === 'file' && there?.size === size ? there!.etag : null;
    await placements.update(node, { ...place, ...(kind === 'file' ? { version, etag, size } : {}) });
  }

  async #remove(row: PlacementRow): Promise<void> {
    const { server, placements } = this.#options;
    const path = await placements.pathOf(row.node);
    const etag = row.etag?.startsWith('~') ? null : row.etag;
    // A file that others changed meanwhile stays, and is found as a new one.
    if (path) await server.remove(path, row.kind === 'file' ? { etag } : { kind: 'folder' });
    await placements.forget(row.node);
  }
}

/** How something comes to its place. */
interface Way {
  readonly due: Due;
  readonly folder: Path;
  readonly more: Set<string>;
  bring(to: Path): Promise<Arrival>;
  /** Whether the place could be written down as taken. */
  claim(segment: string): Promise<boolean>;
  release(): Promise<void>;
  /** Whether what has the place already is what was to be brought. */
  isOurs(to: Path): Promise<boolean>;
  record(segment: string, to: Path): Promise<void>;
}

/** Whether it lies elsewhere, or under another name. */
function isMoving({ at, parent, name }: Due): boolean {
  return at !== null && (at.parent !== parent || at.name !== name);
}

async function isFolder(server: DavServer, path: Path): Promise<boolean> {
  const there: Entry | undefined = await server.stat(path, 'folder');
  return there?.kind === 'folder';
}

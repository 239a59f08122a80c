import {
  type Call,
  CapabilityError,
  type documents,
  newId,
  type PluginLog,
  type ProviderOperations,
} from '@valfri/sdk';
import type { DocumentStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import { newIncoming, type WebdavContents } from '../contents.ts';
import type { DavServer } from '../dav/dav-server.ts';
import type { Entry } from '../dav/multistatus.ts';
import { hashAt } from '../hash-at.ts';
import { KeyedLock } from '../keyed-lock.ts';
import { freeName, nameFor } from '../names.ts';
import type { Placements } from '../place/placements.ts';
import type { PlacementRow, WebdavTables } from '../tables.ts';
import { callOfOwner } from './owner-of.ts';

/** What taking in works with. */
export interface IntakeOptions {
  readonly db: Kysely<WebdavTables>;
  readonly server: DavServer;
  readonly store: DocumentStore;
  readonly contents: WebdavContents;
  readonly placements: Placements;
  readonly log: PluginLog;
}

/** Works while nothing in the tree changes its place. */
export type Beside = (work: () => Promise<void>) => Promise<void>;

type Operations = ProviderOperations<typeof documents>;

/** What a file held when it was looked at. */
interface Fetched {
  readonly size: number;
  readonly sha256: string;
}

const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/;

/** Does in the mirror what others did on the server, one thing at a time; what is done already changes nothing. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #lock = new KeyedLock();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get #operations(): Operations {
    return this.#options.store.operations;
  }

  /** Something that nobody here knows. It has the name in the mirror that it has on the server, where that is free. */
  takeNew(folder: string, entry: Entry, beside: Beside): Promise<void> {
    const segment = entry.path.at(-1)!;
    return this.#lock.alone(`${folder}/${segment}`, async () => {
      if (await this.#options.placements.at(folder, segment)) return;
      const fetched = await this.#fetch(entry);
      if (fetched) await beside(() => this.#make(folder, entry, fetched));
    });
  }

  async #make(folder: string, entry: Entry, fetched: Fetched): Promise<void> {
    const { placements, db } = this.#options;
    const call = await callOfOwner(db, folder);
    if (!call || !(await this.#isStill(folder, entry))) return;
    const [id, version, segment] = [newId(), newId(), entry.path.at(-1)!];
    const name = nameFor(segment);
    const file = entry.kind === 'file' ? { version, etag: entry.etag, size: fetched.size } : NO_FILE;
    const place = { node: id, parent: folder, name, segment, kind: entry.kind, file_id: entry.fileId ?? null };
    if (!(await placements.claim({ ...place, ...file }))) return;
    try {
      const given = { id, parent: folder, name: freeName(name, await this.#namesIn(folder)) };
      if (entry.kind === 'folder') await this.#operations.createFolder(given, call);
      else await this.#createFile({ ...given, version }, entry, fetched, call);
    } catch (error) {
      await placements.forget(id);
      throw error;
    }
  }

  /** Whether it lies where it was seen, and holds the same. */
  async #isStill(folder: string, { path, kind, etag }: Entry): Promise<boolean> {
    const { placements, server } = this.#options;
    const above = await placements.pathOf(folder);
    if (above?.join('/') !== path.slice(0, -1).join('/')) return false;
    const now = await server.stat(path, kind);
    return now?.kind === kind && (kind === 'folder' || now.etag === etag);
  }

  async #createFile(
    given: { id: string; parent: string; name: string; version: string },
    entry: Entry,
    { sha256 }: Fetched,
    call: Call,
  ): Promise<void> {
    const content = await this.#options.contents.open(sha256);
    await this.#operations.createFile({ ...given, ...saidOf(entry) }, { ...call, content });
  }

  /** A file that may hold something else than when it was last looked at. */
  takeChanged(seen: PlacementRow, entry: Entry, beside: Beside): Promise<void> {
    return this.#lock.alone(seen.node, async () => {
      const fetched = await this.#fetch(entry);
      if (fetched) await beside(() => this.#save(seen, entry, fetched));
    });
  }

  async #save(seen: PlacementRow, entry: Entry, fetched: Fetched): Promise<void> {
    const { placements, db, contents } = this.#options;
    const row = await placements.of(seen.node);
    if (!row?.parent || row.etag !== seen.etag || row.version !== seen.version) return;
    if (!(await this.#isStill(row.parent, entry))) return;
    const tag = { etag: entry.etag, size: fetched.size };
    const node = await this.#present(row.node);
    if (!node) return;
    if (node.sha256 === fetched.sha256) return placements.update(row.node, { ...tag, version: node.version });
    const call = await callOfOwner(db, row.node);
    if (!call) return;
    const version = newId();
    const given = { file: row.node, version, ...saidOf(entry) };
    await this.#operations.saveFile(given, { ...call, content: await contents.open(fetched.sha256) });
    await placements.update(row.node, { ...tag, version });
  }

  /** Something that lies elsewhere now. Nobody else may be at work in the tree. */
  async takeMoved(row: PlacementRow, folder: string, entry: Entry): Promise<void> {
    const { placements, db, store } = this.#options;
    const segment = entry.path.at(-1)!;
    const name = nameFor(segment);
    const taken = await this.#namesIn(folder);
    const given = { node: row.node, parent: folder, name: freeName(name, (each) => each !== row.name && taken(each)) };
    const call = await callOfOwner(db, row.node);
    if (!call) return;
    const where = row.parent === folder ? { node: given.node, name: given.name } : given;
    await this.#operations.move(where, call).catch(async (error: unknown) => {
      if (!['DENIED', 'NOT_FOUND'].includes((error as CapabilityError).code)) throw error;
      // Into a folder of another owner: whoever may write on the server may do that there.
      await store.portability.ingest([{ type: 'place', key: row.node, value: given }], { announce: true });
    });
    await placements.update(row.node, { parent: folder, name, segment });
  }

  /** Something that is not there any more. Nobody else may be at work in the tree. */
  async takeGone({ node }: PlacementRow): Promise<void> {
    const { placements, db, log } = this.#options;
    const call = await callOfOwner(db, node);
    try {
      if (call) await this.#operations.delete({ node }, call);
    } catch (error) {
      // A home folder is made again.
      log.warn('What others removed on the WebDAV server cannot be deleted.', {
        node,
        error: (error as Error).message,
      });
    }
    await placements.forget(node);
  }

  /** Keeps what a file holds by its hash; `undefined` where it changed meanwhile, or went. */
  async #fetch(entry: Entry): Promise<Fetched | undefined> {
    if (entry.kind === 'folder') return { size: 0, sha256: '' };
    const { server, contents } = this.#options;
    const incoming = newIncoming();
    if (!(await server.copy(entry.path, incoming))) return undefined;
    const fetched = await hashAt(server, incoming);
    const after = await server.stat(entry.path);
    if (fetched && after?.etag === entry.etag) {
      await contents.keepIncoming(incoming, fetched);
      return fetched;
    }
    await server.remove(incoming);
    return undefined;
  }

  async #present(node: string): Promise<{ readonly version: string; readonly sha256: string } | undefined> {
    const { rows } = await sql<{ version: string; sha256: string }>`
      SELECT v.id AS version, v.sha256 FROM nodes n JOIN versions v ON v.id = n.version
      WHERE n.id = ${node} AND NOT n.gone AND n.deleted_at IS NULL`.execute(this.#options.db);
    return rows[0];
  }

  async #namesIn(folder: string): Promise<(name: string) => boolean> {
    const { rows } = await sql<{ slot: string }>`
      SELECT slot FROM nodes WHERE parent = ${folder} AND slot IS NOT NULL`.execute(this.#options.db);
    const names = new Set(rows.map(({ slot }) => slot));
    return (name) => names.has(name);
  }
}

const NO_FILE = { version: null, etag: null, size: null };

function saidOf({ mediaType, modifiedAt }: Entry): { mediaType: string; modifiedAt?: number } {
  const type = mediaType && MEDIA_TYPE.test(mediaType) ? mediaType : 'application/octet-stream';
  return { mediaType: type, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
}

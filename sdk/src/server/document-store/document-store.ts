import {
  type ByteRange,
  type Call,
  CapabilityError,
  type Digest,
  formatDigest,
  type Health,
  type Portability,
  type PortableRecord,
  type ProviderOperations,
} from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { documentRecords } from '../../capabilities/documents-records.ts';
import type { documents } from '../../capabilities/documents.ts';
import { homeFolderId } from '../../documents/home-folder.ts';
import type { ContentStore } from '../content/content-store.ts';
import { digestOf } from '../digest-of.ts';
import type { Asker } from './chain.ts';
import { type Change, changing, type Shape } from './change.ts';
import { copy } from './copy.ts';
import { documentFeed } from './feed.ts';
import { hashesOf, ingest } from './ingest.ts';
import { give, take } from './grants.ts';
import { list } from './list.ts';
import * as lock from './locks.ts';
import { livingRecords } from './records.ts';
import * as read from './reads.ts';
import type { DocumentTables, VersionRow } from './tables.ts';
import { readWhole } from './whole.ts';
import * as write from './writes.ts';

/** What a document store can have beside the core of the contract. */
export type StoreFeature = 'versions' | 'trash' | 'shares' | 'search' | 'locks';

/** What a document store needs. */
export interface DocumentStoreOptions {
  /** A connection whose current schema holds what {@link createDocumentTables} and {@link createDocumentLocks} make. */
  readonly db: Kysely<DocumentTables>;
  /** Where the bytes are. */
  readonly contents: ContentStore;
  readonly features: Readonly<Partial<Record<StoreFeature, object>>> & {
    readonly locks?: { readonly maxSeconds: number };
  };
  /** Called after each commit, so that what was announced is delivered without delay. Default: nothing. */
  readonly onCommitted?: () => void;
  /** The present moment in milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

type Operations = ProviderOperations<typeof documents>;

/** Documents on PostgreSQL, with their bytes in a content store. */
export class DocumentStore {
  readonly operations: Operations;
  readonly portability: Portability;
  readonly #db: Kysely<DocumentTables>;
  readonly #contents: ContentStore;
  readonly #features: DocumentStoreOptions['features'];
  readonly #onCommitted: () => void;
  readonly #now: () => number;
  /** How many hold some content that no row may name yet. */
  readonly #held = new Map<string, number>();

  constructor({ db, contents, features, onCommitted = () => undefined, now = Date.now }: DocumentStoreOptions) {
    this.#db = db;
    this.#contents = contents;
    this.#features = features;
    this.#onCommitted = onCommitted;
    this.#now = now;
    this.operations = this.#makeOperations();
    this.portability = this.#makePortability();
  }

  async health(): Promise<Health> {
    try {
      await sql`SELECT 1`.execute(this.#db);
      return { ok: true };
    } catch (error) {
      return { ok: false, message: `The database does not answer: ${(error as Error).message}` };
    }
  }

  async #write(shape: Shape, call: Call, work: (change: Change, writer: Asker) => Promise<void>): Promise<void> {
    await changing(this.#db, shape, (change) => work(change, this.#asker(call)));
    this.#onCommitted();
  }

  #asker({ person, organisation, groups }: Call): Asker {
    return { person, organisation, groups, now: this.#now() };
  }

  #makeOperations(): Operations {
    const { versions, trash, shares, search, locks } = this.#features;
    return {
      ...this.#makeReads(),
      ...this.#makeTreeWrites(),
      ...this.#makeContentWrites(),
      ...(versions ? this.#makeVersions() : {}),
      ...(trash ? this.#makeTrash() : {}),
      ...(shares ? this.#makeShares() : {}),
      ...(search ? { search: (input, call) => read.search(this.#db, input, this.#asker(call)) } : {}),
      ...(locks ? this.#makeLocks(locks.maxSeconds) : {}),
    };
  }

  #makeReads(): Pick<Operations, 'listTopics' | 'listShared' | 'list' | 'get' | 'find' | 'readFile'> {
    const db = this.#db;
    return {
      listTopics: (_, call) => read.listTopics(db, this.#asker(call)),
      listShared: (_, call) => read.listShared(db, this.#asker(call)),
      list: (input, call) => list(db, input, this.#asker(call)),
      get: (input, call) => read.get(db, input, this.#asker(call)),
      find: (input, call) => read.find(db, input, this.#asker(call)),
      readFile: async (input, call) => {
        const { name, row } = await read.contentOf(db, input, this.#asker(call));
        return { ...described(name, row), content: await this.#bytes(row, input.range) };
      },
    };
  }

  async #bytes(row: VersionRow, range: ByteRange | undefined) {
    if (range && range.start >= row.size && row.size > 0)
      throw new CapabilityError('INVALID', `range: the content has ${row.size} bytes.`, { field: 'range' });
    return (await this.#contents.open(row.sha256)).read(range);
  }

  #makeTreeWrites(): Pick<Operations, 'getHome' | 'createFolder' | 'move' | 'copy' | 'delete'> {
    const db = this.#db;
    return {
      getHome: async (_, call) => {
        const id = await homeFolderId(call.person);
        await this.#write('same', call, (change, writer) => write.makeHome(change, id, writer));
        return read.seen(db, id, this.#asker(call));
      },
      createFolder: async (input, call) => {
        await this.#write('same', call, (change, writer) => write.createFolder(change, input, writer));
        return read.seen(db, input.id, this.#asker(call));
      },
      move: async (input, call) => {
        await this.#write('other', call, (change, writer) => write.move(change, input, writer));
        return read.seen(db, input.node, this.#asker(call));
      },
      copy: async (input, call) => {
        await this.#write('other', call, (change, writer) => copy(change, input, writer));
        return read.seen(db, input.id, this.#asker(call));
      },
      delete: async (input, call) => {
        const hasTrash = this.#features.trash !== undefined;
        await this.#write('other', call, (change, writer) => write.remove(change, input, { ...writer, hasTrash }));
        if (!hasTrash) await this.dropErased();
        return {};
      },
    };
  }

  #makeContentWrites(): Pick<Operations, 'createFile' | 'saveFile'> {
    const db = this.#db;
    return {
      createFile: async (input, call) => {
        await this.#holding([call.content.sha256], async () => {
          await this.#contents.keep(call.content);
          await this.#write('same', call, (change, writer) => write.createFile(change, input, call.content, writer));
        });
        return read.seen(db, input.id, this.#asker(call));
      },
      saveFile: async (input, call) => {
        await this.#holding([call.content.sha256], async () => {
          await this.#contents.keep(call.content);
          await this.#save(input, call, call.content);
        });
        return read.seen(db, input.file, this.#asker(call));
      },
    };
  }

  #save(
    input: Parameters<typeof write.saveFile>[1],
    call: Call,
    content: { readonly size: number; readonly sha256: string },
  ): Promise<void> {
    const keepOld = this.#features.versions !== undefined;
    return this.#write('same', call, (change, writer) =>
      write.saveFile(change, input, { ...writer, content, keepOld }),
    );
  }

  #makeVersions(): Pick<Operations, 'listVersions' | 'restoreVersion'> {
    const db = this.#db;
    return {
      listVersions: (input, call) => read.listVersions(db, input, this.#asker(call)),
      restoreVersion: async ({ file, version, as, locks }, call) => {
        const { row } = await read.contentOf(db, { file, version }, this.#asker(call));
        await this.#holding([row.sha256], async () => {
          if (!(await this.#contents.has([row.sha256])).has(row.sha256)) throw noContent();
          const given = { file, version: as, locks, mediaType: row.media_type, modifiedAt: row.modified_at };
          await this.#save(given, call, row);
        });
        return read.seen(db, file, this.#asker(call));
      },
    };
  }

  #makeTrash(): Pick<Operations, 'listTrash' | 'restore' | 'erase'> {
    const db = this.#db;
    return {
      listTrash: (input, call) => read.listTrash(db, input, this.#asker(call)),
      restore: async (input, call) => {
        await this.#write('other', call, (change, writer) => write.restore(change, input, writer));
        return read.seen(db, input.node, this.#asker(call));
      },
      erase: async (input, call) => {
        await this.#write('other', call, (change, writer) => write.erase(change, input, writer));
        await this.dropErased();
        return {};
      },
    };
  }

  #makeShares(): Pick<Operations, 'listGrants' | 'give' | 'take'> {
    const db = this.#db;
    return {
      listGrants: (input, call) => read.listGrants(db, input, this.#asker(call)),
      give: async (input, call) => {
        await this.#write('same', call, (change, writer) => give(change, input, writer));
        return {};
      },
      take: async (input, call) => {
        await this.#write('same', call, (change, writer) => take(change, input, writer));
        return {};
      },
    };
  }

  #makeLocks(maxSeconds: number): Pick<Operations, 'lock' | 'unlock' | 'listLocks'> {
    const db = this.#db;
    return {
      lock: async (input, call) => {
        await this.#sweepLocks();
        // Nobody is at work in a folder when it is locked; a file has a row of its own to wait at.
        const shape = (await read.kindOf(db, input.node)) === 'file' ? 'same' : 'other';
        await this.#write(shape, call, (change, writer) => lock.lock(change, input, { ...writer, maxSeconds }));
        return lock.madeLock(db, input, this.#asker(call));
      },
      unlock: async (input, call) => {
        await this.#write('same', call, (change, writer) => lock.unlock(change, input, writer));
        return {};
      },
      listLocks: (input, call) => lock.listLocks(db, input, this.#asker(call)),
    };
  }

  async #sweepLocks(): Promise<void> {
    const now = this.#now();
    if (!(await lock.hasIdleLocks(this.#db, now))) return;
    await changing(this.#db, 'other', (change) => lock.sweepLocks(change, now));
  }

  /** Kinds of record that are kept here. */
  get #types(): readonly string[] {
    return Object.entries(documentRecords)
      .filter(([, definition]) => !('feature' in definition) || definition.feature in this.#features)
      .map(([type]) => type);
  }

  #makePortability(): Portability {
    const [db, contents] = [this.#db, this.#contents];
    const kept = (records: readonly PortableRecord[]) => records.filter(({ type }) => this.#types.includes(type));
    return {
      changes: async ({ after, limit }) => {
        const page = await documentFeed.changes(db, after, limit);
        return { ...page, records: kept(page.records) };
      },
      head: () => documentFeed.head(db),
      ingest: async (records, options = {}) => {
        const report = await this.#holding(records.flatMap(hashesOf), () =>
          ingest(records, { ...options, db, contents, types: this.#types, now: this.#now() }),
        );
        this.#onCommitted();
        return report;
      },
      digest: (type, options) => (options?.recompute ? recomputed(db, type) : readDigest(db, type)),
      read: (type, keys) => readRecords(db, type, keys),
      content: async (sha256) => contents.open(sha256),
      purge: async () => {
        await sql`UPDATE versions SET gone = true, dropped = false`.execute(db);
        await this.dropErased();
        await sql`TRUNCATE nodes, versions, grants, locks, digests`.execute(db);
      },
    };
  }

  /** Removes the content of what was deleted for good, where nothing else holds it. To be called at each start. */
  async dropErased(): Promise<void> {
    const { rows } = await sql<{ id: string; sha256: string }>`
      SELECT id, sha256 FROM versions WHERE gone AND NOT dropped`.execute(this.#db);
    const hashes = new Set(rows.map(({ sha256 }) => sha256));
    await this.#contents.drop([...hashes], (sha256) => this.#isWanted(sha256));
    await sql`
      UPDATE versions SET dropped = true WHERE gone AND id = ANY(${rows.map(({ id }) => id)}::uuid[])`.execute(
      this.#db,
    );
  }

  async #isWanted(sha256: string): Promise<boolean> {
    if (this.#held.has(sha256)) return true;
    const { rows } = await sql`SELECT FROM versions WHERE sha256 = ${sha256} AND NOT gone LIMIT 1`.execute(this.#db);
    return rows.length > 0;
  }

  /** Keeps content from being removed while something is under way that will hold it. */
  async #holding<T>(hashes: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const hash of hashes) this.#held.set(hash, (this.#held.get(hash) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const hash of hashes) {
        const count = this.#held.get(hash)! - 1;
        if (count > 0) this.#held.set(hash, count);
        else this.#held.delete(hash);
      }
    }
  }
}

function noContent(): CapabilityError {
  return new CapabilityError('NOT_FOUND', 'version: the file has none such.', { field: 'version' });
}

function described(name: string, row: VersionRow) {
  const { size, sha256 } = row;
  return { size, name, mediaType: row.media_type, version: row.id, sha256, modifiedAt: row.modified_at };
}

async function readDigest(db: Kysely<DocumentTables>, type: string): Promise<Digest> {
  const row = await db.selectFrom('digests').select(['count', 'sum']).where('type', '=', type).executeTakeFirst();
  return formatDigest(Number(row?.count ?? 0), BigInt(row?.sum ?? 0));
}

/** Taken from the stored rows. */
async function recomputed(db: Kysely<DocumentTables>, type: string): Promise<Digest> {
  const { rows } = await sql<{ id: string }>`SELECT id FROM nodes WHERE NOT gone`.execute(db);
  const whole = await readWhole(
    db,
    rows.map(({ id }) => id),
  );
  return digestOf(whole.flatMap(livingRecords).filter((record) => record.type === type));
}

async function readRecords(
  db: Kysely<DocumentTables>,
  type: string,
  keys: readonly string[],
): Promise<readonly PortableRecord[]> {
  const ids = type === 'version' ? await filesOf(db, keys) : keys.map((key) => key.split('/')[0]!);
  const asked = new Set(keys);
  const whole = await readWhole(db, [...new Set(ids)]);
  return whole.flatMap(livingRecords).filter((record) => record.type === type && asked.has(record.key));
}

async function filesOf(db: Kysely<DocumentTables>, versions: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ file: string }>`
    SELECT file FROM versions WHERE id = ANY(${versions}::uuid[])`.execute(db);
  return rows.map(({ file }) => file);
}

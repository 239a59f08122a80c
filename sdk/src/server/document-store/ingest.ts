import {
  type Content,
  contentsNamed,
  type IngestOptions,
  type IngestReport,
  type PortableRecord,
  type RecordDefinition,
  type Rejection,
} from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { documentRecords } from '../../capabilities/documents-records.ts';
import type { ContentStore } from '../content/content-store.ts';
import { type Change, changing } from './change.ts';
import { announceIngested } from './ingested-events.ts';
import { placeFaults } from './place-faults.ts';
import { upserts } from './upserts.ts';
import type { DocumentTables } from './tables.ts';

type Type = keyof typeof documentRecords;

/** What to do with records, and where their content goes. */
export interface IngestRequest extends IngestOptions {
  readonly db: Kysely<DocumentTables>;
  readonly contents: ContentStore;
  /** The present moment. */
  readonly now: number;
  /** Kinds that are taken in. */
  readonly types: readonly string[];
}

class DryRun extends Error {}

/** Takes records in; the last value given for a key stands. */
export async function ingest(records: readonly PortableRecord[], request: IngestRequest): Promise<IngestReport> {
  const rejected: Rejection[] = [];
  const valid = lastOfEach(records).filter((record) => {
    const fault = faultOf(record, request.types);
    if (fault) rejected.push({ type: record.type, key: record.key, reason: 'INVALID', message: fault });
    return !fault;
  });
  if (!request.dryRun) rejected.push(...(await fetchContents(valid, request)));
  const refused = new Set(rejected.map(identity));
  const taken = valid.filter((record) => !refused.has(identity(record)));
  try {
    await changing(request.db, 'other', async (change) => {
      rejected.push(...(await applyAll(change, taken)));
      if (request.announce) await announceIngested(change, taken, request.now);
      if (request.dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return { accepted: records.length - rejected.length, rejected, lossy: [] };
}

function identity({ type, key }: { readonly type: string; readonly key: string }): string {
  return `${type} ${key}`;
}

function lastOfEach(records: readonly PortableRecord[]): readonly PortableRecord[] {
  return [...new Map(records.map((record) => [identity(record), record])).values()];
}

function faultOf({ type, key, value }: PortableRecord, types: readonly string[]): string | undefined {
  const definition = types.includes(type) ? documentRecords[type as Type] : undefined;
  if (!definition) return `${type} is no kind of record that is kept here`;
  if (value === null) return undefined;
  const parsed = definition.value.safeParse(value);
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`;
  const due = definition.key.map((field) => (value as Record<string, unknown>)[field]).join('/');
  return due === key ? undefined : `its key should be ${due}`;
}

/** Hashes of the content that a record names. */
export function hashesOf({ type, value }: PortableRecord): readonly string[] {
  const definitions: Readonly<Record<string, RecordDefinition>> = documentRecords;
  return contentsNamed(Object.hasOwn(definitions, type) ? definitions[type]! : {}, value);
}

/**
 * How many contents are fetched at a time: a disk writes several down at once in the time of one, and a server far away
 * answers several in the time of one.
 */
const AT_ONCE = 16;

/** Keeps the content that is named and not here yet. */
async function fetchContents(
  records: readonly PortableRecord[],
  { contents, contentOf }: IngestRequest,
): Promise<readonly Rejection[]> {
  const wanted = [...new Set(records.flatMap(hashesOf))];
  const there = await contents.has(wanted);
  const missing = wanted.filter((hash) => !there.has(hash));
  const failed = new Set<string>();
  const queue = missing.values();
  const worker = async () => {
    for (const hash of queue) {
      const content = await contentFrom(contentOf, hash);
      if (content) await contents.keep(content);
      else failed.add(hash);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return records
    .filter((record) => hashesOf(record).some((hash) => failed.has(hash)))
    .map(({ type, key }) => ({ type, key, reason: 'INVALID', message: 'its content is nowhere to be had' }));
}

async function contentFrom(source: IngestOptions['contentOf'], hash: string): Promise<Content | undefined> {
  try {
    return await source?.(hash);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** Kinds in the order in which they are taken in. */
const ORDER: readonly Type[] = ['folder', 'file', 'place', 'version', 'grant', 'tags', 'lock', 'trashed'];

async function applyAll(change: Change, records: readonly PortableRecord[]): Promise<readonly Rejection[]> {
  const rejected: Rejection[] = [];
  const ids = [...new Set(await nodesOf(change, records))];
  await sql`SET CONSTRAINTS names_in_folder DEFERRED`.execute(change.trx);
  await change.to(ids, async () => {
    for (const type of ORDER) {
      const some = records.filter((record) => record.type === type);
      if (some.length === 0) continue;
      const waiting = await orphansOf(change, type, some);
      const faulty = new Set(waiting.map(({ key }) => key));
      rejected.push(...waiting);
      await upserts[type](
        change.trx,
        some.filter(({ key }) => !faulty.has(key)),
      );
    }
  });
  return rejected;
}

/** Whether a record is of something on a node, whose id its key begins with. */
function isOnNode(type: string): boolean {
  return type === 'grant' || type === 'lock' || type === 'tags';
}

/** Ids of the nodes that records are about. */
async function nodesOf({ trx }: Change, records: readonly PortableRecord[]): Promise<readonly string[]> {
  const versions = records.filter(({ type }) => type === 'version').map(({ key }) => key);
  const { rows } = await sql<{ file: string }>`
    SELECT file FROM versions WHERE id = ANY(${versions}::uuid[])`.execute(trx);
  const named = records.map(({ type, key, value }) => {
    if (type === 'version') return (value?.['file'] as string | undefined) ?? [];
    return isOnNode(type) ? key.split('/')[0]! : key;
  });
  return [...named.flat(), ...rows.map(({ file }) => file)];
}

/** Records that belong to what is not there yet. */
async function orphansOf(
  change: Change,
  type: Type,
  records: readonly PortableRecord[],
): Promise<readonly Rejection[]> {
  if (type === 'place') return placeFaults(change.trx, records);
  if (type !== 'version' && !isOnNode(type)) return [];
  const parent = type === 'version' ? 'file' : 'node';
  const named = records.flatMap(({ value }) => (value === null ? [] : [value[parent] as string]));
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM nodes WHERE id = ANY(${named}::uuid[]) AND NOT gone AND deleted_at IS NULL`.execute(change.trx);
  const there = new Set(rows.map(({ id }) => id));
  return records
    .filter(({ value }) => value !== null && !there.has(value[parent] as string))
    .map(({ key }) => ({ type, key, reason: 'PARENT_MISSING', message: `its ${parent} is not there yet` }));
}

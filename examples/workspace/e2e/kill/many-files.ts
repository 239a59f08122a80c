import { newId, type PortableRecord } from '@valfri/sdk';
import { DocumentStore, type DocumentTables, FileContentStore } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many files there are, and how large. */
export interface ManyFiles {
  readonly files: number;
  /** Of each file. */
  readonly versions: number;
  /** Of each version, in bytes. */
  readonly size: number;
  /** Whose they are, and who is given some. */
  readonly person: string;
  readonly other: string;
  readonly home: string;
}

const IN_A_FOLDER = 200;
const FEATURES = { versions: {}, trash: {}, shares: {}, search: {} };

/** Fills the built-in provider of a host that does not run with files, as a move would. */
export async function fillWithFiles(db: Kysely<never>, directory: string, many: ManyFiles): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`SET search_path TO plugin_documents_builtin`.execute(connection);
    const root = join(directory, 'instances', 'documents-builtin', 'content');
    const own = connection as unknown as Kysely<DocumentTables>;
    const store = new DocumentStore({ db: own, contents: new FileContentStore(root), features: FEATURES });
    const { rows } = await sql<{ organisation: string }>`
      SELECT organisation FROM nodes WHERE id = ${many.home}`.execute(connection);
    const { organisation } = rows[0]!;
    for (let first = 0; first < many.files; first += IN_A_FOLDER) {
      const texts = new Map<string, Buffer>();
      const records = folderOf({ ...many, organisation, first }, texts);
      for (const [sha256, bytes] of texts) writeBytes(root, sha256, bytes);
      const { rejected } = await store.portability.ingest(records);
      if (rejected[0]) throw new Error(rejected[0].message);
    }
    await sql`RESET search_path`.execute(connection);
  });
}

/** Where the built-in provider keeps it, without waiting for the disk. */
function writeBytes(root: string, sha256: string, bytes: Buffer): void {
  const folder = join(root, sha256.slice(0, 2), sha256.slice(2, 4));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, sha256), bytes);
}

type Folder = ManyFiles & { readonly organisation: string; readonly first: number };

/** A folder with files: each with versions, some shared, some in the trash. */
function folderOf(given: Folder, texts: Map<string, Buffer>): readonly PortableRecord[] {
  const { organisation, person, home, other, first, files } = given;
  const folder = newId();
  const made = { organisation, createdAt: 1_700_000_000_000, createdBy: person };
  const grant = (node: string) => ({
    ...{ type: 'grant', key: `${node}/person/${other}` },
    value: { node, to: 'person', whom: other, role: 'editor', givenAt: made.createdAt, givenBy: person },
  });
  const records: PortableRecord[] = [
    { type: 'folder', key: folder, value: { id: folder, ...made } },
    { type: 'place', key: folder, value: { node: folder, parent: home, name: `Mapp ${first}` } },
    grant(folder),
  ];
  for (let i = first; i < Math.min(files, first + IN_A_FOLDER); i++) {
    const [id, versions] = [newId(), versionsOf(given, i, texts)];
    const { id: version, ...present } = versions.at(-1)!;
    const place = { parent: folder, name: `Handling ${i} å.txt` };
    if (i % 50 === 7) {
      const deleted = { deletedAt: made.createdAt + 99, deletedBy: person, with: id, versions, grants: [] };
      records.push({ type: 'trashed', key: id, value: { id, ...made, kind: 'file', ...place, ...deleted } });
      continue;
    }
    records.push({ type: 'file', key: id, value: { id, ...made, ...present, version } });
    records.push({ type: 'place', key: id, value: { node: id, ...place } });
    for (const old of versions.slice(0, -1))
      records.push({ type: 'version', key: old.id, value: { ...old, file: id } });
    if (i % 10 === 3) records.push(grant(id));
  }
  return records;
}

function versionsOf({ versions, size, person }: Folder, file: number, texts: Map<string, Buffer>) {
  return Array.from({ length: versions }, (_, i) => {
    const bytes = Buffer.alloc(size, `${file}/${i} `);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    texts.set(sha256, bytes);
    const at = 1_700_000_000_000 + i;
    return { id: newId(), size, sha256, mediaType: 'text/plain', modifiedAt: at, savedAt: at, savedBy: person };
  });
}

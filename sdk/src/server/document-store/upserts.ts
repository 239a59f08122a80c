import type { PortableRecord } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { documentRecords } from '../../capabilities/documents-records.ts';
import { ROLES } from '../../documents/roles.ts';
import { CHANGED } from './announce.ts';
import type { DocumentTables } from './tables.ts';

type Db = Kysely<DocumentTables>;
type Type = keyof typeof documentRecords;
type Upsert = (db: Db, records: readonly PortableRecord[]) => Promise<void>;

const VERSION_COLUMNS = sql`id uuid, file uuid, size bigint, sha256 text, "mediaType" text, "modifiedAt" bigint, "savedAt" bigint, "savedBy" uuid`;

function valuesOf(records: readonly PortableRecord[]): Record<string, unknown>[] {
  return records.flatMap(({ value }) => (value === null ? [] : [{ ...value }]));
}

function goneOf(records: readonly PortableRecord[]): string[] {
  return records.filter(({ value }) => value === null).map(({ key }) => key);
}

function rowsOf(values: readonly unknown[], columns: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(values)}::jsonb) AS r(${columns})`;
}

/** What is gone from the tree may be in the trash: then its own record says so. */
async function forget(db: Db, ids: readonly string[]): Promise<void> {
  await sql`
    UPDATE nodes SET gone = true, ${CHANGED} WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL AND NOT gone`.execute(
    db,
  );
}

async function upsertNodes(db: Db, kind: 'folder' | 'file', values: readonly unknown[]): Promise<void> {
  await sql`
    INSERT INTO nodes AS n (id, kind, name, organisation, owner, created_at, created_by, version, placed)
    SELECT id, ${kind}, '', organisation, owner, "createdAt", "createdBy", version, false
    FROM ${rowsOf(values, sql`id uuid, organisation uuid, owner uuid, "createdAt" bigint, "createdBy" uuid, version uuid`)}
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, organisation = excluded.organisation, owner = excluded.owner,
      created_at = excluded.created_at, created_by = excluded.created_by, version = excluded.version, gone = false,
      deleted_at = NULL, deleted_by = NULL, deleted_with = NULL,
      placed = n.placed AND NOT n.gone AND n.deleted_at IS NULL, ${CHANGED}`.execute(db);
}

async function upsertVersions(db: Db, values: readonly unknown[]): Promise<void> {
  await sql`
    INSERT INTO versions (id, file, size, sha256, media_type, modified_at, saved_at, saved_by)
    SELECT id, file, size, sha256, "mediaType", "modifiedAt", "savedAt", "savedBy" FROM ${rowsOf(values, VERSION_COLUMNS)}
    ON CONFLICT (id) DO UPDATE SET file = excluded.file, size = excluded.size, sha256 = excluded.sha256,
      media_type = excluded.media_type, modified_at = excluded.modified_at, saved_at = excluded.saved_at,
      saved_by = excluded.saved_by, gone = false, dropped = false, ${CHANGED}`.execute(db);
}

const folder: Upsert = async (db, records) => {
  await forget(db, goneOf(records));
  await upsertNodes(db, 'folder', valuesOf(records));
};

const file: Upsert = async (db, records) => {
  await forget(db, goneOf(records));
  const values = valuesOf(records);
  // What a file held until now stays only where a record of its own says so, and that comes after this one.
  await sql`
    UPDATE versions v SET gone = true, ${CHANGED} FROM ${rowsOf(values, sql`id uuid, version uuid`)}, nodes n
    WHERE n.id = r.id AND v.id = n.version AND v.id <> r.version AND NOT v.gone`.execute(db);
  await upsertVersions(
    db,
    values.map(({ id, version, ...content }) => ({ ...content, id: version, file: id })),
  );
  await upsertNodes(db, 'file', values);
};

const place: Upsert = async (db, records) => {
  await sql`
    UPDATE nodes SET placed = false, ${CHANGED}
    WHERE id = ANY(${goneOf(records)}::uuid[]) AND NOT gone AND deleted_at IS NULL`.execute(db);
  await sql`
    UPDATE nodes n SET parent = r.parent, name = r.name, placed = true, ${CHANGED}
    FROM ${rowsOf(valuesOf(records), sql`node uuid, parent uuid, name text`)} WHERE n.id = r.node`.execute(db);
};

const version: Upsert = async (db, records) => {
  await sql`
    UPDATE versions v SET gone = true, ${CHANGED} WHERE id = ANY(${goneOf(records)}::uuid[]) AND NOT gone
      AND NOT EXISTS (SELECT FROM nodes n WHERE n.version = v.id AND NOT n.gone)`.execute(db);
  await upsertVersions(db, valuesOf(records));
};

const grant: Upsert = async (db, records) => {
  await sql`
    UPDATE grants SET gone = true, ${CHANGED}
    WHERE node || '/' || "to" || '/' || whom = ANY(${goneOf(records)}) AND NOT gone`.execute(db);
  await upsertGrants(db, valuesOf(records));
};

async function upsertGrants(db: Db, values: readonly Record<string, unknown>[]): Promise<void> {
  const rows = values.map((value) => ({ ...value, role: ROLES.indexOf(value['role'] as 'viewer') + 1 }));
  await sql`
    INSERT INTO grants (node, "to", whom, role, given_at, given_by)
    SELECT node, "to", whom, role, "givenAt", "givenBy"
    FROM ${rowsOf(rows, sql`node uuid, "to" text, whom uuid, role smallint, "givenAt" bigint, "givenBy" uuid`)}
    ON CONFLICT (node, "to", whom) DO UPDATE SET role = excluded.role, given_at = excluded.given_at,
      given_by = excluded.given_by, gone = false, ${CHANGED}`.execute(db);
}

const lock: Upsert = async (db, records) => {
  await sql`
    UPDATE locks SET gone = true, ${CHANGED} WHERE node || '/' || token = ANY(${goneOf(records)}) AND NOT gone`.execute(
    db,
  );
  const columns = sql`node uuid, token text, person uuid, exclusive boolean, deep boolean, note text, "lockedAt" bigint,
    "expiresAt" bigint`;
  await sql`
    INSERT INTO locks (node, token, person, exclusive, deep, note, locked_at, expires_at)
    SELECT node, token, person, exclusive, deep, note, "lockedAt", "expiresAt" FROM ${rowsOf(valuesOf(records), columns)}
    ON CONFLICT (node, token) DO UPDATE SET person = excluded.person, exclusive = excluded.exclusive,
      deep = excluded.deep, note = excluded.note, locked_at = excluded.locked_at, expires_at = excluded.expires_at,
      gone = false, ${CHANGED}`.execute(db);
};

const trashed: Upsert = async (db, records) => {
  await sql`
    UPDATE nodes SET gone = true, deleted_at = NULL, deleted_by = NULL, deleted_with = NULL, ${CHANGED}
    WHERE id = ANY(${goneOf(records)}::uuid[]) AND deleted_at IS NOT NULL`.execute(db);
  const values = valuesOf(records).map((value) => ({
    ...value,
    version: (value['versions'] as { id: string }[]).at(-1)?.id,
  })) as unknown as TrashedValue[];
  await insertTrashed(db, values);
  const ids = values.map(({ id }) => id);
  await sql`UPDATE versions SET gone = true, ${CHANGED} WHERE file = ANY(${ids}::uuid[]) AND NOT gone`.execute(db);
  await upsertVersions(
    db,
    values.flatMap(({ id, versions }) => versions.map((each) => ({ ...each, file: id }))),
  );
  await sql`UPDATE grants SET gone = true, ${CHANGED} WHERE node = ANY(${ids}::uuid[]) AND NOT gone`.execute(db);
  await upsertGrants(
    db,
    values.flatMap(({ id, grants }) => grants.map((each) => ({ ...each, node: id }))),
  );
};

interface TrashedValue {
  readonly id: string;
  readonly versions: readonly { readonly id: string }[];
  readonly grants: readonly Record<string, unknown>[];
}

async function insertTrashed(db: Db, values: readonly TrashedValue[]): Promise<void> {
  const columns = sql`id uuid, kind text, parent uuid, name text, organisation uuid, "createdAt" bigint,
    "createdBy" uuid, version uuid, "deletedAt" bigint, "deletedBy" uuid, "with" uuid`;
  await sql`
    INSERT INTO nodes (id, kind, parent, name, organisation, created_at, created_by, version, placed, deleted_at,
      deleted_by, deleted_with)
    SELECT id, kind, parent, name, organisation, "createdAt", "createdBy", version, true, "deletedAt", "deletedBy", "with"
    FROM ${rowsOf(values, columns)}
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, parent = excluded.parent, name = excluded.name,
      organisation = excluded.organisation, created_at = excluded.created_at, created_by = excluded.created_by,
      version = excluded.version, placed = true, deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by,
      deleted_with = excluded.deleted_with, gone = false, ${CHANGED}`.execute(db);
}

/** How each kind of record is taken in: as it stands now, whatever stood there. */
export const upserts: { readonly [T in Type]: Upsert } = { folder, file, place, version, grant, trashed, lock };

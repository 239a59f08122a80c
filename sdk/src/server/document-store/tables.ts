import { type Generated, type Kysely, sql } from 'kysely';

interface Stamped {
  /** The transaction that made the row. */
  readonly made: Generated<string>;
  /** The transaction that changed it last. */
  readonly changed: Generated<string>;
}

/** A file or folder, in the tree or in the trash. */
export interface NodeRow {
  id: string;
  kind: 'folder' | 'file';
  parent: string | null;
  name: string;
  organisation: string;
  owner: string | null;
  created_at: number;
  created_by: string;
  /** Of a file: the present content. */
  version: string | null;
  /** False until it is known where it is: it has been taken in, and its place has not. */
  placed: boolean;
  deleted_at: number | null;
  deleted_by: string | null;
  /** What was deleted, this itself or a folder above it. */
  deleted_with: string | null;
  /** It is there no more, and kept so that those who follow are told. */
  gone: boolean;
}

/** The content of a file at one time. */
export interface VersionRow {
  id: string;
  file: string;
  size: number;
  sha256: string;
  media_type: string;
  modified_at: number;
  saved_at: number;
  saved_by: string;
  gone: boolean;
  /** Of what is gone: whether its content has been removed, or is wanted by another. */
  dropped: boolean;
}

/** What a person or group was given. */
export interface GrantRow {
  node: string;
  to: 'person' | 'group';
  whom: string;
  /** 1 viewer, 2 commenter, 3 editor. */
  role: number;
  given_at: number;
  given_by: string;
  /** When it ends of itself. */
  until: number | null;
  gone: boolean;
}

/** What keeps others from writing. */
export interface LockRow {
  node: string;
  token: string;
  person: string;
  exclusive: boolean;
  /** Of a folder: whether it holds on all that is in it. */
  deep: boolean;
  note: string | null;
  locked_at: number;
  expires_at: number;
  gone: boolean;
}

/** Words on a node. */
export interface TagsRow {
  node: string;
  tags: readonly string[];
  gone: boolean;
}

/** Where a node was before it came to be where it is, or somewhere between. */
export interface MovedRow {
  node: string;
  was: string;
}

/** The tables of a document store, as Kysely sees them. */
export interface DocumentTables {
  nodes: NodeRow & Stamped;
  versions: VersionRow & Stamped;
  grants: GrantRow & Stamped;
  locks: LockRow & Stamped;
  tags: TagsRow & Stamped;
  moved: MovedRow & Pick<Stamped, 'changed'>;
  digests: { type: string; count: number; sum: string };
  /** One row, locked by whoever changes the shape of the tree. */
  tree: { one: true; feed: Generated<string>; born: Generated<string> };
}

const STAMPS = sql`made xid8 NOT NULL DEFAULT pg_current_xact_id(), changed xid8 NOT NULL DEFAULT pg_current_xact_id()`;

/** Makes the tables of a document store in the current schema. */
export async function createDocumentTables(db: Kysely<never>): Promise<void> {
  await sql`CREATE COLLATION names (provider = icu, locale = 'sv-SE-u-kn-true')`.execute(db);
  await sql`
    CREATE TABLE nodes (
      id uuid PRIMARY KEY, kind text NOT NULL, parent uuid, name text NOT NULL, organisation uuid NOT NULL, owner uuid,
      created_at bigint NOT NULL, created_by uuid NOT NULL, version uuid, placed boolean NOT NULL,
      deleted_at bigint, deleted_by uuid, deleted_with uuid, gone boolean NOT NULL DEFAULT false, ${STAMPS},
      slot text GENERATED ALWAYS AS (CASE WHEN deleted_at IS NULL AND NOT gone AND placed THEN name END) STORED,
      CONSTRAINT names_in_folder UNIQUE (parent, slot) DEFERRABLE INITIALLY IMMEDIATE)`.execute(db);
  await sql`CREATE INDEX nodes_by_name ON nodes (parent, kind DESC, name COLLATE names, id)
    WHERE deleted_at IS NULL AND NOT gone AND placed`.execute(db);
  await sql`CREATE INDEX nodes_of_owner ON nodes (owner) WHERE owner IS NOT NULL`.execute(db);
  await sql`CREATE INDEX nodes_in_trash ON nodes (deleted_with, deleted_at) WHERE deleted_at IS NOT NULL`.execute(db);
  await sql`
    CREATE TABLE versions (
      id uuid PRIMARY KEY, file uuid NOT NULL, size bigint NOT NULL, sha256 text NOT NULL, media_type text NOT NULL,
      modified_at bigint NOT NULL, saved_at bigint NOT NULL, saved_by uuid NOT NULL,
      gone boolean NOT NULL DEFAULT false, dropped boolean NOT NULL DEFAULT false, ${STAMPS})`.execute(db);
  await sql`CREATE INDEX versions_to_drop ON versions (id) WHERE gone AND NOT dropped`.execute(db);
  await sql`CREATE INDEX versions_of_file ON versions (file, saved_at, id)`.execute(db);
  await sql`CREATE INDEX versions_by_content ON versions (sha256) WHERE NOT gone`.execute(db);
  await sql`
    CREATE TABLE grants (
      node uuid NOT NULL, "to" text NOT NULL, whom uuid NOT NULL, role smallint NOT NULL, given_at bigint NOT NULL,
      given_by uuid NOT NULL, gone boolean NOT NULL DEFAULT false, ${STAMPS}, PRIMARY KEY (node, "to", whom))`.execute(
    db,
  );
  await sql`CREATE INDEX grants_of ON grants (whom, "to") WHERE NOT gone`.execute(db);
  await sql`CREATE TABLE digests (type text PRIMARY KEY, count bigint NOT NULL, sum numeric NOT NULL)`.execute(db);
  await sql`CREATE TABLE tree (one boolean PRIMARY KEY CHECK (one))`.execute(db);
  await sql`INSERT INTO tree VALUES (true)`.execute(db);
  for (const table of ['nodes', 'versions', 'grants']) await indexStamps(db, table);
}

/** Makes the table of locks. Follows {@link createDocumentTables}, in a migration of its own. */
export async function createDocumentLocks(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE locks (
      node uuid NOT NULL, token text NOT NULL, person uuid NOT NULL, exclusive boolean NOT NULL, deep boolean NOT NULL,
      note text, locked_at bigint NOT NULL, expires_at bigint NOT NULL, gone boolean NOT NULL DEFAULT false, ${STAMPS},
      PRIMARY KEY (node, token))`.execute(db);
  await sql`CREATE INDEX locks_of ON locks (person) WHERE NOT gone`.execute(db);
  await sql`CREATE INDEX locks_by_end ON locks (expires_at)`.execute(db);
  await indexStamps(db, 'locks');
}

/**
 * Adds words on nodes, an end of what was given, and what tells clients that keep a copy what has changed. Follows
 * {@link createDocumentLocks}, in a migration of its own.
 */
export async function createDocumentTags(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE tags (node uuid PRIMARY KEY, tags text[] NOT NULL, gone boolean NOT NULL DEFAULT false, ${STAMPS})`.execute(
    db,
  );
  await indexStamps(db, 'tags');
  await sql`ALTER TABLE grants ADD COLUMN until bigint`.execute(db);
  await sql`
    CREATE TABLE moved (
      node uuid NOT NULL, was uuid NOT NULL, changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
      PRIMARY KEY (node, was))`.execute(db);
  await sql`CREATE INDEX moved_from ON moved (was, changed)`.execute(db);
  // Stamps are not in a backup: what is restored has a `born` of its own, and so a feed of its own.
  await sql`
    ALTER TABLE tree ADD COLUMN feed uuid NOT NULL DEFAULT gen_random_uuid(),
      ADD COLUMN born xid8 NOT NULL DEFAULT pg_current_xact_id()`.execute(db);
}

async function indexStamps(db: Kysely<never>, table: string): Promise<void> {
  const name = sql.table(table);
  await sql`CREATE INDEX ${sql.ref(`${table}_made`)} ON ${name} (made)`.execute(db);
  await sql`CREATE INDEX ${sql.ref(`${table}_changed`)} ON ${name} (changed) WHERE changed <> made`.execute(db);
}

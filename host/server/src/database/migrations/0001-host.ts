import { createOutbox } from '@valfri/sdk/postgres';
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await createOutbox(db);
  await people(db);
  await functions(db);
  await reading(db);
  await audit(db);
}

async function people(db: Kysely<never>): Promise<void> {
  await sql`CREATE TABLE valfri.organisations (id uuid PRIMARY KEY, name text NOT NULL, created_at bigint NOT NULL)`.execute(
    db,
  );
  await sql`
    CREATE TABLE valfri.people (
      id uuid PRIMARY KEY, organisation uuid NOT NULL REFERENCES valfri.organisations, email text NOT NULL,
      display_name text NOT NULL, kind text NOT NULL CHECK (kind IN ('member', 'guest')), operator boolean NOT NULL,
      created_at bigint NOT NULL, disabled_at bigint, ends_at bigint, sponsor uuid)`.execute(db);
  await sql`CREATE UNIQUE INDEX people_by_email ON valfri.people (lower(email))`.execute(db);
  await sql`CREATE INDEX people_of_organisation ON valfri.people (organisation, lower(display_name), id)`.execute(db);
  await sql`
    CREATE TABLE valfri.groups (
      id uuid PRIMARY KEY, organisation uuid NOT NULL REFERENCES valfri.organisations, name text NOT NULL,
      created_at bigint NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE valfri.group_members (
      group_id uuid NOT NULL REFERENCES valfri.groups ON DELETE CASCADE,
      person uuid NOT NULL REFERENCES valfri.people ON DELETE CASCADE, PRIMARY KEY (group_id, person))`.execute(db);
  await sql`CREATE INDEX groups_of_person ON valfri.group_members (person)`.execute(db);
  await sql`
    CREATE TABLE valfri.pseudonyms (
      instance text NOT NULL, person uuid NOT NULL, pseudonym text NOT NULL,
      PRIMARY KEY (instance, person), UNIQUE (instance, pseudonym))`.execute(db);
  await sql`CREATE TABLE valfri.preferences (person uuid PRIMARY KEY, body jsonb NOT NULL)`.execute(db);
}

async function functions(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.instances (
      id text PRIMARY KEY, plugin text NOT NULL, title text NOT NULL, settings jsonb NOT NULL, secrets bytea,
      created_at bigint NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE valfri.bindings (
      capability text NOT NULL, scope_kind text NOT NULL, scope_id text NOT NULL,
      instance text NOT NULL REFERENCES valfri.instances, generation bigint NOT NULL,
      PRIMARY KEY (capability, scope_kind, scope_id))`.execute(db);
  await sql`
    CREATE TABLE valfri.swaps (
      id uuid PRIMARY KEY, capability text NOT NULL, state text NOT NULL, body jsonb NOT NULL,
      updated_at bigint NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE valfri.aside (
      capability text NOT NULL, type text NOT NULL, key text NOT NULL, value jsonb NOT NULL, hash numeric NOT NULL,
      place bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (capability, type, key))`.execute(db);
  await sql`CREATE INDEX aside_by_place ON valfri.aside (capability, place)`.execute(db);
  await sql`CREATE TABLE valfri.host_state (key text PRIMARY KEY, value jsonb NOT NULL)`.execute(db);
}

async function reading(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.markers (
      resource uuid NOT NULL, person uuid NOT NULL, seq bigint NOT NULL, at bigint NOT NULL,
      PRIMARY KEY (person, resource))`.execute(db);
  await sql`
    CREATE TABLE valfri.mentions (
      person uuid NOT NULL, resource uuid NOT NULL, item uuid NOT NULL, seq bigint NOT NULL,
      PRIMARY KEY (person, resource, seq))`.execute(db);
}

/** Rows are only ever added; whoever changes one all the same is found out by the chain of hashes. */
async function audit(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.audit (
      place bigint PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL, target text NOT NULL,
      details jsonb NOT NULL, previous bytea NOT NULL, hash bytea NOT NULL)`.execute(db);
  await sql`
    CREATE FUNCTION valfri.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$`.execute(db);
  await sql`
    CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON valfri.audit
    FOR EACH STATEMENT EXECUTE FUNCTION valfri.refuse()`.execute(db);
}

import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE TABLE valfri.app_passwords (
      id uuid PRIMARY KEY, person uuid NOT NULL REFERENCES valfri.people ON DELETE CASCADE, name text NOT NULL,
      scopes text[] NOT NULL, hash bytea NOT NULL, made_at bigint NOT NULL, used_at bigint)`.execute(db);
  await sql`CREATE INDEX app_passwords_of_person ON valfri.app_passwords (person)`.execute(db);
  await sql`
    CREATE TABLE valfri.dav_properties (
      node uuid NOT NULL, namespace text NOT NULL, name text NOT NULL, xml text NOT NULL, person uuid NOT NULL,
      asked_at bigint NOT NULL, missing_since bigint, PRIMARY KEY (node, namespace, name))`.execute(db);
  await sql`CREATE INDEX dav_properties_by_asked ON valfri.dav_properties (asked_at)`.execute(db);
}

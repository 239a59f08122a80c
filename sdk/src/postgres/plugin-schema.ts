import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { PluginMigrations } from '../plugin/context.ts';
import { connect } from './connect.ts';

/** What an instance is to get in the database. */
export interface PluginSchemaRequest {
  /** A connection of the host: it owns everything that is made. */
  readonly admin: Kysely<never>;
  /** Its connection string. */
  readonly url: string;
  readonly instance: string;
  readonly migrations: PluginMigrations;
  readonly onError?: (error: Error) => void;
}

/** An instance's own corner of the database. */
export interface PluginSchema {
  /** Signed in as the instance's own role, which owns nothing and sees nothing else. */
  readonly db: Kysely<never>;
  /** See {@link roleOf}. */
  readonly role: string;
}

/** The schema that holds an instance's tables. */
export function schemaOf(instance: string): string {
  return `plugin_${instance.replaceAll('-', '_')}`;
}

/**
 * The role as which an instance signs in, and by which its events are known. Roles belong to the whole server, so the
 * name holds the database's too.
 */
export async function roleOf(admin: Kysely<never>, instance: string): Promise<string> {
  return `${await databaseName(admin)}_${schemaOf(instance)}`.slice(0, 63);
}

/**
 * Makes or brings up to date an instance's schema and role, and signs in. The password is new each time and is kept
 * nowhere.
 */
export async function openPluginSchema(request: PluginSchemaRequest): Promise<PluginSchema> {
  const { admin, url, instance, migrations, onError } = request;
  const schema = schemaOf(instance);
  await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(schema)}`.execute(admin);
  await migrate(url, schema, migrations);
  const database = await databaseName(admin);
  // Everybody may make temporary tables where nothing else is said.
  await sql`REVOKE TEMPORARY ON DATABASE ${sql.id(database)} FROM PUBLIC`.execute(admin);
  const role = await roleOf(admin, instance);
  await createRole(admin, role);
  const password = randomBytes(24).toString('base64url');
  await grant(admin, role, schema, password);
  const signedIn = new URL(url);
  signedIn.username = role;
  signedIn.password = password;
  const db = connect<never>({ url: signedIn.href, name: `valfri ${instance}`, ...(onError ? { onError } : {}) });
  return { db, role };
}

async function databaseName(admin: Kysely<never>): Promise<string> {
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(admin);
  return rows[0]!.name;
}

/** Runs an instance's migrations as the host, in its schema, with a record of its own of what has run. */
async function migrate(url: string, schema: string, migrations: PluginMigrations): Promise<void> {
  const inSchema = new URL(url);
  inSchema.searchParams.set('options', `-c search_path=${schema},pg_catalog`);
  const db = connect<never>({ url: inSchema.href, name: 'valfri migrations', most: 2 });
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  } finally {
    await db.destroy();
  }
}

async function createRole(admin: Kysely<never>, role: string): Promise<void> {
  const known = await sql`SELECT FROM pg_roles WHERE rolname = ${role}`.execute(admin);
  if (known.rows.length === 0) {
    await sql`CREATE ROLE ${sql.id(role)} LOGIN`.execute(admin);
    // So that a host whose account is no superuser can end the sessions that one which died has left.
    await sql`GRANT ${sql.id(role)} TO CURRENT_USER`.execute(admin);
  }
}

async function grant(admin: Kysely<never>, role: string, schema: string, password: string): Promise<void> {
  const [who, where] = [sql.id(role), sql.id(schema)];
  const statements = [
    sql`ALTER ROLE ${who} WITH LOGIN PASSWORD ${sql.lit(password)} CONNECTION LIMIT 20`,
    sql`ALTER ROLE ${who} SET search_path = ${sql.lit(`${schema}`)}`,
    sql`GRANT USAGE ON SCHEMA ${where} TO ${who}`,
    sql`GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ${where} TO ${who}`,
    sql`REVOKE ALL ON ${where}.kysely_migration, ${where}.kysely_migration_lock FROM ${who}`,
    sql`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${where} TO ${who}`,
    sql`GRANT USAGE ON SCHEMA valfri TO ${who}`,
    sql`GRANT EXECUTE ON FUNCTION valfri.emit TO ${who}`,
  ];
  for (const statement of statements) await statement.execute(admin);
}

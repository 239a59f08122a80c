import { createHash } from 'node:crypto';
import { type Announcement, type CapabilityDefinition, type Handle, Kernel, newId, type Provider } from '@valfri/core';
import { sql } from 'kysely';
import { emitted } from '../server/emit.ts';
import { createOutbox } from '../postgres/outbox.ts';
import { openPluginSchema } from '../postgres/plugin-schema.ts';
import type { PluginContext } from '../plugin/context.ts';
import type { Plugin, RunningPlugin } from '../plugin/plugin.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** What to run. */
export interface TestHostOptions<C extends CapabilityDefinition> {
  readonly capability: C;
  readonly plugin: Plugin;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where the plugin's inbound routes are reached, for a server that calls them. Default: an address that is none. */
  readonly inboundUrl?: string;
  /** Id of the instance. Default: `subject`. */
  readonly instance?: string;
}

/** A host with one instance of one plugin, on a real database, and nothing else. */
export interface TestHost<C extends CapabilityDefinition> extends AsyncDisposable {
  readonly provider: Provider<C>;
  readonly running: RunningPlugin;
  readonly database: TestDatabase;
  readonly organisation: string;
  /** A handle that calls as a person of the organisation. */
  as(person: string): Handle<C>;
  /** Everything announced so far, in order; what is not kept comes last. */
  announced(): Promise<readonly Announcement<C>[]>;
}

/** Starts a host for a test; use it with `await using`. */
export async function createTestHost<C extends CapabilityDefinition>(
  options: TestHostOptions<C>,
): Promise<TestHost<C>> {
  const { capability, plugin, instance = 'subject' } = options;
  const database = await createTestDatabase();
  await createOutbox(database.db);
  const { migrations = {} } = plugin.server;
  const schema = await openPluginSchema({ admin: database.db, url: database.url, instance, migrations });
  const signals: Announcement[] = [];
  const context = testContext(options, schema.db, database, signals);
  const running = await plugin.server.start(context as PluginContext<never>);
  const provider = running.providers[capability.id] as unknown as Provider<C>;
  const kernel = new Kernel([capability]);
  kernel.instances.add({
    id: instance,
    plugin: plugin.manifest.id,
    capability,
    provider: running.providers[capability.id]!,
  });
  kernel.bind([{ capability: capability.id, scope: { kind: 'default' }, instance, generation: 1 }]);
  const organisation = newId();
  return {
    provider,
    running,
    database,
    organisation,
    as: (person) => kernel.handle(capability, { person, organisation }),
    announced: async () => [...(await kept(database)), ...signals] as Announcement<C>[],
    async [Symbol.asyncDispose]() {
      await running.stop?.();
      await schema.db.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function kept({ db }: TestDatabase): Promise<Announcement[]> {
  const { rows } = await sql<Announcement>`SELECT type, data FROM valfri.outbox ORDER BY made, id`.execute(db);
  return rows;
}

function testContext<C extends CapabilityDefinition>(
  { capability, settings = {}, inboundUrl = 'http://127.0.0.1:9', instance = 'subject' }: TestHostOptions<C>,
  db: TestDatabase['db'],
  database: TestDatabase,
  signals: Announcement[],
): PluginContext {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    instance,
    settings,
    inboundUrl,
    log,
    fetch: (url, init) => fetch(url, init),
    database: { kysely: <Tables>() => db as never as import('kysely').Kysely<Tables> },
    people: testPeople(),
    events: {
      committed: () => undefined,
      announce: async (announcements) =>
        void (await emitted<CapabilityDefinition>(capability, announcements).execute(database.db)),
      signal: (announcement) => signals.push(announcement),
    },
  };
}

function testPeople(): PluginContext['people'] {
  const known = new Map<string, string>();
  const pseudonym = (person: string) => {
    const name = createHash('sha256').update(person).digest('hex').slice(0, 26);
    known.set(name, person);
    return name;
  };
  return {
    pseudonym: async (person) => pseudonym(person),
    pseudonyms: async (people) => new Map(people.map((person) => [person, pseudonym(person)])),
    byPseudonym: async (name) => known.get(name),
    displayName: async (person) => `Person ${person.slice(-4)}`,
  };
}

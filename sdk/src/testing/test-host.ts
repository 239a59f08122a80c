import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Announcement,
  type CapabilityDefinition,
  CapabilityError,
  type Handle,
  hasBytes,
  Kernel,
  newId,
  type Provider,
} from '@valfri/core';
import { sql } from 'kysely';
import { standardCapabilities } from '../capabilities/standard.ts';
import { checkInstanceId, checkManifest, checkSettings } from '../plugin/check-manifest.ts';
import { checkAnnouncement, providerOf } from '../plugin/check-running.ts';
import { emitted } from '../server/emit.ts';
import { createOutbox } from '../postgres/outbox.ts';
import { openPluginSchema } from '../postgres/plugin-schema.ts';
import type { PluginContext } from '../plugin/context.ts';
import type { Manifest } from '../plugin/manifest.ts';
import type { Plugin, RunningPlugin } from '../plugin/plugin.ts';
import { MemoryFiles } from './memory-files.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { TestPage, type TestPageOptions } from './test-page.ts';

/** The same for every host, so that records of one are at home in another. */
const ORGANISATION = newId();

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
  readonly manifest: Manifest;
  readonly database: TestDatabase;
  /** What a plugin that provides `office` is given as `openFiles`. */
  readonly files: MemoryFiles;
  readonly organisation: string;
  /** A handle that calls as a person of the organisation, who is in some groups. */
  as(person: string, groups?: readonly string[]): Handle<C>;
  /** Opens a channel from a page of the plugin's to its server half. */
  connect(options: TestPageOptions): TestPage;
  /** Everything announced so far, in order; what is not kept comes last. */
  announced(): Promise<readonly Announcement<C>[]>;
}

/**
 * Starts a host for a test; use it with `await using`. It refuses what a host refuses: a manifest or settings that are
 * not in order, a provider that does not keep to its contract in what it has, answers or announces.
 * @throws VF_ERR_MANIFEST, VF_ERR_CAPABILITY_UNKNOWN, VF_ERR_CAPABILITY_VERSION, VF_ERR_INSTANCE_CONFIG, VF_ERR_START,
 * VF_ERR_FEATURE_UNKNOWN, VF_ERR_FEATURE_PARAMETERS, VF_ERR_OPERATION_MISSING, VF_ERR_PORTABILITY_MISSING
 */
export async function createTestHost<C extends CapabilityDefinition>(
  options: TestHostOptions<C>,
): Promise<TestHost<C>> {
  const { capability, plugin, instance = 'subject' } = options;
  const capabilities = new Map<string, CapabilityDefinition>(
    [...standardCapabilities, capability].map((each) => [each.id, each]),
  );
  const manifest = checkManifest(plugin.manifest, capabilities);
  checkInstanceId(instance);
  const settings = checkSettings(instance, manifest, options.settings ?? {});
  await using started = new AsyncDisposableStack();
  const database = started.use(await createTestDatabase());
  await createOutbox(database.db);
  const { migrations = {} } = plugin.server;
  const schema = await openPluginSchema({ admin: database.db, url: database.url, instance, migrations });
  started.defer(() => schema.db.destroy());
  const signals: Announcement[] = [];
  const directory = manifest.files ? await temporaryFolder(started) : undefined;
  const files = new MemoryFiles();
  const context = testContext({ ...options, settings, instance, signals, db: schema.db, database, directory, files });
  const running = await plugin.server.start(context as PluginContext<never>);
  started.defer(async () => running?.stop?.());
  const provider = providerOf(manifest.id, capability.id, running);
  const kernel = new Kernel([capability]);
  kernel.instances.add({ id: instance, plugin: manifest.id, capability, provider });
  kernel.bind([{ capability: capability.id, scope: { kind: 'default' }, instance, generation: 1 }]);
  const resources = started.move();
  return {
    provider: provider as unknown as Provider<C>,
    running,
    manifest,
    database,
    files,
    organisation: ORGANISATION,
    as: (person, groups = []) =>
      checkedHandle(capability, kernel.handle(capability, { person, organisation: ORGANISATION, groups })),
    connect(page) {
      const opened = new TestPage(page);
      running.connect!(opened.channel);
      return opened;
    },
    async announced() {
      const all = await kept(database);
      for (const announcement of all) checkAnnouncement(instance, [capability], announcement, 'kept');
      return [...all, ...signals] as Announcement<C>[];
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function temporaryFolder(resources: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'valfri-plugin-'));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A handle that holds each answer against the contract, as the host does before it goes to anybody. */
function checkedHandle<C extends CapabilityDefinition>(capability: C, handle: Handle<C>): Handle<C> {
  const methods = Object.entries(handle as Record<string, (...given: unknown[]) => Promise<unknown>>);
  return Object.fromEntries(
    methods.map(([name, ask]) => [
      name,
      async (...given: unknown[]) => checkedAnswer(capability, name, await ask(...given)),
    ]),
  ) as unknown as Handle<C>;
}

function checkedAnswer({ id, operations }: CapabilityDefinition, name: string, answer: unknown): unknown {
  const parsed = operations[name]!.output.safeParse(answer);
  if (parsed.success) return hasBytes(answer) ? { ...parsed.data, content: answer.content } : parsed.data;
  const [issue] = parsed.error.issues;
  throw new CapabilityError(
    'INTERNAL',
    `The provider of ${id} answered ${name} with something else than its contract says: ${issue?.path.join('.')}: ${issue?.message}`,
    { reason: 'PROVIDER_FAULT' },
  );
}

async function kept({ db }: TestDatabase): Promise<Announcement[]> {
  const { rows } = await sql<Announcement>`SELECT type, data FROM valfri.outbox ORDER BY made, id`.execute(db);
  return rows;
}

interface ContextOptions<C extends CapabilityDefinition> extends TestHostOptions<C> {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly instance: string;
  readonly db: TestDatabase['db'];
  readonly database: TestDatabase;
  readonly signals: Announcement[];
  readonly directory: string | undefined;
  readonly files: MemoryFiles;
}

function testContext<C extends CapabilityDefinition>(options: ContextOptions<C>): PluginContext {
  const {
    capability,
    settings,
    inboundUrl = 'http://127.0.0.1:9',
    instance,
    db,
    database,
    signals,
    directory,
    files,
  } = options;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const check = (announcement: Announcement, as: 'kept' | 'ephemeral') =>
    checkAnnouncement(instance, [capability], announcement, as);
  return {
    instance,
    settings,
    inboundUrl,
    directory,
    openFiles: capability.id === 'office' ? files : undefined,
    log,
    fetch: (url, init) => fetch(url, init),
    database: { kysely: <Tables>() => db as never as import('kysely').Kysely<Tables> },
    people: testPeople(),
    events: {
      committed: () => undefined,
      announce: async (announcements) => {
        for (const announcement of announcements) check(announcement, 'kept');
        await emitted<CapabilityDefinition>(capability, announcements).execute(database.db);
      },
      signal: (announcement) => {
        check(announcement, 'ephemeral');
        signals.push(announcement);
      },
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

import { type CapabilityDefinition, CapabilityError, Kernel, PluginError } from '@valfri/core';
import type { OpenFiles, PageChannel, PageQuestion, Plugin, PluginContext, RunningPlugin } from '@valfri/sdk';
import { openPluginSchema, type PluginSchema, roleOf, schemaOf } from '@valfri/sdk/postgres';
import { providerOf } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Outbox } from '../live/outbox.ts';
import type { Log } from '../log.ts';
import { askInstance } from '../pages/ask.ts';
import type { People } from '../people/people.ts';
import { allowedOrigins, createFetch } from './egress.ts';
import { inTime, LATE, whileAlive } from './in-time.ts';
import { type CheckedPlugin, checkSettings } from './manifests.ts';
import { Pseudonyms } from './pseudonyms.ts';
import type { StoredInstance } from './instance-store.ts';

/** What the runtime works with. */
export interface RuntimeOptions {
  readonly kernel: Kernel;
  readonly database: Database;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  readonly outbox: Outbox;
  readonly people: People;
  readonly organisation: string;
  readonly publicUrl: () => string;
  /** Where each instance that keeps files has a folder of its own. */
  readonly filesDirectory: string;
  /** The files that people have opened with an instance. */
  readonly openFiles: (instance: string) => OpenFiles;
  readonly log: Log;
  readonly patience: Patience;
}

/** For how long a provider is waited for, in milliseconds. */
export interface Patience {
  readonly start: number;
  readonly stop: number;
  /** To answer another server on an inbound route. */
  readonly inbound: number;
  /** To answer a page of its own. */
  readonly ask: number;
}

/** What is waited for where nothing else is said. */
export const PATIENCE: Patience = { start: 15_000, stop: 5_000, inbound: 60_000, ask: 10_000 };

/** An instance, and whether it works. */
export interface InstanceState extends StoredInstance {
  readonly capability: string;
  /** Why it could not be started, where it could not. */
  readonly failure?: string;
}

interface Running {
  readonly stored: StoredInstance;
  readonly running?: RunningPlugin;
  readonly failure?: string;
  stop(): Promise<void>;
}

/** Puts instances to work and takes them out again. One that fails takes nothing else with it. */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #byId = new Map<string, Running>();

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  get all(): readonly InstanceState[] {
    return [...this.#byId.values()].map(({ stored, failure }) => ({
      ...stored,
      // Its plugin may be gone from the composition.
      capability: this.#options.plugins.get(stored.plugin)?.manifest.provides[0]?.capability ?? '',
      ...(failure === undefined ? {} : { failure }),
    }));
  }

  /** @throws VF_ERR_PLUGIN_UNKNOWN */
  plugin(id: string): CheckedPlugin {
    const found = this.#options.plugins.get(id);
    if (found) return found;
    throw new PluginError('VF_ERR_PLUGIN_UNKNOWN', {
      given: `"${id}"`,
      due: `one of ${[...this.#options.plugins.keys()].join(', ') || 'none'}`,
      remedy: 'Add the plugin to the composition, or correct the name.',
    });
  }

  /** Starts an instance; where it cannot be, it is kept with the reason. */
  async start(stored: StoredInstance): Promise<void> {
    const log = this.#options.log.with({ instance: stored.id });
    try {
      const capabilities = await this.#answerFor(stored);
      this.#byId.set(stored.id, await this.#open(stored, capabilities, log));
    } catch (error) {
      const failure = startFailure(stored.id, error).message;
      log.error('The instance could not be started.', { error });
      this.#byId.set(stored.id, { stored, failure, stop: async () => undefined });
    }
  }

  /** What an instance said before it ended is told even where it cannot be started again. */
  async #answerFor(stored: StoredInstance): Promise<readonly CapabilityDefinition[]> {
    const { kernel, database, outbox } = this.#options;
    const { manifest } = this.plugin(stored.plugin);
    const capabilities = manifest.provides.map(({ capability }) => kernel.capability(capability));
    const role = await roleOf(database.db as unknown as Kysely<never>, stored.id);
    outbox.addOrigin(role, { instance: stored.id, capabilities });
    return capabilities;
  }

  async #open(stored: StoredInstance, capabilities: readonly CapabilityDefinition[], log: Log): Promise<Running> {
    const { database } = this.#options;
    const { manifest, plugin } = this.plugin(stored.plugin);
    if (stored.unreadable) throw unreadableSecrets(stored.id);
    const settings = checkSettings(stored.id, manifest, stored.settings);
    const schema = await openPluginSchema({
      admin: database.db as unknown as Kysely<never>,
      url: database.url,
      instance: stored.id,
      migrations: plugin.server.migrations ?? {},
      onError: (error) => log.warn('A database connection was lost.', { error }),
    });
    const context = this.#context({ ...stored, settings }, schema.db, log, capabilities);
    if (context.directory !== undefined) await mkdir(context.directory, { recursive: true, mode: 0o700 });
    const disposables: Disposable[] = [];
    const stop = async (running?: RunningPlugin) => {
      for (const disposable of disposables.reverse()) disposable[Symbol.dispose]();
      await this.#stopInTime(running, log);
      await this.#closeInTime(schema, log);
    };
    try {
      const running = await this.#startInTime(plugin, context, log);
      for (const capability of capabilities) disposables.push(this.#provide(stored, capability, running));
      return { stored, running, stop: () => stop(running) };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async #startInTime({ server }: Plugin, context: PluginContext, log: Log): Promise<RunningPlugin> {
    const { start } = this.#options.patience;
    const work = Promise.resolve(server.start(context as PluginContext<never>));
    const running = await inTime(work, start);
    if (running !== LATE) return running;
    // It may come yet; nobody wants it then.
    work.then((late) => this.#stopInTime(late, log)).catch(() => undefined);
    throw new PluginError('VF_ERR_START', {
      given: `instance "${context.instance}": start() had not settled after ${start} ms`,
      due: 'start() that settles, and tries in the background what may take longer',
      remedy: 'See whether what it connects to answers; then change its settings, or restart the host.',
    });
  }

  async #stopInTime(running: RunningPlugin | undefined, log: Log): Promise<void> {
    try {
      const stopped = await inTime(Promise.resolve(running?.stop?.()), this.#options.patience.stop);
      if (stopped === LATE) log.warn('The instance did not stop in time, and was left behind.');
    } catch (error) {
      log.warn('The instance failed while it stopped.', { error });
    }
  }

  /** What an instance still does in the database is waited for, and then ended: nothing of it may come afterwards. */
  async #closeInTime({ db, role }: PluginSchema, log: Log): Promise<void> {
    if ((await inTime(db.destroy(), this.#options.patience.stop)) !== LATE) return;
    log.warn('The instance went on in the database; what it did there was ended.');
    const sessions = sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = ${role}`;
    await sessions.execute(this.#options.database.db);
  }

  #provide(stored: StoredInstance, capability: CapabilityDefinition, running: RunningPlugin): Disposable {
    const provider = providerOf(stored.plugin, capability.id, running);
    return this.#options.kernel.instances.add({ id: stored.id, plugin: stored.plugin, capability, provider });
  }

  #context(
    stored: StoredInstance,
    db: Kysely<never>,
    log: Log,
    capabilities: readonly CapabilityDefinition[],
  ): PluginContext {
    const { outbox, publicUrl } = this.#options;
    const { manifest } = this.plugin(stored.plugin);
    return {
      instance: stored.id,
      settings: stored.settings,
      log,
      database: { kysely: <Tables>() => db as unknown as Kysely<Tables> },
      inboundUrl: `${publicUrl()}/plugins/${stored.id}`,
      directory: manifest.files ? this.#directoryOf(stored.id) : undefined,
      openFiles: capabilities.some(({ id }) => id === 'office') ? this.#options.openFiles(stored.id) : undefined,
      fetch: createFetch(stored.id, allowedOrigins(manifest, stored.settings)),
      people: this.#people(stored.id, manifest.people.includes('displayName')),
      events: {
        committed: () => outbox.wake(),
        announce: (announcements) => outbox.announce(stored.id, capabilities, announcements),
        signal: (announcement) => outbox.signal(stored.id, capabilities, announcement),
      },
    };
  }

  #directoryOf(instance: string): string {
    return join(this.#options.filesDirectory, instance);
  }

  #people(instance: string, namesGranted: boolean): PluginContext['people'] {
    const { database, people, organisation } = this.#options;
    const pseudonyms = new Pseudonyms(database.db, instance);
    return {
      pseudonym: async (person) => (await pseudonyms.of([person])).get(person)!,
      pseudonyms: (all) => pseudonyms.of(all),
      byPseudonym: (pseudonym) => pseudonyms.personOf(pseudonym),
      displayName: async (person) => (namesGranted ? (await people.byIds(organisation, [person]))[0]?.name : undefined),
    };
  }

  /** The inbound route of an instance that a path is on, and the largest body that it takes, in bytes. */
  inboundRoute(instance: string, path: string): { readonly largest: number } | undefined {
    const found = this.#byId.get(instance);
    if (!found?.running?.inbound) return undefined;
    const { inbound } = this.plugin(found.stored.plugin).manifest.network;
    const route = inbound.find(({ path: declared }) => path === declared || path.startsWith(`${declared}/`));
    return route && { largest: route.largest << 20 };
  }

  /**
   * Hands a request on an inbound route to the instance that declared it; `undefined` where none did.
   * @param lastSign when a part of the body was read last: so long as it is read, the instance is waited for.
   */
  async inbound(instance: string, request: Request, lastSign: () => number): Promise<Response | undefined> {
    if (!this.inboundRoute(instance, new URL(request.url).pathname)) return undefined;
    const { running } = this.#byId.get(instance)!;
    const { inbound: patience } = this.#options.patience;
    const response = await whileAlive(running!.inbound!(request), patience, lastSign);
    if (response === LATE) throw new CapabilityError('TIMEOUT', `The provider did not answer within ${patience} ms.`);
    if (!(response instanceof Response)) throw new TypeError('An inbound route answered with something else.');
    return response;
  }

  /** Puts a question of a page to the instance that it belongs to. @throws NOT_FOUND, UNAVAILABLE, and as {@link askInstance}. */
  async ask(instance: string, question: PageQuestion): Promise<unknown> {
    const found = this.#byId.get(instance);
    const pages = found && this.#options.plugins.get(found.stored.plugin)?.manifest.ui?.pages;
    if (!pages?.some(({ id }) => id === question.page))
      throw new CapabilityError('NOT_FOUND', `"${instance}" has no page "${question.page}".`);
    if (!found?.running) throw new CapabilityError('UNAVAILABLE', found?.failure ?? 'The provider does not run.');
    return askInstance(found.running, question, this.#options.patience.ask);
  }

  /**
   * Hands a page's channel to the instance that it belongs to.
   * @returns whatever the plugin does: a promise, where it is async though it should not be.
   * @throws UNAVAILABLE, UNSUPPORTED, or whatever the plugin throws.
   */
  connect(instance: string, channel: PageChannel): unknown {
    const found = this.#byId.get(instance);
    if (!found?.running) throw new CapabilityError('UNAVAILABLE', found?.failure ?? 'The provider does not run.');
    if (!found.running.connect)
      throw new CapabilityError('UNSUPPORTED', 'The provider takes no channels of its pages.');
    return found.running.connect(channel);
  }

  /** Whether an instance is well. One that hangs is not. */
  async health(instance: string): Promise<{ ok: boolean; message?: string | undefined }> {
    const found = this.#byId.get(instance);
    if (!found?.running) return { ok: false, message: found?.failure ?? 'It is not there.' };
    const provider = Object.values(found.running.providers)[0];
    if (!provider?.health) return { ok: true };
    const asked = (async () => provider.health!())().catch((error: unknown) => ({
      ok: false,
      message: error instanceof Error ? error.message : 'Its health check failed.',
    }));
    const health = await inTime(asked, HEALTH_PATIENCE);
    if (health === LATE) return { ok: false, message: 'It did not answer within 3 seconds.' };
    const parsed = healthSchema.safeParse(health);
    if (parsed.success) return parsed.data;
    return { ok: false, message: 'Its health check answered something else than its contract says.' };
  }

  async stop(id: string): Promise<void> {
    const found = this.#byId.get(id);
    this.#byId.delete(id);
    await found?.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.allSettled([...this.#byId.keys()].map((id) => this.stop(id)));
  }

  /** Drops an instance's schema and folder, and everything in them. @throws CONFLICT while it runs. */
  async dropData(id: string): Promise<void> {
    if (this.#byId.has(id)) throw new CapabilityError('CONFLICT', 'It still runs.');
    await sql`DROP SCHEMA IF EXISTS ${sql.id(schemaOf(id))} CASCADE`.execute(this.#options.database.db);
    await rm(this.#directoryOf(id), { recursive: true, force: true });
  }
}

const HEALTH_PATIENCE = 3_000; // ms
const healthSchema = z.object({ ok: z.boolean(), message: z.string().optional() });

/** Whatever start() throws, the operator is told with a code what to do. */
function startFailure(instance: string, error: unknown): Error {
  if (error instanceof Error && String((error as { code?: unknown }).code).startsWith('VF_ERR_')) return error;
  return new PluginError('VF_ERR_START', {
    given: `instance "${instance}": ${error instanceof Error ? error.message : String(error)}`,
    due: 'start() that settles with its providers',
    remedy: 'Mend what the message says, then change its settings or restart the host.',
    cause: error,
  });
}

function unreadableSecrets(instance: string): PluginError {
  return new PluginError('VF_ERR_INSTANCE_CONFIG', {
    given: `instance "${instance}": its secret settings were altered, or sealed with another key`,
    due: 'secrets that this host sealed for this instance',
    remedy: 'Enter them again, or restore the key file and the database from one backup.',
  });
}

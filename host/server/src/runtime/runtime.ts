import { type CapabilityDefinition, CapabilityError, Kernel, PluginError } from '@valfri/core';
import type { PluginContext, RunningPlugin } from '@valfri/sdk';
import { openPluginSchema, schemaOf } from '@valfri/sdk/postgres';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Outbox } from '../live/outbox.ts';
import type { Log } from '../log.ts';
import type { People } from '../people/people.ts';
import { allowedOrigins, createFetch } from './egress.ts';
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
  readonly log: Log;
}

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
      capability: this.plugin(stored.plugin).manifest.provides[0]?.capability ?? '',
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
      this.#byId.set(stored.id, await this.#open(stored, log));
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      log.error('The instance could not be started.', { error });
      this.#byId.set(stored.id, { stored, failure, stop: async () => undefined });
    }
  }

  async #open(stored: StoredInstance, log: Log): Promise<Running> {
    const { kernel, database, plugins: _plugins, outbox } = this.#options;
    const { manifest, plugin } = this.plugin(stored.plugin);
    const settings = checkSettings(stored.id, manifest, stored.settings);
    const schema = await openPluginSchema({
      admin: database.db as unknown as Kysely<never>,
      url: database.url,
      instance: stored.id,
      migrations: plugin.server.migrations ?? {},
      onError: (error) => log.warn('A database connection was lost.', { error }),
    });
    const capabilities = manifest.provides.map(({ capability }) => kernel.capability(capability));
    const origin = outbox.addOrigin(schema.role, { instance: stored.id, capabilities });
    const context = this.#context({ ...stored, settings }, schema.db, log, capabilities);
    const disposables: Disposable[] = [origin];
    const stop = async (running?: RunningPlugin) => {
      for (const disposable of disposables.reverse()) disposable[Symbol.dispose]();
      await running?.stop?.();
      await schema.db.destroy();
    };
    try {
      const running = await plugin.server.start(context as PluginContext<never>);
      for (const capability of capabilities) disposables.push(this.#provide(stored, capability, running));
      return { stored, running, stop: () => stop(running) };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  #provide(stored: StoredInstance, capability: CapabilityDefinition, running: RunningPlugin): Disposable {
    const provider = running.providers[capability.id];
    if (!provider) {
      throw new PluginError('VF_ERR_START', {
        given: `"${stored.plugin}" started without a provider of ${capability.id}`,
        due: 'one for each capability that its manifest provides',
        remedy: 'Return it from start(), or take it out of the manifest.',
      });
    }
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
      fetch: createFetch(stored.id, allowedOrigins(manifest, stored.settings)),
      people: this.#people(stored.id, manifest.people.includes('displayName')),
      events: {
        committed: () => outbox.wake(),
        announce: (announcements) => outbox.announce(stored.id, capabilities, announcements),
        signal: (announcement) => outbox.signal(stored.id, capabilities, announcement),
      },
    };
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

  /** Hands a request on an inbound route to the instance that declared it; `undefined` where none did. */
  async inbound(instance: string, request: Request): Promise<Response | undefined> {
    const found = this.#byId.get(instance);
    if (!found?.running?.inbound) return undefined;
    const { pathname } = new URL(request.url);
    const { inbound } = this.plugin(found.stored.plugin).manifest.network;
    if (!inbound.some(({ path }) => pathname === path || pathname.startsWith(`${path}/`))) return undefined;
    return found.running.inbound(request);
  }

  /** Whether an instance is well. One that hangs is not. */
  async health(instance: string): Promise<{ ok: boolean; message?: string }> {
    const found = this.#byId.get(instance);
    if (!found?.running) return { ok: false, message: found?.failure ?? 'It is not there.' };
    const provider = Object.values(found.running.providers)[0];
    if (!provider?.health) return { ok: true };
    const late = new Promise<{ ok: boolean; message: string }>((resolve) => {
      setTimeout(() => resolve({ ok: false, message: 'It did not answer within 3 seconds.' }), 3_000).unref();
    });
    return Promise.race([provider.health().catch((error: Error) => ({ ok: false, message: error.message })), late]);
  }

  async stop(id: string): Promise<void> {
    const found = this.#byId.get(id);
    this.#byId.delete(id);
    await found?.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.allSettled([...this.#byId.keys()].map((id) => this.stop(id)));
  }

  /** Drops an instance's schema and everything in it. @throws CONFLICT while it runs. */
  async dropData(id: string): Promise<void> {
    if (this.#byId.has(id)) throw new CapabilityError('CONFLICT', 'It still runs.');
    await sql`DROP SCHEMA IF EXISTS ${sql.id(schemaOf(id))} CASCADE`.execute(this.#options.database.db);
  }
}

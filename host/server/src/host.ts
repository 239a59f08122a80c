import {
  type BindingScope,
  type CapabilityDefinition,
  type Consumer,
  type FenceControl,
  type Instance,
  Kernel,
  type SwapPorts,
  type SwapTiming,
} from '@valfri/core';
import { standardCapabilities } from '@valfri/sdk';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accounts, openAccounts } from './accounts/accounts.ts';
import { AppPasswords } from './accounts/app-passwords.ts';
import { Sessions } from './accounts/sessions.ts';
import { fileHeadStore } from './audit/audit-head.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { ConfigError, type HostConfig, localUrlOf, publicUrlOf } from './config/config.ts';
import { HOST_FILE } from './config/host-file.ts';
import { requireSameKey } from './config/key-check.ts';
import { Keys } from './config/keys.ts';
import { StreamScanner } from './content/scanner.ts';
import { Screening } from './content/screening.ts';
import { Uploads } from './content/uploads.ts';
import { type Database, openDatabase } from './database/database.ts';
import { createServer } from './http/server.ts';
import { Hub } from './live/hub.ts';
import { LiveSocket } from './live/live-socket.ts';
import { Outbox } from './live/outbox.ts';
import { ASIDE, INSTANCES } from './operations/backup-files.ts';
import { ReadState } from './live/read-state.ts';
import { type Log, openLog } from './log.ts';
import type { FrameChannels } from './office/frame-channels.ts';
import { keepSessions, officeParts, openOffice } from './office/open-office.ts';
import { introducedInstances, noteIntroduced } from './operations/state.ts';
import { PageAddresses } from './pages/addresses.ts';
import { PluginPages } from './pages/plugin-pages.ts';
import { Groups } from './people/groups.ts';
import { FIRST_EMAIL, People } from './people/people.ts';
import { Links } from './links/links.ts';
import { Preferences } from './people/preferences.ts';
import { createAppRouter } from './router/app-router.ts';
import { requireSound } from './runtime/composition.ts';
import { InstanceStore } from './runtime/instance-store.ts';
import { type CheckedPlugin, checkPlugins } from './runtime/manifests.ts';
import { PATIENCE, type Patience, Runtime, type RuntimeOptions } from './runtime/runtime.ts';
import type { HostServices } from './services.ts';
import { BindingStore } from './swap/binding-store.ts';
import { Swaps } from './swap/swaps.ts';
import { Turns } from './turns.ts';
import { VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

const PRUNE_EVERY = 3_600_000;
/** For how long answers that are due are waited for at the end, in milliseconds. */
const LAST_ANSWERS = 10_000;
const EVERYWHERE: BindingScope = { kind: 'default' };

/** What a test may change of how swaps run. */
export interface SwapOverrides {
  readonly timing?: Partial<SwapTiming>;
  readonly fence?: (instance: Instance) => FenceControl;
  readonly checkpoint?: SwapPorts['checkpoint'];
}

/** How to start a host. */
export interface HostOptions {
  readonly workspace: Workspace;
  readonly config: HostConfig;
  readonly log?: Log;
  readonly swaps?: SwapOverrides;
  /** For how long providers are waited for. */
  readonly patience?: Partial<Patience>;
}

/** A host at work. */
export interface Host extends AsyncDisposable {
  readonly services: HostServices;
  readonly publicUrl: string;
  /** The port it listens on. */
  readonly port: number;
  /** Where the first operator signs in; absent where there is one already. */
  readonly firstLink: string | undefined;
  stop(): Promise<void>;
}

/** Starts a host: opens the database, starts the providers, goes on with what was under way, and serves. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { workspace, config } = options;
  const capabilities = workspace.capabilities ?? standardCapabilities;
  const kernel = new Kernel(capabilities);
  requireSound(workspace, kernel.capabilities);
  const plugins = checkPlugins(workspace.plugins, kernel.capabilities);
  const keys = Keys.open(config.data);
  const log = options.log ?? openLog(config.log, config.data);
  const onError = (error: Error) => log.warn('A database connection was lost.', { error });
  let host: Host | undefined;
  let taken = false;
  const onTaken = () => {
    taken = true;
    log.error('Another host has taken the database. This one stops.');
    host?.stop().catch((error: unknown) => log.error('The host did not stop cleanly.', { error }));
  };
  const database = await openDatabase({ url: config.databaseUrl, directory: config.data, onError, onTaken });
  host = await assemble({ ...options, capabilities, kernel, plugins, keys, log, database, onError });
  if (!taken) return host;
  await host.stop();
  throw new ConfigError('Another host has taken the database while this one started. Stop one of them.');
}

interface Parts extends HostOptions {
  readonly capabilities: readonly CapabilityDefinition[];
  readonly kernel: Kernel;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  readonly keys: Keys;
  readonly log: Log;
  readonly database: Database;
  readonly onError: (error: Error) => void;
}

async function assemble(parts: Parts): Promise<Host> {
  const { workspace, config, capabilities, keys, log, database } = parts;
  // What has begun ends, the last first: when the host stops, and where it cannot start.
  await using begun = new AsyncDisposableStack();
  begun.defer(() => database.close());
  await requireSameKey(database.db, keys, config.data, config.acceptNewKey);
  const { services, live, frames } = await createServices(parts);
  begun.use(await services.uploads.open());
  const { runtime, outbox, swaps, accounts } = services;
  begun.defer(() => accounts.close());
  begun.defer(() => runtime.stopAll());
  await startInstances(services);
  begun.defer(() => outbox.stop());
  await outbox.start();
  const cliToken = randomBytes(32).toString('base64url');
  const upgraded = { live, frames };
  const app = await createServer({ config, services, router: createAppRouter(capabilities), upgraded, cliToken });
  begun.defer(() => closeInTime(app));
  begun.defer(() => live.close());
  begun.defer(() => frames.close());
  begun.use(await keepSessions(services));
  const port = await listen(app, config);
  const firstLink = await firstOperator(services);
  begun.defer(() => swaps.stop());
  begun.use(sayWhereItIs(config, { port, token: cliToken }));
  begun.use(pruneHourly(outbox, log));
  await swaps.resume();
  log.info('The host is up.', {
    url: services.publicUrl,
    port,
    database: database.kind,
    workspace: workspace.name,
    isolation: 'trusted',
  });
  const all = begun.move();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (!stopping) log.info('The host stops.');
    return (stopping ??= all.disposeAsync());
  };
  return { services, publicUrl: services.publicUrl, port, firstLink, stop, [Symbol.asyncDispose]: stop };
}

/** Tells the command line on this machine how to reach the host, as long as it runs. */
function sayWhereItIs(config: HostConfig, { port, token }: { port: number; token: string }): Disposable {
  mkdirSync(config.data, { recursive: true });
  const file = join(config.data, HOST_FILE);
  writeFileSync(file, JSON.stringify({ url: localUrlOf(config, port), token, pid: process.pid }), { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

function pruneHourly(outbox: Outbox, log: Log): Disposable {
  const prune = () => outbox.prune().catch((error: unknown) => log.warn('Old events could not be pruned.', { error }));
  const pruning = setInterval(() => void prune(), PRUNE_EVERY);
  pruning.unref();
  return { [Symbol.dispose]: () => clearInterval(pruning) };
}

/** Waits for the answers that are still due, but not for ever. */
async function closeInTime(app: Awaited<ReturnType<typeof createServer>>): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS);
  await app.close();
  clearTimeout(late);
}

async function createServices(
  parts: Parts,
): Promise<{ services: HostServices; live: LiveSocket; frames: FrameChannels }> {
  const { workspace, config, kernel, plugins, keys, log, database, onError, swaps: overrides = {} } = parts;
  const { db } = database;
  const publicUrl = publicUrlOf(config);
  const addresses = new PageAddresses(config);
  const people = new People(db);
  const organisation = await people.organisation(workspace.name);
  const audit = new AuditTrail(db, fileHeadStore(config.data));
  // What was added just before a crash is vouched for now.
  await audit.noteHead();
  const outbox = new Outbox(db, log);
  const bindings = new BindingStore(db);
  const accounts: Accounts = await openAccounts({
    ...{ url: database.url, admin: db, publicUrl, people, audit, organisation, onError },
    secret: keys.derive('sessions'),
    oidc: workspace.signIn?.oidc ?? [],
  });
  const uploads = new Uploads(join(config.data, 'uploads'), log);
  const unknownPeople = unknownAmong(people);
  const screening = screeningOf(parts, audit);
  const taking = { uploads, screening };
  const office = officeParts({
    ...{ db, kernel, people, accounts },
    ...taking,
    unknownPeople,
    publicUrl: () => publicUrl,
  });
  const runtime = runtimeOf(parts, { outbox, people, organisation, publicUrl, openFiles: office.openFiles });
  const shell = workspace.shell?.directory;
  const pages = new PluginPages({ addresses, plugins, instances: () => runtime.all, shell });
  const hub = new Hub(kernel.capabilities);
  const sessions = new Sessions(accounts, people);
  const readState = new ReadState({ db, outbox, kernel, log });
  const consumers = (capability: string) => consumersOf(plugins, capability);
  const turns = new Turns();
  const { frames, inHand, ...opened } = openOffice(office, { runtime, pages, hub, outbox, sessions, log });
  const swaps = new Swaps({
    ...{ db, kernel, bindings, outbox, audit, organisation, log, consumers, turns, patience: patienceOf(parts).stop },
    asideDirectory: join(config.data, ASIDE),
    inHand: (capability) => (capability === 'office' ? inHand : undefined),
    ...overrides,
  });
  outbox.addSink((events) => hub.deliver(events));
  outbox.addSink(readState.sink);
  const services: HostServices = {
    ...opened,
    ...{ workspace, organisation, publicUrl, version: VERSION, database, kernel, plugins, runtime, bindings, swaps },
    ...{ people, accounts, readState, outbox, hub, audit, log, turns, pages, ...taking, sessions, unknownPeople },
    ...{ instances: new InstanceStore(db, keys), groups: new Groups(db), preferences: new Preferences(db) },
    ...{ links: new Links(db), appPasswords: new AppPasswords(db) },
  };
  return { services, live: new LiveSocket({ hub, outbox, kernel, sessions, log }), frames };
}

function patienceOf({ patience }: Parts): Patience {
  return { ...PATIENCE, ...patience };
}

function runtimeOf(
  parts: Parts,
  given: Pick<RuntimeOptions, 'outbox' | 'people' | 'organisation' | 'openFiles'> & { readonly publicUrl: string },
): Runtime {
  const { config, kernel, database, plugins, log } = parts;
  return new Runtime({
    ...{ kernel, database, plugins, log, ...given, patience: patienceOf(parts) },
    publicUrl: () => given.publicUrl,
    filesDirectory: join(config.data, INSTANCES),
  });
}

function screeningOf({ config, log }: Parts, audit: AuditTrail): Screening {
  return new Screening({ scanner: config.scanner ? new StreamScanner(config.scanner) : undefined, audit, log });
}

function unknownAmong(people: People): HostServices['unknownPeople'] {
  return async (organisation, ids) => {
    const known = new Set((await people.byIds(organisation, ids)).map(({ id }) => id));
    return ids.filter((id) => !known.has(id));
  };
}

function consumersOf(plugins: ReadonlyMap<string, CheckedPlugin>, capability: string): readonly Consumer[] {
  return [...plugins.values()].flatMap(({ manifest }) =>
    manifest.uses
      .filter((use) => use.capability === capability)
      .map(({ features }) => ({ plugin: manifest.id, features })),
  );
}

/** At the first start, what the composition declares; from then on, what is kept. */
async function startInstances({
  workspace,
  runtime,
  instances,
  bindings,
  kernel,
  database,
}: HostServices): Promise<void> {
  const kept = await instances.all();
  const known = new Set([...kept.map(({ id }) => id), ...(await introducedInstances(database.db))]);
  const declared = workspace.instances
    .filter(({ id }) => !known.has(id))
    .map(({ id, plugin, title, settings = {} }) => ({
      id,
      plugin,
      settings,
      title: title ?? runtime.plugin(plugin).manifest.title.en,
    }));
  for (const instance of declared) await instances.keep(instance, runtime.plugin(instance.plugin).manifest);
  await noteIntroduced(database.db, [...new Set([...known, ...declared.map(({ id }) => id)])]);
  for (const instance of [...kept, ...declared]) await runtime.start(instance);
  const bound = new Set((await bindings.all()).map(({ capability }) => capability));
  for (const { capability, instance, scope = EVERYWHERE } of workspace.bindings) {
    kernel.capability(capability);
    if (!bound.has(capability)) await bindings.put({ capability, scope, instance });
  }
  kernel.bind(await bindings.all());
}

/** As long as no operator has a way to sign in, there is a link for the first of them; who is made where there is none. */
async function firstOperator({ people, accounts, organisation, audit }: HostServices): Promise<string | undefined> {
  const operators = await people.operators();
  for (const { id } of operators) if (!(await accounts.needsPassword(id))) return undefined;
  const [first] = operators;
  if (first) return accounts.signInLink(first.email);
  const id = await people.add({ organisation, name: 'Operator', email: FIRST_EMAIL, operator: true });
  await accounts.add({ id, email: FIRST_EMAIL, name: 'Operator' });
  await audit.add({ actor: 'host', action: 'person.added', target: id, details: { operator: true } });
  return accounts.signInLink(FIRST_EMAIL);
}

async function listen(app: Awaited<ReturnType<typeof createServer>>, { host, port }: HostConfig): Promise<number> {
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use. Stop what uses it, or choose another with --port.`,
    EACCES: `This account may not listen on port ${port}. Choose one above 1023 with --port, with a proxy in front.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Choose one that is with --host.`,
    ENOTFOUND: `${host} is no address of this machine. Choose one that is with --host.`,
  };
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const remedy = remedies[(cause as { code?: string }).code ?? ''];
    throw remedy === undefined ? cause : new ConfigError(remedy, { cause });
  }
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

import { startEmbeddedPostgres, freePort } from '@valfri/sdk/postgres';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Registration, renderRegistration } from '../../plugins/chat-matrix/src/server/matrix/registration.ts';
import { ensurePython } from './python.ts';
import { synapseConfig, synapseLogConfig } from './synapse-config.ts';

const here = dirname(fileURLToPath(import.meta.url));
const environment = join(here, '../../.peers/synapse');
const SERVER_NAME = 'valfri.test';
const START_TIMEOUT = 60_000;

/** How to start a Synapse. */
export interface SynapseOptions {
  /** Where it reaches the application service: the inbound URL of an instance; or several, each with its own. */
  readonly inboundUrl: string | readonly string[];
  /** Folder for all that it keeps; made where it is missing. */
  readonly directory: string;
  /**
   * Where it keeps its data. Default: `postgres`, an embedded one in the folder, which takes several times as many
   * messages a second as `sqlite`.
   */
  readonly database?: 'postgres' | 'sqlite';
  /** Port of its client-server API. Default: a free one. */
  readonly port?: number;
}

/** A real Synapse of our own. */
export interface Synapse {
  /** Its client-server API. */
  readonly url: string;
  readonly serverName: string;
  /** The application service, the first where there are several. */
  readonly registration: Registration;
  readonly registrations: readonly Registration[];
  /** By which accounts are made through its admin API. */
  readonly sharedSecret: string;
  /** Ids of the processes that {@link stop} ends. */
  readonly pids: () => readonly number[];
  /** Ends it as a power cut would; its database goes on. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had. */
  restart(): Promise<void>;
  /** Ends it and its database. */
  stop(): Promise<void>;
}

/**
 * Installs the pinned Synapse where it is missing, and starts it on a free port of the loopback interface.
 * @throws PeerMissingError where it cannot be installed.
 */
export async function startSynapse(options: SynapseOptions): Promise<Synapse> {
  const python = await ensurePython(environment, join(here, 'synapse-requirements.txt'));
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  const database = options.database === 'sqlite' ? undefined : await startDatabase(directory);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const secret = secretsIn(directory);
  const sharedSecret = secret('shared');
  const registrations = [options.inboundUrl].flat().map((url, index) => registrationFor(url, index, secret));
  writeConfig({ directory, port, databaseUrl: database?.url, sharedSecret, registrations });
  const launch = () => launchSynapse(python, directory, url);
  let child = await launch();
  // Whatever ends us must not leave it behind.
  process.once('exit', () => void child.kill('SIGKILL'));
  return {
    ...{ url, registrations, registration: registrations[0]!, sharedSecret, serverName: SERVER_NAME },
    pids: () => [child.pid!, ...(database ? [database.pid] : [])],
    kill: () => ended(child, 'SIGKILL'),
    restart: async () => {
      await ended(child, 'SIGTERM');
      child = await launch();
    },
    stop: async () => {
      await ended(child, 'SIGTERM');
      await database?.stop();
    },
  };
}

/** What it keeps is for tests: it need not survive a power cut. */
async function startDatabase(directory: string): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  return startEmbeddedPostgres({ directory: join(directory, 'postgres'), settings });
}

interface Config {
  readonly directory: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly sharedSecret: string;
  readonly registrations: readonly Registration[];
}

/** The first is called `valfri`, the others `valfri1` and so on. */
function registrationFor(url: string, index: number, secret: (name: string) => string): Registration {
  const id = `valfri${index || ''}`;
  return { id, prefix: `${id}_`, url, asToken: secret(`${id} as`), hsToken: secret(`${id} hs`) };
}

function writeConfig({ registrations, ...rest }: Config): void {
  const { directory } = rest;
  const files = registrations.map((registration) => {
    const file = join(directory, `${registration.id}.yaml`);
    writeFileSync(file, renderRegistration(registration), { mode: 0o600 });
    return file;
  });
  const config = synapseConfig({ ...rest, serverName: SERVER_NAME, registrations: files });
  writeFileSync(join(directory, 'homeserver.yaml'), JSON.stringify(config, null, 2), { mode: 0o600 });
  writeFileSync(join(directory, 'log.yaml'), JSON.stringify(synapseLogConfig(directory), null, 2));
}

async function launchSynapse(python: string, directory: string, url: string): Promise<ChildProcess> {
  const output = openSync(join(directory, 'output.log'), 'a');
  const flags = ['-m', 'synapse.app.homeserver', '-c', 'homeserver.yaml', '--generate-keys'];
  await exited(spawn(python, flags, { cwd: directory, stdio: ['ignore', output, output] }));
  // A group of its own: Ctrl-C in the terminal is for whoever runs the tests, who then stops it.
  const child = spawn(python, flags.slice(0, -1), {
    cwd: directory,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  await answering(url, child, directory);
  return child;
}

async function answering(url: string, child: ChildProcess, directory: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const response = await fetch(`${url}/_matrix/client/versions`).catch(() => undefined);
    if (response?.ok) return;
    if (child.exitCode !== null) throw new Error(`Synapse ended with ${child.exitCode}; see ${directory}/output.log`);
    if (Date.now() > deadline) throw new Error(`Synapse did not answer in time; see ${directory}/output.log`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const done = exited(child);
  child.kill(signal);
  return done;
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  child.ref();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Secrets by name, made once for a folder. */
function secretsIn(directory: string): (name: string) => string {
  const file = join(directory, 'secrets.json');
  const secrets = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  return (name) => {
    secrets[name] ??= randomBytes(24).toString('base64url');
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return secrets[name];
  };
}

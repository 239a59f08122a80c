import { freePort } from '@valfri/sdk/postgres';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apacheConfig } from './apache-config.ts';
import { PeerMissingError } from './python.ts';

const BINARY = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const START_TIMEOUT = 20_000;

/** How to start an Apache. */
export interface ApacheOptions {
  /** Folder for all that it keeps; made where it is missing. */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Whom its processes run as, where root starts it; the files are theirs. Default: `www-data`. */
  readonly user?: string;
}

/** A real Apache with mod_dav of our own. */
export interface Apache {
  /** Address of its WebDAV tree, without a slash at the end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Folder of the WebDAV tree. */
  readonly files: string;
  readonly pids: () => readonly number[];
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Debian's Apache with mod_dav on a port of the loopback interface; installs it where it is missing and that is allowed.
 * @throws PeerMissingError where it cannot be had.
 */
export async function startApache(options: ApacheOptions): Promise<Apache> {
  ensureApache();
  const directory = resolve(options.directory);
  const files = join(directory, 'files');
  for (const folder of [directory, files, join(directory, 'state')]) mkdirSync(folder, { recursive: true });
  const user = process.getuid?.() === 0 ? (options.user ?? 'www-data') : undefined;
  if (user) for (const folder of [files, join(directory, 'state')]) chownSync(folder, ...idsOf(user));
  const port = options.port ?? (await freePort());
  const [username, password] = ['valfri', randomBytes(12).toString('base64url')];
  // SHA-1, because a slow hash would be asked at each request.
  const hash = createHash('sha1').update(password).digest('base64');
  writeFileSync(join(directory, 'users'), `${username}:{SHA}${hash}\n`, { mode: 0o644 });
  writeFileSync(join(directory, 'apache.conf'), apacheConfig({ directory, files, port, user, modules: MODULES }));
  const url = `http://127.0.0.1:${port}/dav`;
  let child = await launch(directory, url);
  // Whatever ends us must not leave it behind.
  process.once('exit', () => end(child, 'SIGKILL'));
  return {
    ...{ url, username, password, files },
    pids: () => [child.pid!],
    kill: () => ended(child, 'SIGKILL'),
    restart: async () => {
      await ended(child, 'SIGKILL');
      child = await launch(directory, url);
    },
    stop: () => ended(child, 'SIGKILL'),
  };
}

function ensureApache(): void {
  if (existsSync(BINARY) && existsSync(join(MODULES, 'mod_dav_fs.so'))) return;
  const remedy = 'Apache with mod_dav is needed. On Debian and Ubuntu: apt-get install apache2-bin';
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new PeerMissingError(remedy);
  process.stderr.write('Apache is not installed: installing it with apt-get.\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const given = { stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[], env };
  try {
    execFileSync('apt-get', ['update', '-qq'], given);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'apache2-bin'], given);
  } catch (cause) {
    throw new PeerMissingError(remedy, { cause });
  }
  if (!existsSync(BINARY)) throw new PeerMissingError(remedy);
}

function idsOf(user: string): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}

/** A group of its own, so that all its processes end with it, and Ctrl-C in the terminal is for whoever runs the tests. */
async function launch(directory: string, url: string): Promise<ChildProcess> {
  const output = openSync(join(directory, 'output.log'), 'a');
  const flags = ['-d', directory, '-f', join(directory, 'apache.conf'), '-D', 'FOREGROUND'];
  const child = spawn(BINARY, flags, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  for (const deadline = Date.now() + START_TIMEOUT; ;) {
    const response = await fetch(url, { method: 'OPTIONS' }).catch(() => undefined);
    if (response) return child;
    if (child.exitCode !== null) throw new Error(`Apache ended with ${child.exitCode}; see ${directory}/output.log`);
    if (Date.now() > deadline) throw new Error(`Apache did not answer in time; see ${directory}/output.log`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

function end({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, signal);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  end(child, signal);
  await gone;
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  type Account,
  findBinaries,
  type PostgresBinaries,
  reachable,
  reachableBinaries,
  serverAccount,
} from './binaries.ts';

const run = promisify(execFile);
const USER = 'valfri';
const DATABASE = 'valfri';

/** A PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** Connection string of its superuser, with the database that is made at the first start. */
  readonly url: string;
  /** The folder that holds everything it keeps. */
  readonly directory: string;
  /** Id of the server's process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** How to start it. */
export interface EmbeddedPostgresOptions {
  /** Folder for its data; made where it is missing. */
  readonly directory: string;
  /** Server settings beside the defaults, e.g. `{ fsync: 'off' }` for a test that need not survive a power cut. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a real PostgreSQL on a free port of the loopback interface, with a password that only this account can read.
 * One that an earlier process left running in the same folder is stopped first, so that nothing it still had under way
 * is mistaken for ours.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const directory = usableDirectory(resolve(options.directory), account);
  const binaries = reachableBinaries(await findBinaries(), directory);
  const data = join(directory, 'data');
  const password = await initialise(binaries, directory, data, account);
  await stopLeftover(binaries, data, account);
  const port = await freePort();
  const child = launch(binaries, directory, { data, port, account, settings: options.settings ?? {} });
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
  await ready(url, child, join(directory, 'postgres.log'));
  return { url, directory, pid: child.pid!, stop: () => stop(child) };
}

/** As root, a folder that the server's account cannot get to is replaced by one under /var/lib. */
function usableDirectory(wanted: string, account: Account | undefined): string {
  const private_ = account !== undefined && !reachable(join(wanted, '..'));
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const directory = private_ ? `/var/lib/valfri/${name}` : wanted;
  mkdirSync(directory, { recursive: true });
  if (account) chownSync(directory, account.uid, account.gid);
  return directory;
}

async function initialise(
  binaries: PostgresBinaries,
  directory: string,
  data: string,
  account: Account | undefined,
): Promise<string> {
  const secret = join(directory, 'password');
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(join(directory, 'initialised')))
    return readFileSync(secret, 'utf8');
  rmSync(data, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(secret, password, { mode: 0o600 });
  if (account) chownSync(secret, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${secret}`];
  await run(binaries.initdb, [`--pgdata=${data}`, ...access, ...locale], { ...account, env: serverEnvironment() });
  writeFileSync(join(directory, 'initialised'), new Date().toISOString());
  return password;
}

async function stopLeftover(binaries: PostgresBinaries, data: string, account: Account | undefined): Promise<void> {
  if (!existsSync(join(data, 'postmaster.pid'))) return;
  const stopIt = (mode: string) =>
    run(binaries.pgCtl, ['stop', '-D', data, '-m', mode, '-w', '-t', '20'], { ...account });
  // It fails where the file is stale and nothing runs: then there is nothing to stop, and the server sees to the file.
  await stopIt('fast').catch(() => stopIt('immediate').catch(() => undefined));
}

interface Launch {
  readonly data: string;
  readonly port: number;
  readonly account: Account | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

function launch(
  binaries: PostgresBinaries,
  directory: string,
  { data, port, account, settings }: Launch,
): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(join(directory, 'postgres.log'), 'a');
  // A group of its own: Ctrl-C in the terminal is for us; the server must outlive what we still have to write.
  const child = spawn(binaries.postgres, ['-D', data, '-p', String(port), ...flags], {
    ...account,
    cwd: directory,
    detached: true,
    stdio: ['ignore', log, log],
    env: serverEnvironment(),
  });
  closeSync(log);
  child.unref();
  return child;
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

async function ready(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}; see ${log}`);
    if (await createDatabase(url)) return;
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not answer within 30 s; see ${log}`);
    await new Promise((r) => setTimeout(r, 25));
  }
}

/** Makes the database where it is missing; false where the server does not answer yet. */
async function createDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url.replace(/\/\w+$/, '/postgres') });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } finally {
    await client.end();
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  child.ref();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT'); // a fast shutdown: https://www.postgresql.org/docs/18/server-shutdown.html
  });
}

/** A port of the loopback interface that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

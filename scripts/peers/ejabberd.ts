import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '@valfri/sdk/postgres';

const LIBRARIES = '/usr/lib';
const START_TIMEOUT = 60_000;

/** A real ejabberd that lets anybody in, with rooms. */
export interface Ejabberd {
  readonly url: string;
  /** The domain of its rooms. */
  readonly rooms: string;
  /** Processor time of the server since it started, in microseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Starts it in a folder of its own; where it is missing it is installed, where that is allowed. @throws with the remedy. */
export async function startEjabberd(): Promise<Ejabberd> {
  ensureInstalled();
  const directory = mkdtempSync(join(tmpdir(), 'valfri-ejabberd-'));
  const port = await freePort();
  writeFileSync(join(directory, 'ejabberd.yml'), config(port));
  const mnesia = ['-mnesia', 'dir', JSON.stringify(directory)];
  const env = {
    ...process.env,
    EJABBERD_CONFIG_PATH: join(directory, 'ejabberd.yml'),
    EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
    ERL_LIBS: dirname(applications()),
    ERL_MAX_PORTS: '32000',
  };
  // Not by its control script: that goes through a login, whose limits allow it a thousand connections.
  const flags = ['-noinput', '+K', 'true', '+P', '250000', ...mnesia, '-s', 'ejabberd'];
  const child = spawn('erl', flags, { env, cwd: directory, stdio: 'ignore' });
  await answering(port);
  const pid = child.pid!;
  return {
    url: `xmpp://127.0.0.1:${port}`,
    rooms: 'rooms.localhost',
    cpu: () => cpuOf(pid),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function ensureInstalled(): void {
  if (applications() === '' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('No ejabberd is installed: installing it with apt-get.\n');
    // A daemon of its own is not wanted: at this run level the package starts none.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', 'ejabberd'],
    ])
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (applications() === '')
    throw new Error(
      'This measures against ejabberd. Install it (Debian: sudo apt-get install ejabberd), then try again.',
    );
}

/** The folder of its Erlang applications, such as /usr/lib/x86_64-linux-gnu/ejabberd-23.01; empty where there is none. */
function applications(): string {
  for (const folder of [LIBRARIES, ...readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name))]) {
    const found = statSync(folder).isDirectory() && readdirSync(folder).find((name) => /^ejabberd-\d/.test(name));
    if (found) return join(folder, found);
  }
  return '';
}

function config(port: number): string {
  return JSON.stringify({
    hosts: ['localhost'],
    loglevel: 'error',
    auth_method: ['anonymous'],
    anonymous_protocol: 'sasl_anon',
    allow_multiple_connections: true,
    listen: [
      { port, ip: '127.0.0.1', module: 'ejabberd_c2s', starttls: false, max_stanza_size: 65_536, backlog: 1_024 },
    ],
    modules: {
      mod_muc: {
        host: 'rooms.localhost',
        max_users: 10_000,
        history_size: 0,
        // Nobody is told who else is there: with thousands, joining would be all that it does.
        max_users_presence: 0,
        default_room_options: { max_users: 10_000, presence_broadcast: [] },
      },
    },
  });
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    if (Date.now() > deadline) throw new Error('ejabberd did not answer in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** From proc(5): user and system time, in ticks of 10 ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensureDebian } from './debian.ts';
import { PeerMissingError } from './python.ts';

const CLAMD = '/usr/sbin/clamd';
const START_TIMEOUT = 60_000;

/** A real clamd. */
export interface Clamd {
  /** As `--scanner` takes it. */
  readonly address: string;
  /** A text that it takes for malware: its database has nothing else. */
  readonly malware: string;
  /** What it calls that. */
  readonly signature: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const MALWARE = 'valfri: take this for malware';

/** Starts it in a folder of its own, with one signature of our own, as its database cannot be fetched. @throws PeerMissingError */
export async function startClamd({ streamMaxLength = '64M' } = {}): Promise<Clamd> {
  ensureDebian(['clamav-daemon'], [CLAMD]);
  const directory = mkdtempSync(join(tmpdir(), 'valfri-clamd-'));
  mkdirSync(join(directory, 'database'));
  const pattern = Buffer.from(MALWARE).toString('hex');
  writeFileSync(join(directory, 'database/valfri.ndb'), `Valfri.Test.Malware:0:*:${pattern}\n`);
  const socket = join(directory, 'clamd.ctl');
  writeFileSync(join(directory, 'clamd.conf'), config(directory, { socket, streamMaxLength }));
  let child = await launch(directory, socket);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.ref();
    child.kill('SIGKILL');
    await exit;
    rmSync(socket, { force: true });
  };
  return {
    ...{ address: `unix:${socket}`, malware: MALWARE, signature: 'Valfri.Test.Malware.UNOFFICIAL', kill },
    async restart() {
      child = await launch(directory, socket);
    },
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function config(directory: string, { socket, streamMaxLength }: { socket: string; streamMaxLength: string }): string {
  const settings = {
    ...{ LocalSocket: socket, DatabaseDirectory: join(directory, 'database'), TemporaryDirectory: directory },
    ...{ Foreground: 'yes', User: userInfo().username, LogFile: join(directory, 'clamd.log') },
    ...{ StreamMaxLength: streamMaxLength, MaxFileSize: streamMaxLength, MaxScanSize: streamMaxLength },
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

async function launch(directory: string, socket: string) {
  const output = openSync(join(directory, 'output.log'), 'a');
  const flags = ['--config-file', join(directory, 'clamd.conf')];
  const child = spawn(CLAMD, flags, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  // Whatever ends us must not leave it behind.
  process.once('exit', () => void child.kill('SIGKILL'));
  const deadline = Date.now() + START_TIMEOUT;
  while (!(await answers(socket))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    child.kill('SIGKILL');
    throw new PeerMissingError(`clamd did not start: ${readFileSync(join(directory, 'output.log'), 'utf8')}`);
  }
  return child;
}

async function answers(path: string): Promise<boolean> {
  const socket = createConnection({ path });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config.ts';

const FILE = 'lock';

interface Owner {
  readonly pid: number;
  /** When the process began, as the system counts it; empty where it does not say. Another process may get its number. */
  readonly began: string;
  /** How to reach the embedded server that it has started. */
  readonly database?: string;
}

/** A data folder that is this process's alone until disposed of. */
export interface DataLock extends Disposable {
  /** Says how the embedded server is reached, for a backup while the host runs. */
  noteDatabase(url: string): void;
}

/**
 * Takes a data folder for this process alone: a second host on it would stop the first one's database.
 * @throws ConfigError where another process that lives has it.
 */
export function lockData(directory: string): DataLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE);
  const owner = ownerOf(directory);
  if (owner) {
    throw new ConfigError(
      `Another host (process ${owner.pid}) works with ${directory}. Stop it first, or give this one a folder of its own with --data.`,
    );
  }
  rmSync(path, { force: true });
  const mine: Owner = { pid: process.pid, began: beganAt(process.pid) };
  writeFileSync(path, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
  return {
    noteDatabase: (database) => writeFileSync(path, JSON.stringify({ ...mine, database })),
    [Symbol.dispose]: () => rmSync(path, { force: true }),
  };
}

/** The living process that has a data folder, if any. */
export function ownerOf(directory: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Owner;
    return isAlive(owner.pid) && beganAt(owner.pid) === owner.began ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (field 22) */
function beganAt(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

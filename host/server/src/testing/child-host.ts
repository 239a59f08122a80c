import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./fixture-main.ts', import.meta.url));

/** What a command wrote and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs as a process of its own. */
export interface RunningCommand {
  readonly out: string;
  readonly ended: Promise<CommandResult>;
  kill(signal: NodeJS.Signals): void;
  /** Settles once it has written something that fits. @throws where it ends before that. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs the command line of the fixture workspace. */
export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VALFRI_|DATABASE_URL)/.test(name)),
  );
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const wrote = { out: '', err: '' };
  child.stdout.on('data', (data) => (wrote.out += String(data)));
  child.stderr.on('data', (data) => (wrote.err += String(data)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...wrote }));
  return {
    get out() {
      return wrote.out;
    },
    ended,
    kill: (signal) => void child.kill(signal),
    async until(pattern) {
      const over = ended.then(({ code, err }) => {
        throw new Error(`it ended with ${code}: ${err}`);
      });
      over.catch(() => undefined);
      for (;;) {
        const found = pattern.exec(wrote.out);
        if (found) return found;
        await Promise.race([once(child.stdout, 'data'), over]);
      }
    },
  };
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return startCommand(args, env).ended;
}

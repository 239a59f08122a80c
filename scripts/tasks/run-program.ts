import { spawn } from 'node:child_process';

/** Runs a program with its output here; settles with its exit code. */
export function runProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGTERM', forward);
    // Ctrl-C reaches the program by itself: this only keeps us until it has ended.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', wait);
      resolve(code ?? (signal === null ? 0 : 1));
    });
  });
}

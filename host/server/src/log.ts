import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** How serious an entry is. */
export type LogLevel = 'info' | 'warn' | 'error';

/** Writes entries, one JSON object a line. */
export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** The same log, with details that every entry has. */
  with(details: Readonly<Record<string, unknown>>): Log;
}

/** A log that writes lines somewhere. */
export function createLog(write: (line: string) => void, fixed: Readonly<Record<string, unknown>> = {}): Log {
  const entry =
    (level: LogLevel) =>
    (message: string, details: Readonly<Record<string, unknown>> = {}) =>
      write(
        `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fixed, ...details }, errorsAsText)}\n`,
      );
  return {
    info: entry('info'),
    warn: entry('warn'),
    error: entry('error'),
    with: (details) => createLog(write, { ...fixed, ...details }),
  };
}

/** A log to standard output, or to `logs/host.jsonl` in the data folder where a person watches the terminal. */
export function openLog(to: 'file' | 'stdout', directory: string): Log {
  if (to === 'stdout') return createLog((line) => process.stdout.write(line));
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const file = createWriteStream(join(directory, 'logs', 'host.jsonl'), { flags: 'a' });
  return createLog((line) => file.write(line));
}

/** An error would come as `{}`; its cause is what one looks for. */
function errorsAsText(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause, code, reason } = value as Error & { code?: unknown; reason?: unknown };
  return { name, code, reason, message, stack, cause };
}

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
      write(`${asJson({ at: new Date().toISOString(), level, message, ...fixed }, details)}\n`);
  return {
    info: entry('info'),
    warn: entry('warn'),
    error: entry('error'),
    with: (details) => createLog(write, { ...fixed, ...details }),
  };
}

/** After how many milliseconds a log that could not be written to is tried again. */
const AGAIN = 30_000;

/** A log to standard output, or to `logs/host.jsonl` in the data folder where a person watches the terminal. */
export function openLog(to: 'file' | 'stdout', directory: string): Log {
  if (to === 'stdout') return createLog((line) => process.stdout.write(line));
  mkdirSync(join(directory, 'logs'), { recursive: true });
  return createLog(writerTo(join(directory, 'logs', 'host.jsonl')));
}

/** Writes to the end of a file. Where that fails, as on a full disk, entries are lost, and nothing else is. */
function writerTo(path: string): (line: string) => void {
  let failedAt = 0;
  const open = () =>
    createWriteStream(path, { flags: 'a' }).on('error', ({ message }) => {
      failedAt = Date.now();
      process.stderr.write(`The log ${path} cannot be written to (${message}). Make room, or mend its permissions.\n`);
    });
  let file = open();
  return (line) => {
    if (file.destroyed && Date.now() >= failedAt + AGAIN) file = open();
    if (!file.destroyed) file.write(line);
  };
}

function asJson(head: object, details: object): string {
  try {
    return JSON.stringify({ ...head, ...details }, writable());
  } catch {
    return JSON.stringify({ ...head, details: 'could not be written as JSON' });
  }
}

/** Makes what JSON has no form for into what it has; whatever contains itself is not followed. */
function writable(): (this: unknown, key: string, value: unknown) => unknown {
  /** From the outermost to where we are: what each was, and what is written in its place. */
  const above: { readonly source: unknown; readonly written: unknown }[] = [];
  return function (_, source) {
    if (typeof source === 'bigint' || typeof source === 'symbol') return String(source);
    if (typeof source !== 'object' || source === null) return source;
    while (above.length > 0 && above.at(-1)!.written !== this) above.pop();
    if (above.some((each) => each.source === source)) return '(see above)';
    const written = source instanceof Error ? partsOf(source) : source;
    above.push({ source, written });
    return written;
  };
}

/** An error would come as `{}`; its cause is what one looks for. */
function partsOf(error: Error): object {
  const { name, message, stack, cause, code, reason } = error as Error & { code?: unknown; reason?: unknown };
  return { name, code, reason, message, stack, cause };
}

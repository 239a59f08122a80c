import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a command of a guide is run. */
export type Place = 'repository' | 'plugin' | 'workspace';

/** One command of a guide. */
export interface Command {
  readonly place: Place;
  readonly line: string;
}

/** What a guide tells its reader to do, read from the page itself. */
export interface Guide {
  /** Path, relative to the plugin's folder, and content of each file. */
  readonly files: ReadonlyMap<string, string>;
  readonly commands: readonly Command[];
}

const BLOCK = /^```(\w+) (file|in)=(\S+)\n([\s\S]*?)^```$/gm;

/** Reads the blocks that say which file they are, or where they are run. */
export function readGuide(path: string): Guide {
  const files = new Map<string, string>();
  const commands: Command[] = [];
  for (const [, , kind, name, body] of readFileSync(path, 'utf8').matchAll(BLOCK)) {
    if (kind === 'file') files.set(name!, body!);
    else for (const line of body!.trim().split('\n')) commands.push({ place: name as Place, line });
  }
  return { files, commands };
}

/** Writes the files of a guide as its reader would. */
export function writeFiles({ files }: Guide, folder: string): void {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CliError } from '../cli/client.ts';

/** What of a backup is files: a list of them, beside which they lie in `files/`. */
export interface FilesEntry {
  /** JSON Lines, gzipped: `{ path, size, sha256 }` each. */
  readonly list: string;
  readonly count: number;
  /** In bytes. */
  readonly size: number;
}

interface FileEntry {
  /** Below the data folder, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

const LIST = 'files.jsonl.gz';

/** Where instances keep their files, in a data folder. */
export const INSTANCES = 'instances';
/** Where the content lies that is kept aside, in a data folder. */
export const ASIDE = 'aside';

/** Copies the files of instances, and what is kept aside, into a backup. What is removed meanwhile is left out. */
export async function writeFiles(data: string, folder: string, instances: readonly string[]): Promise<FilesEntry> {
  const [list, done] = listWriter(join(folder, LIST));
  const sum = { count: 0, size: 0 };
  for (const root of [...instances.map((id) => `${INSTANCES}/${id}`), ASIDE])
    for await (const path of filesIn(data, root)) {
      const copied = await copyUnlessGone(join(data, path), join(folder, 'files', path));
      if (!copied) continue;
      list.write(`${JSON.stringify({ path, ...copied } satisfies FileEntry)}\n`);
      sum.count += 1;
      sum.size += copied.size;
    }
  list.end();
  await done;
  return { list: LIST, ...sum };
}

function listWriter(path: string): readonly [NodeJS.WritableStream, Promise<void>] {
  const gzip = createGzip();
  return [gzip, pipeline(gzip, createWriteStream(path, { mode: 0o600 }))];
}

/** Paths of the files of a folder, below the data folder. What begins with a dot is not finished. */
async function* filesIn(data: string, root: string): AsyncIterable<string> {
  if (!existsSync(join(data, root))) return;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of await readdir(join(data, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      // With slashes, wherever the backup is made.
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) yield path;
    }
}

async function copyUnlessGone(from: string, to: string): Promise<{ size: number; sha256: string } | undefined> {
  try {
    return await copyHashed(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(from)) return undefined;
    throw error;
  }
}

async function copyHashed(from: string, to: string): Promise<{ size: number; sha256: string }> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let size = 0;
  const hashed = new Transform({
    transform(piece: Buffer, _, done) {
      hash.update(piece);
      size += piece.length;
      done(null, piece);
    },
  });
  const options = { highWaterMark: 1 << 20 };
  await pipeline(
    createReadStream(from, options),
    hashed,
    createWriteStream(to, { ...options, mode: 0o600, flags: 'wx' }),
  );
  return { size, sha256: hash.digest('hex') };
}

/** Reads every file of a backup. @throws CliError where one is missing or damaged. */
export async function verifyBackupFiles(folder: string, files: FilesEntry | undefined): Promise<void> {
  if (!files) return;
  let count = 0;
  for await (const { path, sha256 } of entriesOf(folder, files)) {
    const hash = createHash('sha256');
    const file = join('files', path);
    await pipeline(createReadStream(join(folder, file)), hash).catch(() => Promise.reject(damaged(file)));
    if (hash.digest('hex') !== sha256) throw damaged(file);
    count += 1;
  }
  if (count !== files.count) throw damaged(files.list);
}

/** @throws CliError where a data folder has files of instances already. */
export async function requireNoFiles(data: string): Promise<void> {
  for (const name of [INSTANCES, ASIDE]) {
    const path = join(data, name);
    if (existsSync(path) && (await readdir(path)).length > 0)
      throw new CliError(`${path} is not empty. Restore into an empty folder: another --data.`);
  }
}

/** Copies the files of a backup to where instances keep them, and does what is to follow; all of it, or nothing. */
export async function restoreFiles(
  { folder, data, files }: { readonly folder: string; readonly data: string; readonly files: FilesEntry | undefined },
  follow: () => Promise<void>,
): Promise<void> {
  try {
    if (files)
      for await (const { path } of entriesOf(folder, files))
        await copyHashed(join(folder, 'files', path), join(data, path));
    await follow();
  } catch (error) {
    for (const name of [INSTANCES, ASIDE]) await rm(join(data, name), { recursive: true, force: true });
    throw error;
  }
}

async function* entriesOf(folder: string, { list }: FilesEntry): AsyncIterable<FileEntry> {
  try {
    const unpacked = createReadStream(join(folder, list)).on('error', (error) => unzip.destroy(error));
    const unzip = createGunzip();
    for await (const line of createInterface({ input: unpacked.pipe(unzip) }))
      yield inFolder(JSON.parse(line) as FileEntry);
  } catch (cause) {
    throw damaged(list, cause);
  }
}

/** A list that names something elsewhere is none of ours. */
function inFolder(entry: FileEntry): FileEntry {
  const [first, ...others] = entry.path.split('/');
  if ((first === INSTANCES || first === ASIDE) && !others.includes('..')) return entry;
  throw new Error(`${entry.path} is outside`);
}

function damaged(file: string, cause?: unknown): CliError {
  return new CliError(`${file} is missing or damaged. Nothing was restored; use another copy of the backup.`, {
    cause,
  });
}

import { once } from 'node:events';
import { type PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { discard } from './discard.ts';
import { numberedName } from '@valfri/sdk/documents';
import type { DocumentNode } from '@valfri/sdk';
import { ZipFile } from 'yazl';

/** From where the files of an archive come. */
export interface ArchiveSource {
  node(id: string): Promise<DocumentNode>;
  /** What is in a folder, page by page. */
  inFolder(id: string): AsyncIterable<readonly DocumentNode[]>;
  content(file: string): Promise<AsyncIterable<Uint8Array>>;
}

/** Permissions of what is taken out: everybody reads, the owner writes. */
const MODE = { file: 0o100644, folder: 0o40755 };

/** What is asked for ahead of its turn, at most. */
const AHEAD = { files: 8, bytes: 4 << 20 };

/**
 * Files and folders, with all that is in them, as one ZIP archive that is made while it is read: nothing is compressed,
 * and no file is ever whole in memory. One that fails ends the stream with an error, so that nobody takes half an
 * archive for a whole one.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function archiveOf(ids: readonly string[], source: ArchiveSource): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  const fail = (error: unknown) => void output.destroy(error as Error);
  zip.on('error', fail);
  void fill({ zip, output, source }, ids).then(() => zip.end(), fail);
  return output;
}

interface Filling {
  readonly zip: ZipFile;
  readonly output: PassThrough;
  readonly source: ArchiveSource;
}

/** What is to be in an archive, and where. */
interface Entry {
  readonly node: DocumentNode;
  readonly path: string;
}

interface Opened extends Entry {
  readonly content?: Promise<AsyncIterable<Uint8Array>>;
}

/** One after the other, and each when there is room for it. */
async function fill({ zip, output, source }: Filling, ids: readonly string[]): Promise<void> {
  for await (const { node, path, content } of opened(entriesOf(ids, source), source)) {
    if (content) await addFile({ zip, output }, { node, path }, await content);
    else zip.addEmptyDirectory(path, { mtime: new Date(node.createdAt), mode: MODE.folder });
    if (output.writableNeedDrain) await Promise.race([once(output, 'drain'), finished(output)]);
    if (output.destroyed) throw new Error(GONE);
  }
}

const GONE = 'Nobody reads the archive any more.';

async function* entriesOf(ids: readonly string[], source: ArchiveSource): AsyncGenerator<Entry> {
  const taken = new Set<string>();
  for (const id of ids) {
    const node = await source.node(id);
    yield* withAllIn({ node, path: freeName(safe(node.name), taken) }, source);
  }
}

async function* withAllIn(entry: Entry, source: ArchiveSource): AsyncGenerator<Entry> {
  yield entry;
  if (entry.node.kind === 'file') return;
  for await (const nodes of source.inFolder(entry.node.id))
    for (const node of nodes) yield* withAllIn({ node, path: `${entry.path}/${safe(node.name)}` }, source);
}

/** Asks for the content of small files ahead of their turn; behind a large one nothing waits open. */
async function* opened(entries: AsyncGenerator<Entry>, source: ArchiveSource): AsyncGenerator<Opened> {
  const ahead: Opened[] = [];
  const bytes = () => ahead.reduce((sum, { node }) => sum + (node.version?.size ?? 0), 0);
  const open = ({ node, path }: Entry): Opened => {
    if (node.kind === 'folder') return { node, path };
    const content = source.content(node.id);
    content.catch(() => undefined); // it is met when its turn comes
    return { node, path, content };
  };
  try {
    for (let more = true; more || ahead.length > 0;) {
      while (more && ahead.length < AHEAD.files && bytes() < AHEAD.bytes) {
        const { done, value } = await entries.next();
        if (done) more = false;
        else ahead.push(open(value));
      }
      const next = ahead.shift();
      if (next) yield next;
    }
  } finally {
    for (const { content } of ahead) content?.then(discard, () => undefined);
  }
}

async function addFile(
  { zip, output }: Pick<Filling, 'zip' | 'output'>,
  { node, path }: Entry,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const pieces = bytes[Symbol.asyncIterator]();
  try {
    // Begun here: what has not begun cannot be ended, and what was opened for it would stay open.
    const content = Readable.from(onFrom(await pieces.next(), pieces), { objectMode: false });
    const gone = () => void content.destroy(new Error(GONE));
    output.once('close', gone);
    const { size, modifiedAt } = node.version!;
    zip.addReadStream(content, path, { size, mtime: new Date(modifiedAt), mode: MODE.file, compress: false });
    await finished(content).finally(() => output.off('close', gone));
  } finally {
    await pieces.return?.();
  }
}

async function* onFrom(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let piece = first; !piece.done; piece = await pieces.next()) yield piece.value;
}

/** A name as one step of a path, wherever the archive is opened: no drive, no folder above, no step of its own. */
function safe(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = name.replace(/[/\\\u0000-\u001F\u007F]/g, '_').replace(/^([a-zA-Z]):/, '$1_');
  return /^\.{0,2}$/.test(plain) ? `${plain}_` : plain;
}

/** What was chosen in several folders may have one name. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = numberedName(name, number);
  taken.add(free);
  return free;
}

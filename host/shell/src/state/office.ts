import { effect, signal } from '@preact/signals-core';
import { api } from './api.ts';
import { hasOffice } from './features.ts';
import { connection, onEvents } from './live.ts';

/** What an editor can do with files of one kind. */
export type EditorFormat = Awaited<ReturnType<typeof api.office.formats.query>>[number];

/** How often it is asked who has which file open, in milliseconds; what changes meanwhile is told. */
const LOOK_EVERY = 30_000;
/** How long it waits for more files to ask about, in milliseconds. */
const TOGETHER = 50;

/** What can be opened; empty where nothing can, or it is not known yet. */
export const formats = signal<readonly EditorFormat[]>([]);

async function readFormats(): Promise<void> {
  formats.value = hasOffice.peek() ? await api.office.formats.query().catch(() => []) : [];
}
effect(() => {
  if (hasOffice.value) void readFormats();
  else formats.value = [];
});
onEvents({ 'binding.changed': ({ capability }) => capability === 'office' && void readFormats() });

/** Ending of a name, in lower case. */
export function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The editors that open files of that name. */
export function editorsFor(name: string): readonly EditorFormat[] {
  const extension = extensionOf(name);
  return formats.value.filter((format) => format.extension === extension);
}

const editing = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const watched = new Map<string, number>();
const wanted = new Set<string>();
let soon: ReturnType<typeof setTimeout> | undefined;

/** Who has a file open, as far as it is watched. */
export function editorsOf(file: string): readonly string[] {
  return editing.value.get(file) ?? [];
}

/** Follows who has some files open, until what is returned is called. */
export function watchEditors(files: readonly string[]): () => void {
  for (const file of files) {
    watched.set(file, (watched.get(file) ?? 0) + 1);
    if (!editing.peek().has(file)) look(file);
  }
  return () => {
    for (const file of files) {
      const left = watched.get(file)! - 1;
      if (left > 0) watched.set(file, left);
      else watched.delete(file);
    }
  };
}

function look(...files: readonly string[]): void {
  if (!hasOffice.peek()) return;
  for (const file of files) wanted.add(file);
  soon ??= setTimeout(() => {
    soon = undefined;
    const asked = [...wanted].filter((file) => watched.has(file)).slice(0, 1_000);
    wanted.clear();
    if (asked.length > 0) void ask(asked).catch(() => undefined);
  }, TOGETHER);
}

async function ask(files: readonly string[]): Promise<void> {
  const found = new Map(
    (await api.office.editors.query({ files: [...files] })).map((each) => [each.file, each.people]),
  );
  const next = new Map([...editing.peek()].filter(([file]) => watched.has(file)));
  for (const file of files) next.set(file, found.get(file) ?? []);
  editing.value = next;
}

onEvents({
  'office.editors': ({ file }) => watched.has(file) && look(file),
  'live.resync': () => look(...watched.keys()),
});
setInterval(() => {
  if (!document.hidden && connection.peek() === 'live') look(...watched.keys());
}, LOOK_EVERY);

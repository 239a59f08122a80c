import type { FileState, FromPage } from '@valfri/sdk/ui';

/** The longest message of a channel, in bytes. */
const MESSAGE = 1 << 20;
const SAVED: ReadonlySet<unknown> = new Set<FileState['saved']>(['saved', 'kept', 'saving', 'unsaved', 'failed']);
/** The longest sentence of a page that is shown, in characters. */
const NOTE = 200;

type Given = Readonly<Record<string, unknown>>;

/** What a page sent, where it is something that pages send. */
export function readFromPage(given: unknown): FromPage | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const kind = String((given as Given)['kind']);
  return Object.hasOwn(READERS, kind) ? READERS[kind as FromPage['kind']](given as Given) : undefined;
}

const READERS: { readonly [K in FromPage['kind']]: (given: Given) => FromPage | undefined } = {
  connected: () => ({ kind: 'connected' }),
  'open-channel': () => ({ kind: 'open-channel' }),
  leave: () => ({ kind: 'leave' }),
  resize: ({ height }) =>
    typeof height === 'number' && Number.isFinite(height) ? { kind: 'resize', height } : undefined,
  ask: ({ id, name, data }) =>
    typeof id === 'number' && typeof name === 'string' ? { kind: 'ask', id, name, data } : undefined,
  read: ({ id, version }) => {
    if (typeof id !== 'number' || (version !== undefined && typeof version !== 'string')) return undefined;
    return { kind: 'read', id, ...(version === undefined ? {} : { version }) };
  },
  send: ({ data }) => (data instanceof Uint8Array && data.byteLength <= MESSAGE ? { kind: 'send', data } : undefined),
  'file-state': ({ saved, note }) => {
    if (!SAVED.has(saved)) return undefined;
    const said = typeof note === 'string' && note !== '' ? { note: note.slice(0, NOTE) } : {};
    return { kind: 'file-state', saved: saved as FileState['saved'], ...said };
  },
};

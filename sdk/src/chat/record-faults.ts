import { isId, type PortableRecord } from '@valfri/core';
import { splitKey } from './rows.ts';

/** The fields of each kind's key, and the other fields that hold ids. */
const kinds: Readonly<Record<string, { readonly key: readonly string[]; readonly ids: readonly string[] }>> = {
  room: { key: ['id'], ids: ['organisation'] },
  member: { key: ['room', 'person'], ids: [] },
  message: { key: ['id'], ids: ['room', 'author'] },
  tombstone: { key: ['id'], ids: ['room', 'author'] },
  reply: { key: ['message'], ids: ['replyTo'] },
  thread: { key: ['message'], ids: ['root'] },
  edit: { key: ['message'], ids: [] },
  reaction: { key: ['message', 'person', 'emoji'], ids: [] },
};

/**
 * Why a record can never be taken in, in words; `undefined` where it can. It must be of a kind that a store of chat
 * holds, its ids must be ids, and its key that of its value. A text that is too long, or of another shape, is not looked
 * for: who hands records over has held them against the contract when they were written.
 */
export function faultOf({ type, key, value }: PortableRecord): string | undefined {
  const kind = kinds[type];
  if (!kind) return `"${type}" is no kind of record of chat that this store holds`;
  const parts = splitKey(key, kind.key.length);
  const fields = value ?? Object.fromEntries(kind.key.map((name, i) => [name, parts[i]]));
  const ids = [...kind.key, ...(value ? kind.ids : [])].filter((name) => name !== 'emoji');
  const wrong = ids.find((name) => !isId(fields[name]));
  if (wrong !== undefined) return `${wrong} "${String(fields[wrong])}" is no id: a UUID in lower case is due`;
  const due = kind.key.map((name) => fields[name]).join('/');
  if (key !== due) return `its key is "${key}", that of its value "${due}"`;
  // A place of 0 stands for the next one.
  if (value && 'seq' in value && !(Number.isSafeInteger(value['seq']) && (value['seq'] as number) >= 0))
    return `seq "${String(value['seq'])}" is no place`;
  return undefined;
}

import assert from 'node:assert/strict';
import type { Portability, PortableRecord } from '@valfri/core';

/** What a provider hands out, in its order, until it has handed out all that there is. */
export async function handedOut(source: Portability, limit: number): Promise<PortableRecord[]> {
  const records: PortableRecord[] = [];
  for (let after: string | undefined, done = false; !done;) {
    const page = await source.changes({ after, limit });
    records.push(...page.records);
    after = page.next;
    done = page.caughtUp;
  }
  return records;
}

/** Every record a provider hands out as it is now, read with a page size. */
export async function everything(source: Portability, limit: number): Promise<PortableRecord[]> {
  const latest = new Map((await handedOut(source, limit)).map((record) => [identity(record), record]));
  return [...latest.values()].sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}

/** Records that are there. */
export const living = (records: readonly PortableRecord[]) => records.filter(({ value }) => value !== null);

/** The digests of some kinds. */
export async function digests(of: Portability, types: readonly string[]): Promise<unknown> {
  return Object.fromEntries(await Promise.all(types.map(async (type) => [type, await of.digest(type)])));
}

/** How one is handed to another. */
export interface CopyOptions {
  /** Records a page. Default: 50. */
  readonly limit?: number;
  /** Where to begin. Default: at the first record ever. */
  readonly after?: string;
  /** Whether records may be sent back, to come again with the next page. Default: no. */
  readonly mayWait?: boolean;
}

/** Hands everything of one to another, page by page, as the host does. */
export async function copy(
  from: Portability,
  to: Portability,
  { limit = 50, mayWait = false, ...options }: CopyOptions = {},
): Promise<void> {
  const content = from.content ? { contentOf: async (sha256: string) => from.content!(sha256) } : {};
  let { after } = options;
  let waiting: readonly PortableRecord[] = [];
  for (let done = false; !done;) {
    const page = await from.changes({ after, limit });
    const newer = new Set(page.records.map(identity));
    const records = [...waiting.filter((record) => !newer.has(identity(record))), ...page.records];
    const { rejected, lossy } = await to.ingest(records, content);
    assert.deepEqual([rejected.filter(({ reason }) => !mayWait || reason !== 'PARENT_MISSING'), lossy], [[], []]);
    const back = new Set(rejected.map(identity));
    waiting = records.filter((record) => back.has(identity(record)));
    after = page.next;
    done = page.caughtUp;
  }
  assert.deepEqual(waiting, []);
}

function identity({ type, key }: { readonly type: string; readonly key: string }): string {
  return `${type} ${key}`;
}

import { type RawBuilder, sql } from 'kysely';
import { type Asker, type Chain, readChain, rootsOf } from './chain.ts';
import type { Change } from './change.ts';

type What = 'made' | 'renamed' | 'written' | 'gone' | 'shared' | 'locked';

/** Who writes, and when. */
export type Writer = Asker;

/** Stamps a row as changed by the transaction. */
export const CHANGED: RawBuilder<unknown> = sql`changed = pg_current_xact_id()`;

/** Announces what happened to a node wherever it is heard of. */
export function announce(change: Change, chain: Chain, what: What, by: string): void {
  const [{ id: node, parent }] = chain;
  const folder = parent === null ? {} : { folder: parent };
  for (const root of rootsOf(chain))
    change.announce({ type: 'node.changed', data: { root, node, ...folder, what, by } });
}

/** Announces a node with its chain as it is now. */
export async function announceNow(change: Change, id: string, what: What, asker: Writer): Promise<void> {
  const chain = await readChain(change.trx, id, asker);
  if (chain) announce(change, chain, what, asker.person);
}

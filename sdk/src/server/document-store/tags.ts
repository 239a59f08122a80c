import type { InputOf } from '@valfri/core';
import { sql } from 'kysely';
import type { documents } from '../../capabilities/documents.ts';
import { announce, CHANGED, type Writer } from './announce.ts';
import { requireChain } from './chain.ts';
import type { Change } from './change.ts';

/** Puts words on a node, in place of those that are on it. */
export async function setTags(
  change: Change,
  { node, tags }: InputOf<(typeof documents)['operations']['setTags']>,
  writer: Writer,
): Promise<void> {
  await change.lock([node]);
  const chain = await requireChain(change.trx, node, writer, { field: 'node', role: 'editor' });
  const { rows } = await sql<{ tags: readonly string[] }>`
    SELECT tags FROM tags WHERE node = ${node} AND NOT gone`.execute(change.trx);
  if (JSON.stringify(rows[0]?.tags ?? []) === JSON.stringify(tags)) return;
  await change.to([node], async () => {
    await sql`
      INSERT INTO tags (node, tags, gone) VALUES (${node}, ${tags}::text[], ${tags.length === 0})
      ON CONFLICT (node) DO UPDATE SET tags = excluded.tags, gone = excluded.gone, ${CHANGED}`.execute(change.trx);
    await sql`UPDATE nodes SET ${CHANGED} WHERE id = ${node}`.execute(change.trx);
  });
  announce(change, chain, 'tagged', writer.person);
}

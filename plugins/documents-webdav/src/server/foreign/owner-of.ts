import type { Call } from '@valfri/sdk';
import { type Kysely, sql } from 'kysely';
import type { WebdavTables } from '../tables.ts';

/** A call in the name of whoever owns the folder at the top of a node: what others change on the server is theirs. */
export async function callOfOwner(db: Kysely<WebdavTables>, node: string): Promise<Call | undefined> {
  const { rows } = await sql<{ person: string; organisation: string }>`
    WITH RECURSIVE up AS (
      SELECT n.*, 0 AS depth FROM nodes n WHERE id = ${node}
      UNION ALL SELECT n.*, up.depth + 1 FROM up JOIN nodes n ON n.id = up.parent WHERE up.depth < 100)
    SELECT coalesce(owner, created_by) AS person, organisation FROM up WHERE parent IS NULL`.execute(db);
  return rows[0] && { ...rows[0], groups: [], signal: new AbortController().signal };
}

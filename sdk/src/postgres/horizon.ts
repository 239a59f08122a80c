import { type Kysely, sql } from 'kysely';

/**
 * The number of a transaction below which none can commit any more that could write in this database: whatever is
 * stamped with a lower one has either been committed, and is seen by the next statement, or never will be.
 *
 * Transactions of other databases of the same server count in `pg_snapshot_xmin` as well; one that lasts an hour there
 * would hold everything back here. So those that run now and are known to be of another database are left out. One
 * that has ended since the snapshot was taken is not: what it wrote may be ours.
 * @see https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 */
export async function readHorizon<T>(db: Kysely<T>): Promise<string> {
  const { rows } = await sql<{ horizon: string; running: boolean }>`
    SELECT pg_snapshot_xmin(s)::text AS horizon, pg_snapshot_xmin(s) < pg_snapshot_xmax(s) AS running
    FROM pg_current_snapshot() s`.execute(db);
  const { horizon, running } = rows[0]!;
  return running ? ownHorizon(db) : horizon;
}

async function ownHorizon<T>(db: Kysely<T>): Promise<string> {
  const { rows } = await sql<{ horizon: string }>`
    SELECT coalesce(min(x), pg_snapshot_xmax(min(s.snapshot::text)::pg_snapshot))::text AS horizon
    FROM (SELECT pg_current_snapshot() AS snapshot) s
    LEFT JOIN LATERAL pg_snapshot_xip(s.snapshot) AS x ON NOT EXISTS (
      SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.transactionid = x::xid
        AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database()))`.execute(db);
  return rows[0]!.horizon;
}

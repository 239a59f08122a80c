import { CapabilityError, type InputOf } from '@valfri/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { documents } from '../../capabilities/documents.ts';
import type { Lock } from '../../capabilities/documents-views.ts';
import { mayAs } from '../../documents/roles.ts';
import { type Asker, type Chain, readChain, requireChain } from './chain.ts';
import type { Change } from './change.ts';
import { lockOf } from './records.ts';
import type { DocumentTables, LockRow } from './tables.ts';
import { readUnder } from './whole.ts';
import { announce, CHANGED, type Writer } from './announce.ts';

type Db = Kysely<DocumentTables>;
type Operations = (typeof documents)['operations'];

/** How many locks a person has at most at once. */
const MOST = 100;

/** How long a lock that has ended is remembered, so that whoever follows is told, in milliseconds: 30 days. */
const REMEMBERED = 30 * 24 * 3_600_000;

/** Of locks that are called `l`: those that hold. */
export function holding(now: number): RawBuilder<boolean> {
  return sql<boolean>`NOT l.gone AND l.expires_at > ${now}`;
}

/** What a write touches, and what it has the keys to. */
export interface Touched {
  /** Nodes that are changed themselves. One that is not there is touched by nobody. */
  readonly nodes: readonly (string | null | undefined)[];
  /** Nodes of which only those matter that are locked themselves: what goes along. Default: none. */
  readonly along?: readonly string[];
  readonly locks?: readonly string[] | undefined;
}

/**
 * Of several locks that guard one node, the token of one is enough: only shared ones are beside each other.
 * @throws CONFLICT where a node is guarded, and none of `locks` is a token of that.
 */
export async function refuseLocked(
  { trx }: Change,
  { nodes, along = [], locks = [] }: Touched,
  { now }: Writer,
): Promise<void> {
  const touched = nodes.flatMap((id) => id ?? []);
  const { rows } = await sql<{ until: number }>`
    WITH RECURSIVE up AS (
      SELECT n.id AS touched, n.id, n.parent, 0 AS depth FROM nodes n WHERE n.id = ANY(${touched}::uuid[])
        OR n.id IN (SELECT l.node FROM locks l WHERE l.node = ANY(${along}::uuid[]) AND ${holding(now)})
      UNION ALL SELECT up.touched, n.id, n.parent, up.depth + 1 FROM up JOIN nodes n ON n.id = up.parent WHERE up.depth < 100)
    SELECT max(l.expires_at) AS until FROM up JOIN locks l ON l.node = up.id
    WHERE ${holding(now)} AND (l.deep OR l.node = up.touched)
    GROUP BY up.touched HAVING NOT bool_or(l.token = ANY(${locks}::text[])) LIMIT 1`.execute(trx);
  if (rows.length === 0) return;
  const until = new Date(Number(rows[0]!.until)).toISOString();
  throw new CapabilityError('CONFLICT', `It is locked until ${until}, and none of \`locks\` opens it.`, {
    reason: 'LOCKED',
  });
}

/** What holds on a node: its own locks, and deep ones above it. */
async function locksOn(db: Db, chain: Chain, now: number): Promise<readonly LockRow[]> {
  const [{ id }] = chain;
  const { rows } = await sql<LockRow>`
    SELECT l.* FROM locks l WHERE l.node = ANY(${chain.map((link) => link.id)}::uuid[]) AND ${holding(now)}
      AND (l.deep OR l.node = ${id}) ORDER BY l.locked_at, l.token`.execute(db);
  return rows;
}

/** What holds on a node, for somebody who may see it. */
export async function listLocks(
  db: Db,
  { node }: InputOf<Operations['listLocks']>,
  asker: Asker,
): Promise<{ locks: Lock[] }> {
  const chain = await requireChain(db, node, asker, { field: 'node' });
  return { locks: (await locksOn(db, chain, asker.now)).map(lockOf) };
}

async function ownLock(db: Db, node: string, token: string, now: number): Promise<LockRow | undefined> {
  const { rows } = await sql<LockRow>`
    SELECT l.* FROM locks l WHERE l.node = ${node} AND l.token = ${token} AND ${holding(now)}`.execute(db);
  return rows[0];
}

/** Locks a node; the same token again makes its time begin anew. */
export async function lock(
  change: Change,
  input: InputOf<Operations['lock']>,
  { maxSeconds, ...writer }: Writer & { readonly maxSeconds: number },
): Promise<void> {
  const { node, token } = input;
  await change.lock([node]);
  const chain = await requireChain(change.trx, node, writer, { field: 'node', role: 'editor' });
  const until = writer.now + Math.min(input.seconds, maxSeconds) * 1_000;
  if (await ownLock(change.trx, node, token, writer.now)) return refresh(change, input, until);
  await refuseExcluded(change, chain, input, writer);
  await refuseTooMany(change, writer);
  await change.to([node], async () => {
    await sql`
      INSERT INTO locks (node, token, person, exclusive, deep, note, locked_at, expires_at)
      VALUES (${node}, ${token}, ${writer.person}, ${input.exclusive}, ${input.deep}, ${input.note ?? null}, ${writer.now}, ${until})
      ON CONFLICT (node, token) DO UPDATE SET person = excluded.person, exclusive = excluded.exclusive,
        deep = excluded.deep, note = excluded.note, locked_at = excluded.locked_at, expires_at = excluded.expires_at,
        gone = false, ${CHANGED}`.execute(change.trx);
  });
  announce(change, chain, 'locked', writer.person);
}

async function refresh(change: Change, { node, token }: { node: string; token: string }, until: number): Promise<void> {
  await change.to([node], async () => {
    await sql`
      UPDATE locks SET expires_at = ${until}, ${CHANGED} WHERE node = ${node} AND token = ${token}`.execute(change.trx);
  });
}

/** @throws CONFLICT where a lock on the node, above it or below it does not bear the new one. */
async function refuseExcluded(
  { trx }: Change,
  chain: Chain,
  { node, token, exclusive, deep }: InputOf<Operations['lock']>,
  { now }: Writer,
): Promise<void> {
  const below = deep ? await readUnder(trx, node, null) : [];
  const { rows } = await sql<LockRow>`
    SELECT l.* FROM locks l WHERE l.node = ANY(${below}::uuid[]) AND ${holding(now)}`.execute(trx);
  const others = [...(await locksOn(trx, chain, now)), ...rows].filter((other) => other.token !== token);
  if (!others.some((other) => exclusive || other.exclusive)) return;
  throw new CapabilityError('CONFLICT', 'node: another lock excludes this one.', { field: 'node', reason: 'LOCKED' });
}

async function refuseTooMany({ trx }: Change, { person, now }: Writer): Promise<void> {
  const { rows } = await sql`
    SELECT FROM locks l WHERE l.person = ${person} AND ${holding(now)} LIMIT ${MOST}`.execute(trx);
  if (rows.length < MOST) return;
  throw new CapabilityError('QUOTA', `node: you have ${MOST} locks. Unlock something first.`, {
    field: 'node',
    reason: 'TOO_MANY',
  });
}

/** Ends a lock. */
export async function unlock(
  change: Change,
  { node, token }: InputOf<Operations['unlock']>,
  writer: Writer,
): Promise<void> {
  await change.lock([node]);
  const chain = await requireChain(change.trx, node, writer, { field: 'node' });
  const known = await ownLock(change.trx, node, token, writer.now);
  if (!known) throw new CapabilityError('NOT_FOUND', 'token: no lock on it has this one.', { field: 'token' });
  if (known.person !== writer.person && !mayAs(chain[0].role, 'editor'))
    throw new CapabilityError('DENIED', 'It is another person’s lock, and you may not write what it is on.');
  await change.to([node], async () => {
    await sql`UPDATE locks SET gone = true, ${CHANGED} WHERE node = ${node} AND token = ${token}`.execute(change.trx);
  });
  announce(change, chain, 'locked', writer.person);
}

/** Ends all locks on some nodes. */
export async function endLocks(change: Change, nodes: readonly string[]): Promise<void> {
  const { rows } = await sql<{ node: string }>`
    SELECT DISTINCT node FROM locks WHERE node = ANY(${nodes}::uuid[]) AND NOT gone`.execute(change.trx);
  const locked = rows.map(({ node }) => node);
  if (locked.length === 0) return;
  await change.to(locked, async () => {
    await sql`
      UPDATE locks SET gone = true, ${CHANGED} WHERE node = ANY(${locked}::uuid[]) AND NOT gone`.execute(change.trx);
  });
}

/** Whether there are locks that count for nothing and are still here. */
export async function hasIdleLocks(db: Db, now: number): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM locks WHERE (NOT gone AND expires_at < ${now - 3_600_000}) OR (gone AND expires_at < ${now - REMEMBERED})
    LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Ends locks whose time is up, and forgets those that have long ended. */
export async function sweepLocks(change: Change, now: number): Promise<void> {
  const { rows } = await sql<{ node: string }>`
    SELECT DISTINCT node FROM locks WHERE NOT gone AND expires_at < ${now} LIMIT 500`.execute(change.trx);
  const nodes = rows.map(({ node }) => node);
  await change.to(nodes, async () => {
    await sql`
      UPDATE locks SET gone = true, ${CHANGED}
      WHERE node = ANY(${nodes}::uuid[]) AND NOT gone AND expires_at < ${now}`.execute(change.trx);
  });
  await sql`DELETE FROM locks WHERE gone AND expires_at < ${now - REMEMBERED}`.execute(change.trx);
}

/** A node's lock for the one who has just made it. */
export async function madeLock(
  db: Db,
  { node, token }: InputOf<Operations['lock']>,
  asker: Asker,
): Promise<{ lock: Lock }> {
  const chain = await readChain(db, node, asker);
  const row = chain && (await ownLock(db, node, token, asker.now));
  if (!row) throw new CapabilityError('NOT_FOUND', 'node: there is no such thing.', { field: 'node' });
  return { lock: lockOf(row) };
}

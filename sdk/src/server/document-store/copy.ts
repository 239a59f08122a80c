import { CapabilityError, derivedId, type InputOf } from '@valfri/core';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import type { documents } from '../../capabilities/documents.ts';
import { readChain, requireChain } from './chain.ts';
import type { Change } from './change.ts';
import { refuseLocked } from './locks.ts';
import { readUnder } from './whole.ts';
import { announce, type Writer } from './announce.ts';

/** How many nodes are copied at most at once. */
const MOST = 10_000;

type CopyInput = InputOf<(typeof documents)['operations']['copy']>;

/** What is copied into what: ids that the copy has, by those of the original. They follow from the id of the first. */
function idsOfCopy(id: string, ids: readonly string[]): ReadonlyMap<string, string> {
  const [first, ...others] = ids;
  const derived = (each: string, what: string) =>
    derivedId(createHash('sha256').update(`valfri ${what} ${id} ${each}`).digest());
  return new Map([[first!, id], ...others.map((each) => [each, derived(each, 'copy')] as const)]);
}

/** Copies a node with all that is in it. What can be done twice is done once: the ids of a copy follow from its first. */
export async function copy(change: Change, input: CopyInput, writer: Writer): Promise<void> {
  const { trx } = change;
  const [node] = await requireChain(trx, input.node, writer, { field: 'node' });
  const target = await requireChain(trx, input.parent, writer, { field: 'parent', kind: 'folder', role: 'editor' });
  if (target.some(({ id }) => id === input.node))
    throw new CapabilityError('INVALID', 'parent: it is the node itself, or in it.', {
      field: 'parent',
      reason: 'INSIDE',
    });
  const known = await readChain(trx, input.id, writer);
  if (known) {
    if (known[0].created_by === writer.person && known[0].kind === node.kind) return;
    throw new CapabilityError('CONFLICT', 'id: something else has it.', { field: 'id' });
  }
  await refuseLocked(change, { nodes: [input.parent], locks: input.locks }, writer);
  const under = await readUnder(trx, input.node, null);
  if (under.length > MOST)
    throw new CapabilityError('QUOTA', `node: more than ${MOST.toLocaleString('en')} are in it.`, {
      field: 'node',
      reason: 'TOO_MANY',
    });
  const ids = idsOfCopy(input.id, under);
  await change.to([...ids.values()], () =>
    insertCopies(change, ids, { ...input, name: input.name ?? node.name }, writer),
  );
  const chain = await readChain(trx, input.id, writer);
  if (chain) announce(change, chain, 'made', writer.person);
}

async function insertCopies(
  { trx }: Change,
  ids: ReadonlyMap<string, string>,
  { id, parent, name }: CopyInput & { readonly name: string },
  { person, now }: Writer,
): Promise<void> {
  const versions = [...ids.values()].map((each) =>
    derivedId(createHash('sha256').update(`valfri copied version ${each}`).digest()),
  );
  const pairs = sql`unnest(${[...ids.keys()]}::uuid[], ${[...ids.values()]}::uuid[], ${versions}::uuid[]) AS c(was, is_now, version)`;
  try {
    await sql`
      INSERT INTO nodes (id, kind, parent, name, organisation, created_at, created_by, version, placed)
      SELECT c.is_now, n.kind, CASE WHEN c.is_now = ${id} THEN ${parent}::uuid ELSE p.is_now END,
        CASE WHEN c.is_now = ${id} THEN ${name} ELSE n.name END, n.organisation, ${now}, ${person},
        CASE WHEN n.version IS NULL THEN NULL ELSE c.version END, true
      FROM ${pairs} JOIN nodes n ON n.id = c.was
      LEFT JOIN unnest(${[...ids.keys()]}::uuid[], ${[...ids.values()]}::uuid[]) AS p(was, is_now) ON p.was = n.parent`.execute(
      trx,
    );
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'names_in_folder') throw error;
    throw new CapabilityError('CONFLICT', `name: something else in the folder is called ${name}.`, {
      field: 'name',
      reason: 'NAME_TAKEN',
    });
  }
  await sql`
    INSERT INTO versions (id, file, size, sha256, media_type, modified_at, saved_at, saved_by)
    SELECT c.version, c.is_now, v.size, v.sha256, v.media_type, v.modified_at, ${now}, ${person}
    FROM ${pairs} JOIN nodes n ON n.id = c.was JOIN versions v ON v.id = n.version`.execute(trx);
}

import type { InputOf } from '@valfri/core';
import { sql } from 'kysely';
import type { documents } from '../../capabilities/documents.ts';
import { ROLES } from '../../documents/roles.ts';
import { requireChain } from './chain.ts';
import type { Change } from './change.ts';
import type { GrantRow } from './tables.ts';
import { announce, announceNow, CHANGED, type Writer } from './announce.ts';

type Operations = (typeof documents)['operations'];

/** Whom something is given to, or taken from. */
interface Whom {
  readonly node: string;
  readonly person?: string | undefined;
  readonly group?: string | undefined;
}

function grantKey({ person, group }: Whom): Pick<GrantRow, 'to' | 'whom'> {
  return person === undefined ? { to: 'group', whom: group! } : { to: 'person', whom: person };
}

/** Gives a person or a group something. */
export async function give(change: Change, input: InputOf<Operations['give']>, writer: Writer): Promise<void> {
  await requireChain(change.trx, input.node, writer, { field: 'node', role: 'editor' });
  const { to, whom } = grantKey(input);
  await change.to([input.node], async () => {
    await sql`
      INSERT INTO grants (node, "to", whom, role, given_at, given_by)
      VALUES (${input.node}, ${to}, ${whom}, ${ROLES.indexOf(input.role) + 1}, ${writer.now}, ${writer.person})
      ON CONFLICT (node, "to", whom) DO UPDATE SET role = excluded.role, given_at = excluded.given_at,
        given_by = excluded.given_by, gone = false, ${CHANGED}`.execute(change.trx);
  });
  if (input.person !== undefined) {
    const data = { root: input.node, person: input.person, role: input.role };
    change.announce({ type: 'access.given', data });
  }
  await announceNow(change, input.node, 'shared', writer);
}

/** Takes back what was given. */
export async function take(change: Change, input: InputOf<Operations['take']>, writer: Writer): Promise<void> {
  const role = input.person === writer.person ? 'viewer' : 'editor';
  const chain = await requireChain(change.trx, input.node, writer, { field: 'node', role });
  const { to, whom } = grantKey(input);
  await change.to([input.node], async () => {
    await sql`
      UPDATE grants SET gone = true, ${CHANGED}
      WHERE node = ${input.node} AND "to" = ${to} AND whom = ${whom} AND NOT gone`.execute(change.trx);
  });
  announce(change, chain, 'shared', writer.person);
  // An owner hears of what is theirs whatever was taken from them.
  const stays = chain.at(-1)!.owner === input.person && chain[0].parent === null;
  if (input.person !== undefined && !stays)
    change.announce({ type: 'access.taken', data: { root: input.node, person: input.person } });
}

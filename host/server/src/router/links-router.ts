import { CapabilityError } from '@valfri/core';
import { documents, type Grant } from '@valfri/sdk';
import { z } from 'zod';
import type { LinkRow } from '../links/links.ts';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { callOperation } from './call-operation.ts';
import { member, router } from './trpc.ts';

const id = z.uuid('is not an id');

/** A link as those see it who see what was given on the node. */
export interface LinkView {
  readonly id: string;
  /** Where it leads: the node that was asked about, or one above it. */
  readonly node: string;
  readonly role: 'viewer' | 'editor';
  readonly hasPassword: boolean;
  readonly expiresAt?: number;
  readonly createdBy: string;
  readonly createdAt: number;
}

interface Context {
  readonly services: HostServices;
  readonly standing: Standing;
  readonly actor: string;
}

/** Links to files and folders, for people without an account. */
export const linksRouter = router({
  /** Answers with the address, which is told once: what is kept of it is a hash. */
  make: member
    .input(
      z.object({
        node: id,
        role: z.enum(['viewer', 'editor']),
        password: z
          .string()
          .min(8, 'is too short: at least 8 characters')
          .max(200, 'is too long: at most 200 characters')
          .optional(),
        expiresAt: z.int().min(0).optional().describe('Milliseconds since the epoch'),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { links, audit, publicUrl } = ctx.services;
      const { node, role, password, expiresAt } = input;
      if (expiresAt !== undefined && expiresAt <= Date.now())
        throw new CapabilityError('INVALID', 'expiresAt: it is past.', { field: 'expiresAt' });
      const { id: createdBy, organisation } = ctx.standing;
      const { id: link, token } = await links.make({ organisation, node, role, password, expiresAt, createdBy });
      try {
        await call(ctx, 'give', { node, group: link, role, until: expiresAt });
      } catch (error) {
        await links.remove(link);
        throw error;
      }
      const details = { node, role, password: password !== undefined, ...(expiresAt ? { expiresAt } : {}) };
      await audit.add({ actor: ctx.actor, action: 'link.made', target: link, details });
      return { id: link, url: `${publicUrl}/l/${token}` };
    }),

  /** The links that lead to a node, or to something above it. */
  list: member.input(z.object({ node: id })).query(async ({ ctx, input }) => {
    const { grants } = (await call(ctx, 'listGrants', input)) as { grants: readonly Grant[] };
    const groups = grants.flatMap(({ group }) => group ?? []);
    const rows = await ctx.services.links.byIds(ctx.standing.organisation, groups);
    return { links: rows.map(viewOf) };
  }),

  /** For whoever may share the node, and for whoever made the link, whatever has become of the node. */
  revoke: member.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const { links, audit } = ctx.services;
    const [row] = await links.byIds(ctx.standing.organisation, [input.id]);
    if (!row) throw new CapabilityError('NOT_FOUND', 'There is no such link.', { field: 'id' });
    try {
      await call(ctx, 'take', { node: row.node, group: row.id });
    } catch (error) {
      if (row.created_by !== ctx.standing.id) throw error;
    }
    await links.revoke(row.id);
    await audit.add({ actor: ctx.actor, action: 'link.revoked', target: row.id, details: { node: row.node } });
    return {};
  }),
});

/** Calls the documents in the person's name, whose rights are then the provider's to see to. */
function call({ services, standing }: Context, name: 'give' | 'take' | 'listGrants', input: object): Promise<unknown> {
  const operation = documents.operations[name];
  return callOperation({ capability: documents, name, operation, input, services, standing });
}

function viewOf(row: LinkRow): LinkView {
  const { id: link, node, role } = row;
  return {
    ...{ id: link, node, role, hasPassword: row.password !== null },
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...{ createdBy: row.created_by, createdAt: row.created_at },
  };
}

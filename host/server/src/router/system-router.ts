import { CapabilityError } from '@valfri/core';
import { z } from 'zod';
import { operator, router } from './trpc.ts';

export const systemRouter = router({
  status: operator.query(({ ctx }) => {
    const { database, hub, version, publicUrl } = ctx.services;
    return {
      version,
      publicUrl,
      database: database.kind,
      connections: hub.connections,
      /** The level of isolation that plugins really have on this host. */
      isolation: 'trusted' as const,
      node: process.version,
    };
  }),

  audit: operator
    .input(z.object({ before: z.int().optional(), limit: z.int().min(1).max(200).default(50) }))
    .query(({ ctx, input }) => ctx.services.audit.read(input.before, input.limit)),

  verifyAudit: operator.query(({ ctx }) => ctx.services.audit.verify()),

  /** A link that signs in the operator with an address, for whoever has the machine: for the command line only. */
  signInLink: operator.input(z.object({ email: z.email() })).mutation(async ({ ctx, input }) => {
    if (ctx.actor !== 'cli') throw new CapabilityError('DENIED', 'Only the command line can do this.');
    await ctx.services.audit.add({ actor: ctx.actor, action: 'person.link', target: input.email });
    return { link: await ctx.services.accounts.signInLink(input.email) };
  }),
});

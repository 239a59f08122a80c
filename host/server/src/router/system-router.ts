import { CapabilityError } from '@valfri/core';
import { z } from 'zod';
import { lastBackup, roundTrip } from '../operations/state.ts';
import { operator, router } from './trpc.ts';

export const systemRouter = router({
  status: operator.query(async ({ ctx }) => {
    const { database, hub, version, publicUrl } = ctx.services;
    const backup = await lastBackup(database.db);
    return {
      version,
      publicUrl,
      database: database.kind,
      databaseMs: await roundTrip(database.db),
      ...(backup ? { backup } : {}),
      connections: hub.connections,
      /** The level of isolation that plugins really have on this host. */
      isolation: 'trusted' as const,
      node: process.version,
    };
  }),

  /** The audit trail, the newest first, narrowed to what is given. */
  audit: operator
    .input(
      z.object({
        before: z.int().optional().describe('Place of the last entry of the page before'),
        limit: z.int().min(1).max(200).default(50),
        area: z
          .string()
          .regex(/^[a-z]{1,40}$/, 'is not the first part of an action, such as "person"')
          .optional(),
        actor: z.union([z.uuid('is not an id'), z.enum(['host', 'cli'])]).optional(),
        target: z.string().max(100).optional(),
        since: z.int().min(0).optional(),
      }),
    )
    .query(({ ctx, input }) => ctx.services.audit.read(input)),

  verifyAudit: operator.query(({ ctx }) => ctx.services.audit.verify()),

  /** A link that signs in whoever has an address, for whoever has the machine: for the command line only. */
  signInLink: operator.input(z.object({ email: z.email() })).mutation(async ({ ctx, input: { email } }) => {
    const { people, accounts, audit } = ctx.services;
    if (ctx.actor !== 'cli') throw new CapabilityError('DENIED', 'Only the command line can do this.');
    const person = await people.byEmail(email);
    if (!person) throw new CapabilityError('NOT_FOUND', `Nobody here has the address ${email}.`, { field: 'email' });
    if (!(await people.standing(person.id)))
      throw new CapabilityError('CONFLICT', `${email} may not sign in any more. Ask an operator to let them in again.`);
    await audit.add({ actor: ctx.actor, action: 'person.link', target: person.id });
    return { link: await accounts.signInLink(person.email) };
  }),
});

import { CapabilityError } from '@valfri/core';
import { z } from 'zod';
import { APP_SCOPES } from '../accounts/app-passwords.ts';
import { member, router } from './trpc.ts';

/** Passwords that a person makes for programs of theirs. */
export const appPasswordsRouter = router({
  list: member.query(({ ctx }) => ctx.services.appPasswords.of(ctx.standing.id)),

  /** Makes one; the answer is the only time that it can be read. */
  make: member
    .input(
      z.object({
        name: z.string().trim().min(1, 'is empty').max(60, 'is too long: at most 60 characters'),
        scopes: z.array(z.enum(APP_SCOPES)).min(1).max(APP_SCOPES.length),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { appPasswords, accounts, audit } = ctx.services;
      if (await accounts.needsPassword(ctx.standing.id))
        throw new CapabilityError('DENIED', 'Choose a password of your own first.');
      const made = await appPasswords.make(ctx.standing.id, input);
      const { scopes } = input;
      await audit.add({ actor: ctx.actor, action: 'appPassword.made', target: made.id, details: { scopes } });
      return made;
    }),

  revoke: member.input(z.object({ id: z.uuid('is not an id') })).mutation(async ({ ctx, input }) => {
    const { appPasswords, audit } = ctx.services;
    if (!(await appPasswords.revoke(ctx.standing.id, input.id)))
      throw new CapabilityError('NOT_FOUND', 'There is no such app password.', { field: 'id' });
    await audit.add({ actor: ctx.actor, action: 'appPassword.revoked', target: input.id });
    return {};
  }),
});

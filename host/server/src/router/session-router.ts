import { CapabilityError } from '@valfri/core';
import { z } from 'zod';
import { type PasswordFault, passwordFault, type PasswordOwner } from '../accounts/password-rules.ts';
import { tokenIn } from '../accounts/sessions.ts';
import { MEMBERS_TOPIC } from '../live/topics.ts';
import { FIRST_EMAIL } from '../people/people.ts';
import { preferencesSchema } from '../people/preferences.ts';
import type { RequestContext } from './trpc.ts';
import { open, router, signedIn } from './trpc.ts';

/** What the shell needs to know before it draws anything. */
export interface SessionInfo {
  readonly organisation: string;
  readonly signedIn?: {
    readonly id: string;
    readonly name: string;
    readonly kind: 'member' | 'guest';
    readonly operator: boolean;
    readonly endsAt?: number;
    /** They came by a link and have yet to choose a password. */
    readonly needsPassword: boolean;
    /** They are the first operator and have yet to say under which address they sign in. */
    readonly needsEmail: boolean;
    /** They can sign in by a password of ours. */
    readonly hasPassword: boolean;
  };
  /** Other ways to sign in than by password. */
  readonly signInWith: readonly { readonly id: string; readonly name: string }[];
}

/** Who is signed in, if anybody. */
export async function sessionInfo({
  services,
  standing,
}: Pick<RequestContext, 'services' | 'standing'>): Promise<SessionInfo> {
  const { people, accounts, workspace, organisation } = services;
  const name = await people.organisationName(organisation);
  const signInWith = (workspace.signIn?.oidc ?? []).map(({ id, name: label }) => ({ id, name: label }));
  if (!standing) return { organisation: name, signInWith };
  const { id, kind, operator } = standing;
  const [person, needsPassword, hasPassword] = await Promise.all([
    people.get(organisation, id),
    accounts.needsPassword(id),
    accounts.hasPassword(id),
  ]);
  const ends = person.endsAt === undefined ? {} : { endsAt: person.endsAt };
  return {
    organisation: name,
    signInWith,
    signedIn: {
      id,
      name: person.name,
      kind,
      operator,
      needsPassword,
      hasPassword,
      needsEmail: person.email === FIRST_EMAIL,
      ...ends,
    },
  };
}

const newPassword = z
  .string()
  .min(12, 'is too short: at least 12 characters')
  .max(256, 'is too long: at most 256 characters');
const passwordInput = z.object({
  password: newPassword,
  name: z.string().trim().min(1, 'is empty').max(100).optional(),
  email: z
    .email('is not an e-mail address, such as "anna@example.org"')
    .max(200)
    .transform((text) => text.toLowerCase())
    .optional(),
});

const REFUSED: Readonly<Record<PasswordFault, string>> = {
  repeated: 'is the same over and over',
  sequence: 'is letters or keys in a row',
  common: 'is one of those that are tried first',
  personal: 'holds your name or address',
};

/** @throws INVALID with the reason where a password is easily guessed */
function mustBeGood(password: string, owner: PasswordOwner): void {
  const reason = passwordFault(password, owner);
  if (reason === undefined) return;
  const message = `password: ${REFUSED[reason]}. Take a few words that have nothing to do with each other.`;
  throw new CapabilityError('INVALID', message, { field: 'password', reason });
}

export const sessionRouter = router({
  info: open.query(({ ctx }) => sessionInfo(ctx)),

  /** Chooses a password after signing in by link, and a name where one is given; the first operator an address too. */
  choosePassword: signedIn.input(passwordInput).mutation(async ({ ctx, input }) => {
    const { accounts, people, audit } = ctx.services;
    const { id, organisation } = ctx.standing;
    if (!(await accounts.needsPassword(id)))
      throw new CapabilityError('CONFLICT', 'You have a password already. Change it in your settings.');
    const { email: known, name } = await people.get(organisation, id);
    if (known === FIRST_EMAIL && !input.email)
      throw new CapabilityError('INVALID', 'email: is missing. You sign in with it.', { field: 'email' });
    const email = known === FIRST_EMAIL ? input.email : undefined;
    mustBeGood(input.password, { email: email ?? known, name: input.name ?? name });
    await people.change(organisation, id, { name: input.name, email });
    if (email) await accounts.setEmail(id, email);
    await accounts.setPassword(input.password, ctx.headers);
    await endOtherSessions(ctx, id);
    await audit.add({ actor: ctx.actor, action: 'password.chosen', target: ctx.standing.id });
    return {};
  }),

  /** Changes the password by the present one; every other session of the person ends. */
  changePassword: signedIn
    .input(z.object({ current: z.string().min(1, 'is missing').max(256), password: newPassword }))
    .mutation(async ({ ctx, input }) => {
      const { accounts, people, audit } = ctx.services;
      const { id, organisation } = ctx.standing;
      mustBeGood(input.password, await people.get(organisation, id));
      await accounts.changePassword(id, { current: input.current, next: input.password }, ctx.headers);
      await endOtherSessions(ctx, id);
      await audit.add({ actor: ctx.actor, action: 'password.changed', target: id });
      return {};
    }),

  rename: signedIn
    .input(z.object({ name: z.string().trim().min(1, 'is empty').max(100) }))
    .mutation(async ({ ctx, input }) => {
      const { people, outbox, audit } = ctx.services;
      const { id, organisation } = ctx.standing;
      await people.change(organisation, id, { name: input.name });
      await audit.add({ actor: ctx.actor, action: 'person.renamed', target: id });
      await outbox.announceOwn([{ topic: MEMBERS_TOPIC, type: 'person.changed', data: { person: id } }]);
      return {};
    }),

  preferences: signedIn.query(({ ctx }) => ctx.services.preferences.of(ctx.standing.id)),

  changePreferences: signedIn.input(preferencesSchema).mutation(async ({ ctx, input }) => {
    await ctx.services.preferences.change(ctx.standing.id, input);
    return {};
  }),
});

/** Whoever chooses a password anew may have lost what the other sessions run on. */
async function endOtherSessions({ services, headers }: RequestContext, person: string): Promise<void> {
  await services.accounts.endSessions(person, tokenIn(headers.get('cookie') ?? undefined));
  await services.appPasswords.revokeAll(person);
  services.sessions.forget(person);
}

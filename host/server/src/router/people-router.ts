import { CapabilityError } from '@valfri/core';
import { z } from 'zod';
import { MEMBERS_TOPIC } from '../live/topics.ts';
import type { RequestContext } from './trpc.ts';
import { changing, member, operator, router, signedIn } from './trpc.ts';

const id = z.uuid('is not an id');
const name = z.string().trim().min(1, 'is empty').max(100, 'is too long: at most 100 characters');
const email = z
  .email('is not an e-mail address, such as "anna@example.org"')
  .max(200)
  .transform((text) => text.toLowerCase());
const endsAt = z.int().min(0).describe('Milliseconds since the epoch');

export const peopleRouter = router({
  search: member
    .input(z.object({ text: z.string().max(100).default(''), limit: z.int().min(1).max(100).default(20) }))
    .query(({ ctx, input }) => ctx.services.people.search(ctx.standing.organisation, input.text, input.limit)),

  byIds: signedIn
    .input(z.object({ ids: z.array(id).max(500) }))
    .query(({ ctx, input }) => ctx.services.people.byIds(ctx.standing.organisation, input.ids)),

  list: operator
    .input(
      z.object({
        text: z.string().trim().max(100).default('').describe('Part of the name or the address'),
        show: z.enum(['all', 'members', 'guests', 'operators', 'inactive']).default('all'),
        after: z.object({ name: z.string(), id }).optional(),
        limit: z.int().min(1).max(200).default(100),
      }),
    )
    .query(({ ctx, input }) => ctx.services.people.list(ctx.standing.organisation, input)),

  get: operator
    .input(z.object({ id }))
    .query(({ ctx, input }) => ctx.services.people.get(ctx.standing.organisation, input.id)),

  /** Lets somebody in; answers with a link that signs them in, to be handed to them. */
  add: operator
    .input(
      z
        .object({
          name,
          email,
          kind: z.enum(['member', 'guest']).default('member'),
          operator: z.boolean().default(false),
          endsAt: endsAt.optional(),
        })
        .refine(({ kind, endsAt: end }) => kind === 'member' || end !== undefined, {
          path: ['endsAt'],
          error: 'is missing: a guest needs an end date',
        })
        .refine(({ kind, operator: runs }) => kind === 'member' || !runs, {
          path: ['operator'],
          error: 'cannot be a guest',
        }),
    )
    .mutation(async ({ ctx, input }) => {
      const { people, accounts, audit } = ctx.services;
      if (input.endsAt !== undefined && input.endsAt <= Date.now())
        throw new CapabilityError('INVALID', 'endsAt: the end date has passed.', { field: 'endsAt' });
      const sponsor = input.kind === 'guest' ? ctx.standing.id : undefined;
      const person = await people.add({ ...input, organisation: ctx.services.organisation, sponsor });
      await accounts.add({ id: person, email: input.email, name: input.name });
      await audit.add({
        actor: ctx.actor,
        action: 'person.added',
        target: person,
        details: { kind: input.kind, operator: input.operator },
      });
      await announce(ctx, person);
      return { id: person, link: await accounts.signInLink(input.email) };
    }),

  change: operator
    .input(
      z.object({
        id,
        name: name.optional(),
        email: email.optional().describe('They sign in with it from now on'),
        operator: z.boolean().optional(),
        disabled: z.boolean().optional(),
        endsAt: endsAt.nullable().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { people, accounts, audit } = ctx.services;
      const { id: person, ...changes } = input;
      const { disabled, operator: runs, endsAt: ends } = changes;
      if (person === ctx.standing.id && (disabled || runs === false || typeof ends === 'number'))
        throw new CapabilityError('CONFLICT', 'You cannot lock yourself out. Ask another operator to do it.');
      const { kind } = await people.get(ctx.services.organisation, person);
      if (kind === 'guest' && runs)
        throw new CapabilityError('INVALID', 'operator: cannot be a guest.', { field: 'operator' });
      if (kind === 'guest' && ends === null)
        throw new CapabilityError('INVALID', 'endsAt: is missing: a guest needs an end date.', { field: 'endsAt' });
      await people.change(ctx.services.organisation, person, changes);
      if (changes.email !== undefined) await accounts.setEmail(person, changes.email);
      await audit.add({ actor: ctx.actor, action: actionOf(changes), target: person, details: detailsOf(changes) });
      await applyStanding(ctx, person);
      await announce(ctx, person);
      return {};
    }),

  /** Ends somebody's sessions on every device; they may sign in again. */
  signOut: operator.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const { people, audit } = ctx.services;
    await people.get(ctx.services.organisation, input.id);
    await audit.add({ actor: ctx.actor, action: 'person.signedOut', target: input.id });
    await endSessions(ctx, input.id, 'You were signed out by an operator.');
    return {};
  }),

  /** A new link for somebody who forgot the password; it signs in once and has them choose another. */
  link: operator.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const { people, accounts, audit } = ctx.services;
    const { email: address } = await people.get(ctx.services.organisation, input.id);
    await audit.add({ actor: ctx.actor, action: 'person.link', target: input.id });
    return { link: await accounts.signInLink(address) };
  }),
});

export const groupsRouter = router({
  list: member.query(({ ctx }) => ctx.services.groups.list(ctx.standing.organisation)),

  members: member
    .input(z.object({ id }))
    .query(({ ctx, input }) => ctx.services.groups.members(ctx.standing.organisation, input.id)),

  add: operator.input(z.object({ name })).mutation(async ({ ctx, input }) => {
    const group = await ctx.services.groups.add(ctx.services.organisation, input.name);
    await ctx.services.audit.add({ actor: ctx.actor, action: 'group.added', target: group });
    return { id: group };
  }),

  rename: operator.input(z.object({ id, name })).mutation(async ({ ctx, input }) => {
    await ctx.services.groups.rename(ctx.services.organisation, input.id, input.name);
    await ctx.services.audit.add({ actor: ctx.actor, action: 'group.renamed', target: input.id });
    return {};
  }),

  remove: changing.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    await ctx.services.groups.remove(ctx.services.organisation, input.id);
    await ctx.services.audit.add({ actor: ctx.actor, action: 'group.removed', target: input.id });
    return {};
  }),

  setMember: operator.input(z.object({ id, person: id, member: z.boolean() })).mutation(async ({ ctx, input }) => {
    const { groups, sessions, audit } = ctx.services;
    await groups.setMember(ctx.services.organisation, input.id, input.person, input.member);
    sessions.forget(input.person);
    const action = input.member ? 'group.joined' : 'group.left';
    await audit.add({ actor: ctx.actor, action, target: input.id, details: { person: input.person } });
    return {};
  }),
});

interface PersonChanges {
  readonly email?: string | undefined;
  readonly disabled?: boolean | undefined;
}

function actionOf({ disabled }: PersonChanges): string {
  if (disabled === undefined) return 'person.changed';
  return disabled ? 'person.disabled' : 'person.enabled';
}

/** An address is told of without being kept: what stands in the trail stands there for ever. */
function detailsOf({ email: address, ...rest }: PersonChanges): Readonly<Record<string, unknown>> {
  return address === undefined ? rest : { ...rest, emailChanged: true };
}

/** Who may no longer sign in is signed out everywhere, at once. */
async function applyStanding(ctx: RequestContext, person: string): Promise<void> {
  const { people, sessions } = ctx.services;
  sessions.forget(person);
  if (await people.standing(person)) return;
  await endSessions(ctx, person, 'Your access has ended.');
}

async function endSessions({ services }: RequestContext, person: string, reason: string): Promise<void> {
  const { accounts, appPasswords, sessions, hub } = services;
  await accounts.endSessions(person);
  await appPasswords.revokeAll(person);
  sessions.forget(person);
  for (const connection of hub.of(person)) connection.close(4401, reason);
}

async function announce({ services }: RequestContext, person: string): Promise<void> {
  await services.outbox.announceOwn([{ topic: MEMBERS_TOPIC, type: 'person.changed', data: { person } }]);
}

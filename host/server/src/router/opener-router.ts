import { CapabilityError } from '@valfri/core';
import { office, OFFICE_ACTIONS } from '@valfri/sdk';
import { z } from 'zod';
import type { GivenRule } from '../office/opener-rules.ts';
import type { HostServices } from '../services.ts';
import { changing, operator, router } from './trpc.ts';

const id = z.uuid('is not an id');
const rule = z.object({
  extension: z.string().regex(/^(\*|[a-z0-9]{1,16})$/, 'is no ending of a file name, such as "docx", nor *'),
  action: z.enum(OFFICE_ACTIONS).optional(),
  group: id.optional(),
  instance: z.string().max(40),
});

/** Which editor opens what: the first rule that fits decides. */
export const openerRouter = router({
  list: operator.query(({ ctx }) => ctx.services.openers.all()),

  add: changing.input(rule).mutation(async ({ ctx, input }) => {
    const { openers, audit } = ctx.services;
    const given = await checked(ctx.services, input);
    const added = await openers.add(given);
    await audit.add({ actor: ctx.actor, action: 'opener.added', target: added, details: { ...given } });
    return { id: added };
  }),

  change: changing.input(rule.extend({ id })).mutation(async ({ ctx, input: { id: changed, ...given } }) => {
    const { openers, audit } = ctx.services;
    const next = await checked(ctx.services, given);
    await openers.change(changed, next);
    await audit.add({ actor: ctx.actor, action: 'opener.changed', target: changed, details: { ...next } });
    return {};
  }),

  remove: changing.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const { openers, audit } = ctx.services;
    await openers.remove(input.id);
    await audit.add({ actor: ctx.actor, action: 'opener.removed', target: input.id });
    return {};
  }),

  order: changing.input(z.object({ ids: z.array(id).max(1_000) })).mutation(async ({ ctx, input }) => {
    const { openers, audit, organisation } = ctx.services;
    await openers.order(input.ids);
    await audit.add({ actor: ctx.actor, action: 'opener.ordered', target: organisation });
    return {};
  }),
});

/** @throws NOT_FOUND where there is no such editor or group. */
async function checked(
  { runtime, groups, organisation }: HostServices,
  { extension, action, group, instance }: z.output<typeof rule>,
): Promise<GivenRule> {
  if (!runtime.all.some(({ id: known, capability }) => known === instance && capability === office.id))
    throw new CapabilityError('NOT_FOUND', `There is no editor "${instance}".`, { field: 'instance' });
  if (group !== undefined && !(await groups.list(organisation)).some(({ id: known }) => known === group))
    throw new CapabilityError('NOT_FOUND', 'There is no such group.', { field: 'group' });
  return { extension, instance, ...(action ? { action } : {}), ...(group ? { group } : {}) };
}

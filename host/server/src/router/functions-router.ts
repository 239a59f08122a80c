import { type BindingScope, CapabilityError, type Instance, PluginError, typesOwnedBy } from '@valfri/core';
import { z } from 'zod';
import { checkSettings, secretSettings } from '../runtime/manifests.ts';
import type { HostServices } from '../services.ts';
import { changing, operator, router, signedIn } from './trpc.ts';

const instanceId = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'is not lower-case words joined by hyphens, such as "chat-main"')
  .max(40, 'is too long: at most 40 characters');
const scope = z.union([
  z.object({ kind: z.literal('default') }),
  z.object({ kind: z.enum(['organisation', 'group', 'resource']), id: z.uuid('is not an id') }),
]);

export const functionsRouter = router({
  /** What the person can count on, function by function; no provider's name. */
  features: signedIn.query(({ ctx }) => featuresFor(ctx.services, ctx.standing)),

  /** Every function that a plugin of the composition provides, who serves it where, and who could. */
  list: operator.query(async ({ ctx }) => {
    const { kernel, runtime } = ctx.services;
    const health = new Map(
      await Promise.all(runtime.all.map(async ({ id }) => [id, await runtime.health(id)] as const)),
    );
    const offered = new Set(
      [...ctx.services.plugins.values()].flatMap(({ manifest }) => manifest.provides.map((each) => each.capability)),
    );
    for (const { capability } of kernel.bindings.all) offered.add(capability);
    const capabilities = [...kernel.capabilities.values()].filter(({ id }) => offered.has(id));
    return capabilities.map(({ id, major, minor, summary, swap }) => ({
      ...{ id, major, minor, summary, swap },
      bindings: kernel.bindings.all.filter(({ capability }) => capability === id),
      instances: runtime.all
        .filter(({ capability }) => capability === id)
        .map((state) => describe(ctx.services, state.id, health.get(state.id))),
    }));
  }),

  /** How many records of each kind a provider holds now, so that an operator sees what is at stake. */
  counts: operator.input(z.object({ instance: instanceId })).query(({ ctx, input }) => {
    const instance = ctx.services.kernel.instances.get(input.instance);
    if (!instance) throw noInstance(input.instance);
    return countsOf(instance);
  }),

  /** The plugins of the composition, as their manifests describe them. */
  plugins: operator.query(({ ctx }) => [...ctx.services.plugins.values()].map(({ manifest }) => manifest)),

  /** Asks a provider on behalf of a page of its own. Any question may change or show something, so each is written down. */
  ask: operator
    .input(
      z.object({
        instance: instanceId,
        page: z.string().max(40),
        name: z
          .string()
          .regex(/^[a-z][\w-]*$/i, 'is not a word')
          .max(40),
        data: z.unknown(),
      }),
    )
    .mutation(async ({ ctx, input: { instance, page, name, data = null } }) => {
      const { runtime, audit } = ctx.services;
      const entry = { actor: ctx.actor, action: 'instance.asked', target: instance, details: { page, question: name } };
      const [answer] = await Promise.all([
        runtime.ask(instance, { page, name, data, person: ctx.standing.id }),
        audit.add(entry),
      ]);
      return { answer };
    }),

  /** Puts a provider to work that serves nobody yet. */
  addInstance: changing
    .input(
      z.object({
        id: instanceId,
        plugin: z.string(),
        title: z.string().trim().min(1, 'is empty').max(100),
        settings: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { runtime, instances, audit } = ctx.services;
      if (runtime.all.some(({ id }) => id === input.id))
        throw new CapabilityError('CONFLICT', `There is a provider "${input.id}" already.`, { field: 'id' });
      const { manifest } = runtime.plugin(input.plugin);
      checkSettings(input.id, manifest, input.settings);
      await instances.keep(input, manifest);
      await runtime.start(input);
      await audit.add({
        actor: ctx.actor,
        action: 'instance.added',
        target: input.id,
        details: { plugin: input.plugin },
      });
      const failure = runtime.all.find(({ id }) => id === input.id)?.failure;
      return { id: input.id, ...(failure === undefined ? {} : { failure }) };
    }),

  /** Changes a provider's title or settings; secrets that are left out stay as they are. It is stopped and started. */
  changeInstance: changing
    .input(
      z.object({
        id: instanceId,
        title: z.string().trim().min(1).max(100).optional(),
        settings: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { runtime, instances, swaps, audit } = ctx.services;
      const known = (await instances.all()).find(({ id }) => id === input.id);
      if (!known) throw noInstance(input.id);
      if (known.unreadable && !input.settings)
        throw new CapabilityError('CONFLICT', 'Its secret settings cannot be read. Enter them again with the change.');
      // One that does not run can only be mended, and a move that waits for it goes on then.
      const runs = runtime.all.some(({ id, failure }) => id === input.id && failure === undefined);
      if (runs && (await swaps.involves(input.id))) throw busy(input.id);
      const { manifest } = runtime.plugin(known.plugin);
      const secrets = Object.fromEntries(secretSettings(manifest).map((name) => [name, known.settings[name]]));
      const settings = input.settings ? { ...secrets, ...input.settings } : known.settings;
      checkSettings(input.id, manifest, settings);
      const changed = { id: known.id, plugin: known.plugin, title: input.title ?? known.title, settings };
      await instances.keep(changed, manifest);
      await runtime.stop(input.id);
      await runtime.start(changed);
      await swaps.resume();
      await audit.add({ actor: ctx.actor, action: 'instance.changed', target: input.id });
      return {};
    }),

  /** Takes a provider out that serves nobody; with its data where that is said. */
  removeInstance: changing
    .input(z.object({ id: instanceId, eraseData: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      const { runtime, instances, swaps, bindings, audit } = ctx.services;
      if ((await bindings.all()).some(({ instance }) => instance === input.id))
        throw new CapabilityError('CONFLICT', `"${input.id}" is in use. Move the function to another provider first.`);
      if (await swaps.involves(input.id)) throw busy(input.id);
      await runtime.stop(input.id);
      await instances.remove(input.id);
      if (input.eraseData) await runtime.dropData(input.id);
      await audit.add({
        actor: ctx.actor,
        action: 'instance.removed',
        target: input.id,
        details: { erased: input.eraseData },
      });
      return {};
    }),

  /**
   * Chooses who serves a function for a scope that has no choice of its own yet, from now on; nothing is moved. To
   * change a choice that is there, plan a move.
   */
  bind: changing
    .input(z.object({ capability: z.string(), scope, instance: instanceId }))
    .mutation(async ({ ctx, input }) => {
      const { kernel, bindings, runtime, outbox, audit, organisation } = ctx.services;
      kernel.capability(input.capability);
      if (!runtime.all.some(({ id, capability }) => id === input.instance && capability === input.capability))
        throw noInstance(input.instance);
      const wanted = input.scope as BindingScope;
      await requireScope(ctx.services, wanted);
      const taken = kernel.bindings.all.find(
        ({ capability, scope: other }) => capability === input.capability && sameScope(other, wanted),
      );
      if (taken) {
        throw new PluginError('VF_ERR_BINDING_DUPLICATE', {
          given: `"${input.instance}" beside "${taken.instance}" for ${input.capability}`,
          due: 'one provider for each capability and scope',
          remedy: 'Plan a move from the one to the other, so that nothing is lost.',
        });
      }
      await bindings.put({ capability: input.capability, scope: wanted, instance: input.instance });
      kernel.bind(await bindings.all());
      await outbox.announceOwn([
        { topic: organisation, type: 'binding.changed', data: { capability: input.capability } },
      ]);
      await audit.add({
        actor: ctx.actor,
        action: 'binding.added',
        target: input.capability,
        details: { scope: wanted, instance: input.instance },
      });
      return {};
    }),

  /**
   * Takes a group's own choice back, so that it follows everybody else. Refused where that would change who serves
   * it, and so hide what was written there: a move comes first.
   */
  unbind: changing
    .input(
      z.object({ capability: z.string(), scope: z.object({ kind: z.literal('group'), id: z.uuid('is not an id') }) }),
    )
    .mutation(async ({ ctx, input: { capability, scope: given } }) => {
      const { kernel, bindings, outbox, audit, organisation } = ctx.services;
      const own = kernel.bindings.all.find((each) => each.capability === capability && sameScope(each.scope, given));
      if (!own) throw new CapabilityError('NOT_FOUND', 'The group has no choice of its own.', { field: 'scope' });
      if (kernel.bindings.resolve(capability, { organisation })?.instance !== own.instance)
        throw new CapabilityError(
          'CONFLICT',
          `"${own.instance}" serves this group alone. Move it to the provider of everybody else first.`,
        );
      await bindings.remove(capability, given);
      kernel.bind(await bindings.all());
      await outbox.announceOwn([{ topic: organisation, type: 'binding.changed', data: { capability } }]);
      await audit.add({ actor: ctx.actor, action: 'binding.removed', target: capability, details: { scope: given } });
      return {};
    }),
});

/** Features by capability, in force for a person. */
export function featuresFor(
  services: HostServices,
  standing: { organisation: string; groups: readonly string[] },
): Record<string, { generation: number; features: Readonly<Record<string, unknown>> } | null> {
  const scopeOf = { organisation: standing.organisation, groups: standing.groups };
  return Object.fromEntries(
    [...services.kernel.capabilities.keys()].map((id) => {
      const bound = services.kernel.features(id, scopeOf);
      return [id, bound ? { generation: bound.generation, features: bound.features } : null];
    }),
  );
}

function describe(
  { kernel, runtime, pages }: HostServices,
  id: string,
  health: { ok: boolean; message?: string | undefined } | undefined,
) {
  const { plugin, title, settings, failure } = runtime.all.find((state) => state.id === id)!;
  const { manifest } = runtime.plugin(plugin);
  const hidden = new Set(secretSettings(manifest));
  const shown = Object.fromEntries(Object.entries(settings).filter(([name]) => !hidden.has(name)));
  const features = kernel.instances.get(id)?.provider.features ?? {};
  return {
    id,
    plugin,
    title,
    settings: shown,
    features,
    pages: pages.of(id).filter(({ kind }) => kind === 'page'),
    health: failure ? { ok: false, message: failure } : (health ?? { ok: false }),
  };
}

async function countsOf({ capability, provider }: Instance): Promise<Record<string, number>> {
  const { portability, features } = provider;
  if (!portability) return {};
  const held = typesOwnedBy(capability, 'provider', features);
  const counts = await Promise.all(held.map(async (type) => [type, (await portability.digest(type)).count] as const));
  return Object.fromEntries(counts);
}

/** A choice for a group that is not there, or for another organisation, could never be taken back. */
async function requireScope({ groups, organisation }: HostServices, scope: BindingScope): Promise<void> {
  const known =
    scope.kind === 'group'
      ? (await groups.list(organisation)).some(({ id }) => id === scope.id)
      : scope.kind !== 'organisation' || scope.id === organisation;
  if (!known)
    throw new CapabilityError('NOT_FOUND', `There is no such ${scope.kind}. Choose one that there is.`, {
      field: 'scope',
    });
}

function sameScope(a: BindingScope, b: BindingScope): boolean {
  return a.kind === b.kind && (a.kind === 'default' || a.id === (b as { id: string }).id);
}

function noInstance(id: string): CapabilityError {
  return new CapabilityError('NOT_FOUND', `There is no provider "${id}" of this function.`, { field: 'instance' });
}

function busy(id: string): CapabilityError {
  return new CapabilityError('CONFLICT', `"${id}" takes part in a move. Finish or roll back that move first.`);
}

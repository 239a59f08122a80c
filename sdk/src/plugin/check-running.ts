import { type Announcement, type AnyProvider, type CapabilityDefinition, PluginError } from '@valfri/core';
import type { RunningPlugin } from './plugin.ts';

/** The provider of a capability that a plugin started with. @throws VF_ERR_START where it gave none. */
export function providerOf(plugin: string, capability: string, running: RunningPlugin | undefined): AnyProvider {
  const provider = running?.providers?.[capability];
  if (provider?.features && provider.operations) return provider;
  throw new PluginError('VF_ERR_START', {
    given: `"${plugin}" started without a provider of ${capability}`,
    due: 'one for each capability that its manifest provides',
    remedy: 'Return it from start(), as { providers: { … } }, or take it out of the manifest.',
  });
}

/**
 * The capability whose event an announcement is, and what its contract knows of it.
 * @throws VF_ERR_EVENT where it is none of theirs, or not as the contract says.
 */
export function checkAnnouncement(
  instance: string,
  capabilities: readonly CapabilityDefinition[],
  { type, data }: Announcement,
  as: 'kept' | 'ephemeral',
): { readonly capability: CapabilityDefinition; readonly announcement: Announcement } {
  const fail = (given: string, due: string): never => {
    throw new PluginError('VF_ERR_EVENT', {
      given: `instance "${instance}" announced ${given}`,
      due,
      remedy: 'Follow the contract.',
    });
  };
  const capability = capabilities.find(({ events }) => Object.hasOwn(events, type));
  const event = capability?.events[type];
  if (!capability || !event) return fail(`"${type}"`, 'an event of a contract that it provides');
  if ((event.ephemeral ?? false) !== (as === 'ephemeral'))
    return fail(`"${type}" as ${as}`, event.ephemeral ? 'signal(): it is not kept' : 'announce(): it is kept');
  const parsed = event.payload.safeParse(data);
  if (parsed.success) return { capability, announcement: { type, data: parsed.data } as Announcement };
  const [issue] = parsed.error.issues;
  return fail(`"${type}" with ${issue?.path.join('.')}: ${issue?.message}`, 'a payload after the contract');
}

import { Bindings, type CapabilityDefinition, PluginError } from '@valfri/core';
import type { Manifest } from '@valfri/sdk';
import { checkInstanceId } from '@valfri/sdk/server';
import type { Workspace } from '../workspace.ts';
import { checkPlugin, checkPlugins, checkSettings } from './manifests.ts';

/** What was found out about a composition without starting anything. */
export interface Composition {
  /** The manifests that are in order. */
  readonly manifests: readonly Manifest[];
  /** Everything that is wrong, each with its code, what was given, and the remedy. */
  readonly faults: readonly Error[];
}

type Capabilities = ReadonlyMap<string, CapabilityDefinition>;

/** Looks a composition over: manifests, instances and their settings, who serves what. */
export function examine(workspace: Workspace, capabilities: Capabilities): Composition {
  const faults: Error[] = [];
  const tried = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      faults.push(error as Error);
      return undefined;
    }
  };
  const { plugins, instances, bindings } = workspace;
  const manifests = plugins.flatMap((plugin) => tried(() => checkPlugin(plugin, capabilities)) ?? []);
  if (manifests.length === plugins.length) tried(() => checkPlugins(plugins, capabilities));
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
  tried(() => requireDifferentIds(instances.map(({ id }) => id)));
  // What a manifest that is not in order calls itself: its instances are not to blame.
  const named = plugins.map(({ manifest }) => String((manifest as { id?: unknown } | null)?.id));
  for (const { id, plugin, settings = {} } of instances) {
    tried(() => checkInstanceId(id));
    const manifest = byId.get(plugin);
    if (manifest) tried(() => checkSettings(id, manifest, settings));
    else if (!named.includes(plugin)) faults.push(unknownPlugin(id, plugin, named));
  }
  tried(() => new Bindings(bindings.map((each) => ({ scope: { kind: 'default' }, generation: 1, ...each }))));
  for (const binding of bindings) tried(() => checkBinding(workspace, capabilities, binding));
  return { manifests, faults };
}

/**
 * What must be in order before a host starts. Settings are not among it: an instance whose settings are wrong does not
 * start, and the rest does.
 * @throws the first fault.
 */
export function requireSound(workspace: Workspace, capabilities: Capabilities): void {
  const { faults } = examine(workspace, capabilities);
  const grave = faults.find((fault) => {
    const { code, field } = fault as PluginError;
    return code !== 'VF_ERR_INSTANCE_CONFIG' || field === 'id';
  });
  if (grave) throw grave;
}

function requireDifferentIds(ids: readonly string[]): void {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice === undefined) return;
  throw new PluginError('VF_ERR_INSTANCE_DUPLICATE', {
    given: `"${twice}" twice`,
    due: 'an id of its own for each instance',
    remedy: 'Rename one of the two.',
  });
}

function unknownPlugin(instance: string, plugin: string, known: readonly string[]): PluginError {
  return new PluginError('VF_ERR_PLUGIN_UNKNOWN', {
    given: `instance "${instance}" names "${plugin}"`,
    due: `one of ${known.join(', ') || 'none'}`,
    remedy: 'Add the plugin to the composition, or correct the name.',
  });
}

function checkBinding(
  { instances }: Workspace,
  capabilities: Capabilities,
  { capability, instance }: { readonly capability: string; readonly instance: string },
): void {
  if (!capabilities.has(capability))
    throw new PluginError('VF_ERR_CAPABILITY_UNKNOWN', {
      given: `a binding names "${capability}"`,
      due: `one of ${[...capabilities.keys()].join(', ')}`,
      remedy: 'Correct the name, or install a host that knows the capability.',
    });
  if (!instances.some(({ id }) => id === instance))
    throw new PluginError('VF_ERR_INSTANCE_UNKNOWN', {
      given: `${capability} is bound to "${instance}"`,
      due: `one of ${instances.map(({ id }) => id).join(', ') || 'none'}`,
      remedy: 'Declare the instance, or correct the name.',
    });
}

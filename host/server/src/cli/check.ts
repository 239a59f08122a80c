import { Bindings, type CapabilityDefinition } from '@valfri/core';
import { chat } from '@valfri/sdk';
import { checkManifest, checkPlugins, checkSettings } from '../runtime/manifests.ts';
import type { Workspace } from '../workspace.ts';

/** What a check found. */
export interface CheckReport {
  readonly plugins: readonly { readonly id: string; readonly version: string; readonly provides: readonly string[] }[];
  /** Everything that is wrong, each with its code, the field, and the remedy. */
  readonly faults: readonly string[];
}

/** Checks a composition without starting anything. */
export function checkWorkspace(workspace: Workspace): CheckReport {
  const capabilities = new Map((workspace.capabilities ?? [chat]).map((capability) => [capability.id, capability]));
  const faults: string[] = [];
  const tried = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      faults.push((error as Error).message);
      return undefined;
    }
  };
  const manifests = workspace.plugins.flatMap(
    ({ manifest }) => tried(() => checkManifest(manifest, capabilities)) ?? [],
  );
  if (manifests.length === workspace.plugins.length) tried(() => checkPlugins(workspace.plugins, capabilities));
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
  for (const { id, plugin, settings = {} } of workspace.instances) {
    const manifest = byId.get(plugin);
    if (manifest) tried(() => checkSettings(id, manifest, settings));
    else
      faults.push(
        `VF_ERR_PLUGIN_UNKNOWN: instance "${id}" names the plugin "${plugin}", which is not in the composition or has a faulty manifest.`,
      );
  }
  const bindings = workspace.bindings.map(({ capability, instance, scope = { kind: 'default' as const } }) => ({
    capability,
    instance,
    scope,
    generation: 1,
  }));
  tried(() => new Bindings(bindings));
  for (const binding of bindings) faults.push(...bindingFaults(workspace, capabilities, binding));
  return {
    plugins: manifests.map(({ id, version, provides }) => ({
      id,
      version,
      provides: provides.map(({ capability, major }) => `${capability} ${major}`),
    })),
    faults,
  };
}

function bindingFaults(
  { instances }: Workspace,
  capabilities: ReadonlyMap<string, CapabilityDefinition>,
  { capability, instance }: { capability: string; instance: string },
): string[] {
  return [
    ...(capabilities.has(capability)
      ? []
      : [
          `VF_ERR_CAPABILITY_UNKNOWN: a binding names "${capability}"; due is one of ${[...capabilities.keys()].join(', ')}.`,
        ]),
    ...(instances.some(({ id }) => id === instance)
      ? []
      : [`VF_ERR_INSTANCE_UNKNOWN: ${capability} is bound to "${instance}", which is no declared instance.`]),
  ];
}

import { type CapabilityDefinition, PluginError } from '@valfri/core';
import { type Manifest, manifestSchema, type Plugin } from '@valfri/sdk';
import { z } from 'zod';
import { checkPages } from '../pages/page-files.ts';

/** A plugin whose manifest was found good. */
export interface CheckedPlugin {
  readonly manifest: Manifest;
  readonly plugin: Plugin;
}

/**
 * Checks the manifests of a composition.
 * @throws VF_ERR_MANIFEST, VF_ERR_PLUGIN_DUPLICATE, VF_ERR_CAPABILITY_UNKNOWN, VF_ERR_CAPABILITY_VERSION
 */
export function checkPlugins(
  plugins: readonly Plugin[],
  capabilities: ReadonlyMap<string, CapabilityDefinition>,
): ReadonlyMap<string, CheckedPlugin> {
  const checked = new Map<string, CheckedPlugin>();
  for (const plugin of plugins) {
    const manifest = checkPlugin(plugin, capabilities);
    if (checked.has(manifest.id)) {
      throw new PluginError('VF_ERR_PLUGIN_DUPLICATE', {
        given: `"${manifest.id}" twice`,
        due: 'an id of its own for each plugin',
        remedy: 'Remove one of the two from the composition.',
      });
    }
    checked.set(manifest.id, { manifest, plugin });
  }
  return checked;
}

/** Checks the manifest of one plugin, and that what it names is in its package. */
export function checkPlugin(plugin: Plugin, capabilities: ReadonlyMap<string, CapabilityDefinition>): Manifest {
  const manifest = checkManifest(plugin.manifest, capabilities);
  checkPages(plugin, manifest);
  return manifest;
}

/** Checks one manifest against its schema and the contracts that the host knows. */
export function checkManifest(given: unknown, capabilities: ReadonlyMap<string, CapabilityDefinition>): Manifest {
  const parsed = manifestSchema.safeParse(given);
  const id = String((given as { id?: unknown } | null)?.id ?? 'a plugin');
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PluginError('VF_ERR_MANIFEST', {
      given: `${id}: ${issue?.path.join('.') || 'manifest'} ${issue?.message}`,
      due: 'a manifest after its JSON Schema',
      remedy: 'See docs/build/manifest.md.',
    });
  }
  for (const { capability, major } of [...parsed.data.provides, ...parsed.data.uses]) {
    checkCapability(id, capability, major, capabilities);
  }
  return parsed.data;
}

function checkCapability(
  id: string,
  name: string,
  major: number,
  capabilities: ReadonlyMap<string, CapabilityDefinition>,
): void {
  const capability = capabilities.get(name);
  if (!capability) {
    throw new PluginError('VF_ERR_CAPABILITY_UNKNOWN', {
      given: `${id} names "${name}"`,
      due: `one of ${[...capabilities.keys()].join(', ')}`,
      remedy: 'Correct the name, or install a host that knows the capability.',
    });
  }
  if (capability.major !== major) {
    throw new PluginError('VF_ERR_CAPABILITY_VERSION', {
      given: `${id} is written for ${name} ${major}`,
      due: `${name} ${capability.major}`,
      remedy: 'Install the version of the plugin that fits this host.',
    });
  }
}

/** Settings after the schema in a manifest. @throws VF_ERR_INSTANCE_CONFIG with the field at fault. */
export function checkSettings(
  instance: string,
  manifest: Manifest,
  settings: unknown,
): Readonly<Record<string, unknown>> {
  const parsed = z.fromJSONSchema(manifest.settings as Parameters<typeof z.fromJSONSchema>[0]).safeParse(settings);
  if (parsed.success) return parsed.data as Readonly<Record<string, unknown>>;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'settings';
  throw new PluginError('VF_ERR_INSTANCE_CONFIG', {
    given: `instance "${instance}": ${field}: ${issue?.message}`,
    due: `settings after the manifest of ${manifest.id}`,
    remedy: `Correct "${field}".`,
    field: issue?.path.length ? `settings.${field}` : 'settings',
  });
}

/** Names of the settings that a manifest marks as secret. */
export function secretSettings(manifest: Manifest): readonly string[] {
  const properties = (manifest.settings['properties'] ?? {}) as Record<string, { writeOnly?: boolean }>;
  return Object.entries(properties).flatMap(([name, { writeOnly }]) => (writeOnly ? [name] : []));
}

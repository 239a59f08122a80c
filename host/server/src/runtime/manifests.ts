import { type CapabilityDefinition, PluginError } from '@valfri/core';
import type { Manifest, Plugin } from '@valfri/sdk';
import { checkManifest, checkSettings } from '@valfri/sdk/server';
import { checkPages } from '../pages/page-files.ts';

export { checkManifest, checkSettings };

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

/** Names of the settings that a manifest marks as secret. */
export function secretSettings(manifest: Manifest): readonly string[] {
  const properties = (manifest.settings['properties'] ?? {}) as Record<string, { writeOnly?: boolean }>;
  return Object.entries(properties).flatMap(([name, { writeOnly }]) => (writeOnly ? [name] : []));
}

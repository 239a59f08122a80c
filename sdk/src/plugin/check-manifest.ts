import { type CapabilityDefinition, PluginError } from '@valfri/core';
import { z } from 'zod';
import { type Manifest, manifestSchema } from './manifest.ts';

type Capabilities = ReadonlyMap<string, CapabilityDefinition>;
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/**
 * Checks a manifest against its schema and the contracts that a host knows, and fills its defaults in.
 * @throws VF_ERR_MANIFEST, VF_ERR_CAPABILITY_UNKNOWN, VF_ERR_CAPABILITY_VERSION
 */
export function checkManifest(given: unknown, capabilities: Capabilities): Manifest {
  const parsed = manifestSchema.safeParse(given);
  const id = String((given as { id?: unknown } | null)?.id ?? 'a plugin');
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw manifestFault(id, issue?.path.join('.') || 'manifest', String(issue?.message));
  }
  const { provides, uses, settings } = parsed.data;
  if (provides.length + uses.length === 0) throw manifestFault(id, 'provides', 'names no capability, and uses neither');
  for (const { capability, major } of [...provides, ...uses]) checkCapability(id, capability, major, capabilities);
  for (const [name, fault] of settingFaults(settings)) throw manifestFault(id, `settings.properties.${name}`, fault);
  return parsed.data;
}

function manifestFault(id: string, field: string, what: string): PluginError {
  return new PluginError('VF_ERR_MANIFEST', {
    given: `${id}: ${field} ${what}`,
    due: ruleOf(field),
    remedy: `Correct "${field}" in the manifest; docs/build/manifest.md of the host's repository has every field.`,
    field,
  });
}

interface Described {
  readonly type?: string;
  readonly description?: string;
  readonly items?: Described;
  readonly properties?: Readonly<Record<string, Described>>;
}

/** What the schema says of a field, in words. */
function ruleOf(field: string): string {
  const whole = z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' }) as Described;
  let at: Described | undefined = whole;
  let said: string | undefined;
  for (const part of field.split('.')) {
    at = /^\d+$/.test(part) ? at?.items : at?.properties?.[part];
    said = at?.description ?? at?.type ?? said;
  }
  if (field.startsWith('settings.')) return 'a JSON Schema of the setting';
  return said ?? `an object with ${Object.keys(whole.properties ?? {}).join(', ')}, and nothing else`;
}

/** The settings whose JSON Schema is none, and why. */
function settingFaults(settings: Manifest['settings']): [string, string][] {
  const properties = (settings['properties'] ?? {}) as Record<string, unknown>;
  return Object.entries(properties).flatMap(([name, schema]) => {
    try {
      z.fromJSONSchema({ ...settings, required: [], properties: { [name]: schema } } as JsonSchema);
      return [];
    } catch (error) {
      return [[name, `is no JSON Schema: ${(error as Error).message}`]];
    }
  });
}

function checkCapability(id: string, name: string, major: number, capabilities: Capabilities): void {
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

const INSTANCE_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** @throws VF_ERR_INSTANCE_CONFIG where an id cannot be that of an instance. */
export function checkInstanceId(id: string): void {
  if (INSTANCE_ID.test(id) && id.length <= 40) return;
  throw new PluginError('VF_ERR_INSTANCE_CONFIG', {
    given: `an instance with the id "${id}"`,
    due: 'lower-case words joined by hyphens, such as "chat-main", at most 40 characters',
    remedy: 'Rename it.',
    field: 'id',
  });
}

/**
 * Settings after the schema in a manifest, with its defaults.
 * @throws VF_ERR_INSTANCE_CONFIG with the first field at fault, and every fault in the message.
 */
export function checkSettings(
  instance: string,
  manifest: Manifest,
  settings: unknown,
): Readonly<Record<string, unknown>> {
  const parsed = z.fromJSONSchema(manifest.settings as JsonSchema).safeParse(settings);
  if (parsed.success) return parsed.data as Readonly<Record<string, unknown>>;
  const known = Object.keys((manifest.settings['properties'] ?? {}) as object);
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, known));
  const [first] = faults;
  throw new PluginError('VF_ERR_INSTANCE_CONFIG', {
    given: `instance "${instance}": ${faults.map(({ field, what }) => `${field}: ${what}`).join('; ')}`,
    due: `settings after the manifest of ${manifest.id}`,
    remedy: `Correct "${first?.field}".`,
    field: first && first.field !== 'settings' ? `settings.${first.field}` : 'settings',
  });
}

function faultsOf(issue: z.core.$ZodIssue, known: readonly string[]): readonly { field: string; what: string }[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.') || 'settings', what: issue.message }];
  const what = path.length > 0 ? 'there is no such setting' : `there is no such setting; there is ${known.join(', ')}`;
  return issue.keys.map((key) => ({ field: [...path, key].join('.'), what }));
}

import type { CapabilityDefinition } from './capability.ts';
import { disposable } from './disposable.ts';
import { Fence } from './fence.ts';
import type { Portability } from './portability.ts';
import { PluginError, type PluginErrorCode } from './plugin-errors.ts';
import type { AnyProvider, Provider } from './provider.ts';

/** A provider at work: a plugin with one configuration. */
export interface Instance {
  readonly id: string;
  /** Id of its plugin. */
  readonly plugin: string;
  readonly capability: CapabilityDefinition;
  readonly provider: Provider;
  /** Holds writes while it is being swapped. */
  readonly fence: Fence;
}

/** A provider to put to work. */
export type NewInstance = Omit<Instance, 'fence' | 'provider'> & { readonly provider: AnyProvider };

/** The providers at work, by id. */
export class Instances {
  readonly #byId = new Map<string, Instance>();

  get all(): readonly Instance[] {
    return [...this.#byId.values()];
  }

  get(id: string): Instance | undefined {
    return this.#byId.get(id);
  }

  /**
   * Puts a provider to work once it has been held against its contract.
   * @throws VF_ERR_INSTANCE_DUPLICATE, VF_ERR_FEATURE_UNKNOWN, VF_ERR_FEATURE_PARAMETERS, VF_ERR_OPERATION_MISSING,
   * VF_ERR_PORTABILITY_MISSING
   */
  add(given: NewInstance): Disposable {
    const instance = { ...given, provider: given.provider as Provider };
    const { id } = instance;
    if (this.#byId.has(id)) {
      throw new PluginError('VF_ERR_INSTANCE_DUPLICATE', {
        given: `"${id}" twice`,
        due: 'an id of its own for each instance',
        remedy: 'Rename one of the two.',
      });
    }
    checkProvider(instance);
    this.#byId.set(id, { ...instance, fence: new Fence() });
    return disposable(() => this.#byId.delete(id));
  }
}

function checkProvider({ id, capability, provider }: Omit<Instance, 'fence'>): void {
  const fail = (code: PluginErrorCode, given: string, due: string, remedy: string): never => {
    throw new PluginError(code, { given: `instance "${id}": ${given}`, due, remedy });
  };
  for (const [name, parameters] of Object.entries(provider.features)) {
    const schema = capability.features[name];
    const known = Object.keys(capability.features).join(', ');
    if (!schema) return fail('VF_ERR_FEATURE_UNKNOWN', `feature "${name}"`, `one of ${known}`, 'Remove or rename it.');
    const parsed = schema.safeParse(parameters);
    if (!parsed.success)
      fail(
        'VF_ERR_FEATURE_PARAMETERS',
        `${name}: ${parsed.error.issues[0]?.message}`,
        'parameters after the contract',
        'Correct them.',
      );
  }
  const operations = provider.operations as Record<string, unknown>;
  for (const [name, { feature }] of Object.entries(capability.operations)) {
    if (feature !== undefined && !(feature in provider.features)) continue;
    const why = feature === undefined ? 'the core of the contract' : `the feature "${feature}" that it declares`;
    if (typeof operations[name] !== 'function')
      fail(
        'VF_ERR_OPERATION_MISSING',
        `no operation "${name}"`,
        `a function, due to ${why}`,
        'Implement it, or do not declare the feature.',
      );
  }
  if (capability.swap !== 'stateful') return;
  const hasContent = Object.values(capability.records).some(({ content }) => content !== undefined);
  checkPortability(provider.portability, hasContent ? [...PORTABILITY, 'content'] : PORTABILITY, fail);
}

const PORTABILITY = ['changes', 'head', 'ingest', 'digest', 'read', 'purge'] as const;

function checkPortability(
  portability: Provider['portability'],
  due: readonly (keyof Portability)[],
  fail: (code: PluginErrorCode, given: string, due: string, remedy: string) => never,
): void {
  const missing = due.filter((name) => typeof portability?.[name] !== 'function');
  if (missing.length === 0) return;
  fail(
    'VF_ERR_PORTABILITY_MISSING',
    portability ? `portability without ${missing.join(', ')}` : 'no portability',
    due.join(', '),
    'Implement it: without it the provider can never be replaced.',
  );
}

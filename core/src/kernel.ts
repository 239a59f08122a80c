import { Bindings, type Binding, type CallScope } from './bindings.ts';
import type { CapabilityDefinition } from './capability.ts';
import { createHandle, type Caller } from './handle.ts';
import { Instances } from './instances.ts';
import { PluginError } from './plugin-errors.ts';
import type { Handle } from './provider.ts';

/** What a caller can count on from the provider that serves it now. */
export interface BoundFeatures {
  readonly instance: string;
  readonly generation: number;
  readonly features: Readonly<Record<string, unknown>>;
}

/** The capabilities, the providers at work, and who serves whom. */
export class Kernel {
  readonly capabilities: ReadonlyMap<string, CapabilityDefinition>;
  readonly instances: Instances = new Instances();
  #bindings: Bindings = new Bindings();

  constructor(capabilities: readonly CapabilityDefinition[]) {
    this.capabilities = new Map(capabilities.map((c) => [c.id, c]));
  }

  get bindings(): Bindings {
    return this.#bindings;
  }

  /**
   * Puts a set of bindings in force, all at once.
   * @throws VF_ERR_BINDING_DUPLICATE, VF_ERR_CAPABILITY_UNKNOWN
   */
  bind(bindings: readonly Binding[]): void {
    for (const { capability } of bindings) this.capability(capability);
    this.#bindings = new Bindings(bindings);
  }

  /** @throws VF_ERR_CAPABILITY_UNKNOWN */
  capability(id: string): CapabilityDefinition {
    const found = this.capabilities.get(id);
    if (found) return found;
    throw new PluginError('VF_ERR_CAPABILITY_UNKNOWN', {
      given: `"${id}"`,
      due: `one of ${[...this.capabilities.keys()].join(', ')}`,
      remedy: 'Correct the name, or install a host that knows the capability.',
    });
  }

  handle<C extends CapabilityDefinition>(capability: C, caller: Caller): Handle<C> {
    return createHandle(capability, this, caller);
  }

  /** The features in force for a scope, or `undefined` where nothing serves it. */
  features(capability: string, scope: CallScope): BoundFeatures | undefined {
    const binding = this.#bindings.resolve(capability, scope);
    const instance = binding && this.instances.get(binding.instance);
    if (!instance) return undefined;
    return { instance: instance.id, generation: binding.generation, features: instance.provider.features };
  }
}

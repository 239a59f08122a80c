import { PluginError } from './plugin-errors.ts';

/** Where a binding applies. The narrowest that fits a call decides: resource, then group, then organisation, then default. */
export type BindingScope =
  | { readonly kind: 'default' }
  | { readonly kind: 'organisation' | 'group' | 'resource'; readonly id: string };

/** The operator's choice of who serves a capability, and where. */
export interface Binding {
  readonly capability: string;
  readonly scope: BindingScope;
  /** Id of the instance that serves it. */
  readonly instance: string;
  /** Grows by one each time the choice changes. */
  readonly generation: number;
}

/** Whom a call concerns, for finding the binding that decides. */
export interface CallScope {
  readonly resource?: string | undefined;
  /** Ids of the caller's groups, the one that should decide first. */
  readonly groups?: readonly string[] | undefined;
  readonly organisation?: string | undefined;
}

/** The bindings in force, looked up by scope. */
export class Bindings {
  readonly #byKey = new Map<string, Binding>();

  /**
   * @throws VF_ERR_BINDING_DUPLICATE where two bindings name one capability and scope.
   */
  constructor(bindings: readonly Binding[] = []) {
    for (const binding of bindings) {
      const key = bindingKey(binding.capability, binding.scope);
      const other = this.#byKey.get(key);
      if (other) throw duplicate(other, binding);
      this.#byKey.set(key, binding);
    }
  }

  get all(): readonly Binding[] {
    return [...this.#byKey.values()];
  }

  /** The binding that decides for a scope, or `undefined` where nothing is bound. */
  resolve(capability: string, scope: CallScope): Binding | undefined {
    const found = scope.resource && this.#byKey.get(`${capability} resource ${scope.resource}`);
    if (found) return found;
    for (const group of scope.groups ?? []) {
      const binding = this.#byKey.get(`${capability} group ${group}`);
      if (binding) return binding;
    }
    const organisation = scope.organisation && this.#byKey.get(`${capability} organisation ${scope.organisation}`);
    return organisation || this.#byKey.get(`${capability} default`);
  }

  /** Every instance that any binding of a capability names, each once. */
  instancesOf(capability: string): readonly string[] {
    const found = new Set<string>();
    for (const binding of this.#byKey.values()) if (binding.capability === capability) found.add(binding.instance);
    return [...found];
  }
}

/** The text by which two bindings of one capability and scope are the same. */
export function bindingKey(capability: string, scope: BindingScope): string {
  return scope.kind === 'default' ? `${capability} default` : `${capability} ${scope.kind} ${scope.id}`;
}

function duplicate(first: Binding, second: Binding): PluginError {
  return new PluginError('VF_ERR_BINDING_DUPLICATE', {
    given: `"${first.instance}" and "${second.instance}" for ${bindingKey(first.capability, first.scope)}`,
    due: 'one provider for each capability and scope',
    remedy: 'Remove one of the two, or give it a narrower scope.',
  });
}

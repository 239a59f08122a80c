import {
  type CapabilityDefinition,
  CapabilityError,
  type CallerInputOf,
  type Content,
  type OutputOf,
} from '@valfri/core';
import { documents, type DocumentNode } from '@valfri/sdk';
import type { Standing } from '../people/people.ts';
import { callOperation, type CallServices } from '../router/call-operation.ts';

type Operations = (typeof documents)['operations'];

/** How long a provider may take with content that it is handed, in milliseconds. */
const TAKING_IN = 10 * 60_000;

/** Documents in one person's name. What is asked is checked, and what is answered, as with any call of theirs. */
export class DocumentsCalls {
  readonly #services: CallServices;
  readonly #standing: Standing;

  constructor(services: CallServices, standing: Standing) {
    this.#services = services;
    this.#standing = standing;
  }

  /** Whether whoever serves the person has a feature. */
  has(feature: string): boolean {
    const { kernel } = this.#services;
    return kernel.features(documents.id, this.#standing)?.features[feature] !== undefined;
  }

  call<K extends keyof Operations>(name: K, input: CallerInputOf<Operations[K]>): Promise<OutputOf<Operations[K]>> {
    return this.named(name, input) as Promise<OutputOf<Operations[K]>>;
  }

  /** Calls an operation with content. */
  async send(
    name: 'createFile' | 'saveFile',
    input: Readonly<Record<string, unknown>>,
    content: Content,
  ): Promise<DocumentNode> {
    const { node } = (await this.named(name, input, content)) as { readonly node: DocumentNode };
    return node;
  }

  /** Calls one that a provider has only with a feature. */
  async named(name: string, input: unknown, content?: Content): Promise<unknown> {
    const capability: CapabilityDefinition = documents;
    const operation = capability.operations[name];
    if (!operation) throw new CapabilityError('UNSUPPORTED', `There is no ${name}.`);
    const given = { capability, name, operation, input, services: this.#services, standing: this.#standing };
    return callOperation({ ...given, ...(content ? { content, timeout: TAKING_IN } : {}) });
  }
}

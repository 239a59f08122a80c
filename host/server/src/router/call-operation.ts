import {
  type CapabilityDefinition,
  CapabilityError,
  type Content,
  hasBytes,
  type Kernel,
  type OperationDefinition,
} from '@valfri/core';
import type { Standing } from '../people/people.ts';

/** What a call goes through. */
export interface CallServices {
  readonly kernel: Kernel;
  /** Those of some ids that are nobody of the organisation. */
  unknownPeople(organisation: string, ids: readonly string[]): Promise<readonly string[]>;
}

/** What is called, and by whom. */
export interface OperationCall {
  readonly capability: CapabilityDefinition;
  readonly name: string;
  readonly operation: OperationDefinition;
  readonly input: unknown;
  /** What goes beside the input, where the operation takes content in. */
  readonly content?: Content;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default: as with any call. */
  readonly timeout?: number;
  readonly services: CallServices;
  readonly standing: Standing;
}

/**
 * Calls an operation in a person's name. The handle checks what comes in; here it is checked what comes out.
 * @throws what the operation throws; INTERNAL where its answer is not what the contract says.
 */
export async function callOperation(call: OperationCall): Promise<unknown> {
  const { capability, name, operation, input, content, signal, timeout, services, standing } = call;
  if (operation.guests === false && standing.kind === 'guest')
    throw new CapabilityError('DENIED', 'Guests cannot do this.');
  await requireKnownPeople(call);
  const caller = { person: standing.id, organisation: standing.organisation, groups: standing.groups };
  const handle = services.kernel.handle(capability, caller) as Record<
    string,
    (input: unknown, options: object) => Promise<unknown>
  >;
  const answer = await handle[name]!(input ?? {}, {
    ...(signal ? { signal } : {}),
    ...(content ? { content } : {}),
    ...(timeout ? { timeout } : {}),
  });
  const parsed = operation.output.safeParse(answer);
  if (parsed.success) return hasBytes(answer) ? { ...parsed.data, content: answer.content } : parsed.data;
  const [issue] = parsed.error.issues;
  throw new CapabilityError(
    'INTERNAL',
    `The provider of ${capability.id} answered ${name} with something else than its contract says.`,
    {
      reason: 'PROVIDER_FAULT',
      cause: new Error(`${issue?.path.join('.')}: ${issue?.message}`),
    },
  );
}

/** A person of one organisation never reaches one of another, whatever the provider would allow. */
async function requireKnownPeople({ operation, input, services, standing }: OperationCall): Promise<void> {
  for (const field of operation.people ?? []) {
    const given = (input as Record<string, unknown> | null | undefined)?.[field];
    const ids = [given].flat().filter((id): id is string => typeof id === 'string' && UUID.test(id));
    const unknown = await services.unknownPeople(standing.organisation, ids);
    if (unknown.length > 0) throw new CapabilityError('INVALID', `${field}: ${unknown[0]} is nobody here.`, { field });
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

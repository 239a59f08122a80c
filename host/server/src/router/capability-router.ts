import {
  type CallerInputOf,
  type CapabilityDefinition,
  CapabilityError,
  type OperationDefinition,
  type OutputOf,
} from '@valfri/core';
import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { router, signedIn } from './trpc.ts';

type ProcedureOf<O extends OperationDefinition> = O['effect'] extends 'write'
  ? TRPCMutationProcedure<{ input: CallerInputOf<O>; output: OutputOf<O>; meta: unknown }>
  : TRPCQueryProcedure<{ input: CallerInputOf<O>; output: OutputOf<O>; meta: unknown }>;

/**
 * The procedures that follow from a contract: reads are queries, writes are mutations. What carries content is no
 * procedure, but an address of its own.
 */
export type CapabilityProcedures<C extends CapabilityDefinition> = {
  readonly [K in keyof C['operations'] as C['operations'][K] extends { content: string } ? never : K]: ProcedureOf<
    C['operations'][K]
  >;
};

/** A router of those procedures. */
export type CapabilityRouter<C extends CapabilityDefinition> = ReturnType<typeof router<CapabilityProcedures<C>>>;

/** Derives the procedures of a capability. The handle checks what comes in; here it is checked what comes out. */
export function capabilityRouter<C extends CapabilityDefinition>(capability: C): CapabilityRouter<C> {
  const procedures: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(capability.operations)) {
    if (operation.content) continue;
    const procedure = signedIn.input((given: unknown) => given);
    const resolve = ({
      ctx,
      input,
      signal,
    }: {
      ctx: { services: HostServices; standing: Standing };
      input: unknown;
      signal?: AbortSignal | undefined;
    }) => callOperation({ capability, name, operation, input, signal, ...ctx });
    procedures[name] = operation.effect === 'write' ? procedure.mutation(resolve) : procedure.query(resolve);
  }
  return router(procedures as unknown as CapabilityProcedures<C>);
}

interface OperationCall {
  readonly capability: CapabilityDefinition;
  readonly name: string;
  readonly operation: OperationDefinition;
  readonly input: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly services: HostServices;
  readonly standing: Standing;
}

async function callOperation(call: OperationCall): Promise<unknown> {
  const { capability, name, operation, input, signal, services, standing } = call;
  if (operation.guests === false && standing.kind === 'guest')
    throw new CapabilityError('DENIED', 'Guests cannot do this.');
  await requireKnownPeople(call);
  const caller = { person: standing.id, organisation: standing.organisation, groups: standing.groups };
  const handle = services.kernel.handle(capability, caller) as Record<
    string,
    (input: unknown, options: object) => Promise<unknown>
  >;
  const answer = await handle[name]!(input ?? {}, signal ? { signal } : {});
  const parsed = operation.output.safeParse(answer);
  if (parsed.success) return parsed.data;
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

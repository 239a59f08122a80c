import type { CallerInputOf, CapabilityDefinition, OperationDefinition, OutputOf } from '@valfri/core';
import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { callOperation } from './call-operation.ts';
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

import { CapabilityError } from '@valfri/core';
import { initTRPC, TRPCError } from '@trpc/server';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { errorDetail, toTrpcError } from './errors.ts';

/** What every procedure is given. */
export interface RequestContext {
  readonly services: HostServices;
  /** Who asks; absent where nobody is signed in. */
  readonly standing: Standing | undefined;
  /** Who is said to have done it, in the audit trail. */
  readonly actor: string;
  readonly headers: Headers;
}

const t = initTRPC.context<RequestContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, stack: undefined, detail: errorDetail(error) },
  }),
});

export const { router } = t;

/** Whatever a procedure throws becomes an answer of the error table; what is our fault is logged and not told. */
const translated = t.procedure.use(async ({ next, ctx, path }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  if (error.code === 'INTERNAL_SERVER_ERROR')
    ctx.services.log.error('A procedure failed.', { path, error: error.cause ?? error });
  throw error;
});

/** For anybody, signed in or not. */
export const open = translated;

/** For whoever is signed in. */
export const signedIn = translated.use(({ next, ctx }) => {
  if (!ctx.standing) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'You are not signed in.' });
  return next({ ctx: { ...ctx, standing: ctx.standing } });
});

/** For members of the organisation, not its guests. */
export const member = signedIn.use(({ next, ctx }) => {
  if (ctx.standing.kind === 'guest') throw toTrpcError(new CapabilityError('DENIED', 'Guests cannot do this.'));
  return next();
});

/** For operators. */
export const operator = signedIn.use(({ next, ctx }) => {
  if (!ctx.standing.operator) throw toTrpcError(new CapabilityError('DENIED', 'Only an operator can do this.'));
  return next();
});

/** For operators who change who serves whom, one after the other: what one has looked up another leaves as it is. */
export const changing = operator.use(({ next, ctx }) => ctx.services.turns.take(() => next()));

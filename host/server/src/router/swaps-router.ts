import type { Swap } from '@valfri/core';
import { z } from 'zod';
import { operator, router } from './trpc.ts';

const id = z.uuid('is not an id');

/** A move without the records that wait to be handed over: what people wrote is no business of an operator's page. */
function withoutContents(swap: Swap): Swap {
  return { ...swap, pending: [] };
}

export const swapsRouter = router({
  plan: operator
    .input(z.object({ capability: z.string(), to: z.string(), from: z.string().optional() }))
    .mutation(async ({ ctx, input }) => withoutContents(await ctx.services.swaps.plan({ ...input, by: ctx.actor }))),

  /** Begins a planned move, or goes on with one that stopped. */
  begin: operator
    .input(z.object({ id, acceptLoss: z.boolean().default(false) }))
    .mutation(async ({ ctx, input: { id: swap, acceptLoss } }) =>
      withoutContents(await ctx.services.swaps.apply(swap, { acceptLoss, by: ctx.actor })),
    ),

  /** Pauses, goes on (`null`), rolls back, or gives the way back up. */
  ask: operator
    .input(z.object({ id, wish: z.enum(['pause', 'rollback', 'retire']).nullable() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.swaps.ask(input.id, input.wish ?? undefined, ctx.actor);
      return {};
    }),

  get: operator
    .input(z.object({ id }))
    .query(async ({ ctx, input }) => withoutContents(await ctx.services.swaps.get(input.id))),

  list: operator
    .input(z.object({ limit: z.int().min(1).max(100).default(20) }).default({ limit: 20 }))
    .query(async ({ ctx, input }) => (await ctx.services.swaps.list(input.limit)).map(withoutContents)),
});

import { z } from 'zod';
import { router, signedIn } from './trpc.ts';

const id = z.uuid('is not an id');

export const readRouter = router({
  list: signedIn.query(({ ctx }) => ctx.services.readState.of(ctx.standing.id)),

  /** Says that the person has read a room up to a message. */
  mark: signedIn
    .input(
      z.object({ resource: id, seq: z.int().min(0), message: id.optional(), capability: z.string().default('chat') }),
    )
    .mutation(async ({ ctx, input }) => {
      const { readState, kernel } = ctx.services;
      const { id: person, organisation, groups } = ctx.standing;
      const capability = kernel.capability(input.capability);
      await readState.mark(person, input.resource, input.seq);
      if (input.message)
        void readState.tellProvider(
          capability,
          { person, organisation, groups },
          { room: input.resource, message: input.message },
        );
      return {};
    }),
});

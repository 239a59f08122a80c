import type { CapabilityDefinition } from '@valfri/core';
import { chat, documents } from '@valfri/sdk';
import type { AnyTRPCRouter } from '@trpc/server';
import { appPasswordsRouter } from './app-passwords-router.ts';
import { capabilityRouter } from './capability-router.ts';
import { functionsRouter } from './functions-router.ts';
import { groupsRouter, peopleRouter } from './people-router.ts';
import { readRouter } from './read-router.ts';
import { sessionRouter } from './session-router.ts';
import { swapsRouter } from './swaps-router.ts';
import { systemRouter } from './system-router.ts';
import { router } from './trpc.ts';

const hostRouters = {
  session: sessionRouter,
  appPasswords: appPasswordsRouter,
  people: peopleRouter,
  groups: groupsRouter,
  read: readRouter,
  functions: functionsRouter,
  swaps: swapsRouter,
  system: systemRouter,
};

/** The router as the shell knows it: the host's own procedures, and those of the standard capabilities. */
const standardRouter = router({ ...hostRouters, chat: capabilityRouter(chat), documents: capabilityRouter(documents) });

/** The type of the router, for the shell. */
export type AppRouter = typeof standardRouter;

/** The router of a host that knows some capabilities. */
export function createAppRouter(capabilities: readonly CapabilityDefinition[]): AnyTRPCRouter {
  const derived = Object.fromEntries(capabilities.map((capability) => [capability.id, capabilityRouter(capability)]));
  return router({ ...hostRouters, ...derived });
}

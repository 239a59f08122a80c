import type { CapabilityDefinition } from '@valfri/core';
import { chat, documents } from '@valfri/sdk';
import type { AnyTRPCRouter } from '@trpc/server';
import { appPasswordsRouter } from './app-passwords-router.ts';
import { capabilityRouter } from './capability-router.ts';
import { functionsRouter } from './functions-router.ts';
import { officeRouter } from './office-router.ts';
import { groupsRouter, peopleRouter } from './people-router.ts';
import { linksRouter } from './links-router.ts';
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
  links: linksRouter,
  read: readRouter,
  functions: functionsRouter,
  office: officeRouter,
  swaps: swapsRouter,
  system: systemRouter,
};

/** The router as the shell knows it: the host's own procedures, and those of the standard capabilities. */
const standardRouter = router({ ...hostRouters, chat: capabilityRouter(chat), documents: capabilityRouter(documents) });

/** The type of the router, for the shell. */
export type AppRouter = typeof standardRouter;

/** The router of a host that knows some capabilities. */
export function createAppRouter(capabilities: readonly CapabilityDefinition[]): AnyTRPCRouter {
  // What the host does itself, such as opening files in editors, is nobody's to call past it.
  const called = capabilities.filter(({ id }) => !Object.hasOwn(hostRouters, id));
  const derived = Object.fromEntries(called.map((capability) => [capability.id, capabilityRouter(capability)]));
  return router({ ...hostRouters, ...derived });
}

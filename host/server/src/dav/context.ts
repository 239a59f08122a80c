import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { HostServices } from '../services.ts';
import type { DavPath } from './dav-path.ts';
import type { DeadProperties } from './dead-properties.ts';
import type { DavLocks } from './locks.ts';
import type { PersonFiles } from './person-files.ts';
import { destinationOf, requireConditions, tokensOf } from './preconditions.ts';
import type { Resource, Tree } from './tree.ts';

/** What answering one request works with. */
export interface DavContext {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly services: HostServices;
  readonly files: PersonFiles;
  readonly tree: Tree;
  readonly locks: DavLocks;
  readonly properties: DeadProperties;
  /** The place that the request names. */
  readonly path: DavPath;
  /** Names of this host, as addresses in headers may have them. */
  readonly hosts: ReadonlySet<string>;
}

/** The body of a request as it comes in. Whoever reads no further leaves the connection as it is: an answer is due. */
export function bodyOf({ request }: DavContext): AsyncIterable<Uint8Array> | undefined {
  return (request.body as Readable | undefined)?.iterator({ destroyOnReturn: false });
}

/** What a change is made under. */
export interface Permit {
  /** Whether it may only be of the version that was looked at. */
  readonly bound: boolean;
  /** Tokens of locks that are the person's own, as the operations take them. */
  readonly tokens: { readonly locks?: string[] };
}

/** Checks the conditions of a request that changes some places, the first of which is its own. @throws DavFault 412 */
export async function permit(context: DavContext, places: readonly [Resource, ...Resource[]]): Promise<Permit> {
  const bound = await requireConditions(context, places[0]);
  const above = await Promise.all(
    places.filter(({ path }) => path.length > 1).map(({ path }) => context.tree.at(path.slice(0, -1))),
  );
  const tokens = context.locks.served ? await tokensOf(context, [...places, ...above]) : [];
  return { bound, tokens: tokens.length > 0 ? { locks: [...tokens] } : {} };
}

/** The place that the request's `Destination` names. @throws DavFault 400, 502 */
export function destination({ request, hosts }: DavContext): DavPath {
  return destinationOf(request, hosts);
}

import type { AnyTRPCRouter } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Standing } from '../people/people.ts';
import type { RequestContext } from '../router/trpc.ts';
import type { HostServices } from '../services.ts';
import { fromOurPages } from './gate.ts';
import { answerTrpc, trpcFailure } from './trpc-http.ts';
import { ADDRESS_HEADER, bodyText, provenance, sendText } from './web.ts';

/** Where the API is. */
export const TRPC = '/trpc/';

/** What the API is served with. */
export interface TrpcRouteOptions {
  readonly services: HostServices;
  readonly router: AnyTRPCRouter;
  /** By which the command line shows that it may do everything. */
  readonly cliToken: string;
}

/** Serves the API, to pages of this workspace and to clients that are no browser. */
export function addTrpc(app: FastifyInstance, { services, router, cliToken }: TrpcRouteOptions): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.type('application/json').header('cache-control', 'no-store');
    const isCli = sameSecret(request.headers.authorization, `Bearer ${cliToken}`);
    if (!isCli && !fromOurPages(provenance(request), services.publicUrl)) {
      const refused = trpcFailure(router, 'FORBIDDEN', 'This request does not come from a page of this workspace.');
      return reply.code(refused.status).send(refused.body);
    }
    const ctx = await contextOf(request, services, isCli);
    const [path, query] = split(request.url);
    const aborted = new AbortController();
    reply.raw.once('close', () => reply.raw.writableFinished || aborted.abort());
    const given = {
      ...{ method: request.method, path, query, body: bodyText(request), signal: aborted.signal },
      contentType: request.headers['content-type'],
    };
    const answer = await answerTrpc(router, given, ctx);
    return sendText(request, reply.code(answer.status), answer.body);
  };
  app.route({ method: ['GET', 'POST', 'HEAD'], url: `${TRPC}*`, handler });
}

function split(url: string): [path: string, query: URLSearchParams] {
  const [path = '', ...rest] = url.split('?');
  return [decodeURIComponent(path.slice(TRPC.length)), new URLSearchParams(rest.join('?'))];
}

async function contextOf(request: FastifyRequest, services: HostServices, isCli: boolean): Promise<RequestContext> {
  const headers = new Headers({ cookie: request.headers.cookie ?? '', [ADDRESS_HEADER]: request.ip });
  if (isCli) return { services, headers, actor: 'cli', standing: cliStanding(services.organisation) };
  const standing = await services.sessions.standingOf(request.headers.cookie);
  return { services, headers, standing, actor: standing?.id ?? 'nobody' };
}

/** The command line on the machine itself may do what an operator may. */
function cliStanding(organisation: string): Standing {
  return { id: '00000000-0000-8000-8000-000000000002', organisation, kind: 'member', operator: true, groups: [] };
}

/** Compares in a time that says nothing of where the two differ. */
function sameSecret(given: string | undefined, due: string): boolean {
  const [a, b] = [given ?? '', due].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}

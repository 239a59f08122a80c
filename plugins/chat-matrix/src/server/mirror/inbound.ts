import type { PluginLog } from '@valfri/sdk';
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Attention, typingIn } from '../attention.ts';
import { isObject, readEvent } from '../matrix/event.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import type { CatchUp } from './catch-up.ts';
import type { Mirror } from './mirror.ts';

/** What the inbound routes work with. */
export interface InboundOptions {
  readonly hsToken: string;
  readonly homeserver: Homeserver;
  readonly mirror: Mirror;
  readonly catchUp: CatchUp;
  readonly attention: Attention;
  readonly log: PluginLog;
}

const ROUTE = /^\/_matrix\/app\/v1\/(transactions|users|rooms|ping|thirdparty)(?:\/(.+))?$/;

/**
 * Answers the homeserver.
 * @see https://spec.matrix.org/v1.12/application-service-api/
 */
export function createInbound(options: InboundOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? url.searchParams.get('access_token');
    if (token === null) return answer(401, 'M_UNAUTHORIZED');
    if (!sameSecret(token, options.hsToken)) return answer(403, 'M_FORBIDDEN');
    const [, route, rest] = ROUTE.exec(url.pathname) ?? [];
    if (route === 'ping' && request.method === 'POST') return answer(200);
    if (route === 'transactions' && request.method === 'PUT' && rest)
      return takeTransaction(options, decodeURIComponent(rest), request);
    return answer(404, route === undefined ? 'M_UNRECOGNIZED' : 'M_NOT_FOUND');
  };
}

/** What is no event is left out: refusing it would only have it sent again, before everything else, for ever. */
async function takeTransaction(
  { homeserver, mirror, catchUp, attention, log }: InboundOptions,
  id: string,
  request: Request,
): Promise<Response> {
  const body: unknown = await request.json().catch(() => undefined);
  if (!isObject(body)) return answer(400, 'M_NOT_JSON');
  const given = listIn(body, 'events');
  const events = given.map(readEvent).filter((event) => event !== undefined);
  if (events.length < given.length)
    log.warn('The homeserver handed over what is no event.', { transaction: id, left: given.length - events.length });
  homeserver.heardOf();
  await catchUp.before(new Set(events.map(({ room }) => room)));
  await mirror.take(id, events);
  for (const told of [...listIn(body, 'ephemeral'), ...listIn(body, 'de.sorunome.msc2409.ephemeral')])
    if (isObject(told) && told['type'] === 'm.typing' && typeof told['room_id'] === 'string')
      await attention.heardTyping(told['room_id'], typingIn(told['content']));
  return answer(200);
}

function listIn(body: Record<string, unknown>, field: string): readonly unknown[] {
  return Array.isArray(body[field]) ? (body[field] as unknown[]) : [];
}

function answer(status: number, errcode?: string): Response {
  return Response.json(errcode === undefined ? {} : { errcode, error: errcode }, { status });
}

function sameSecret(given: string, due: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(due));
}

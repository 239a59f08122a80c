import { CapabilityError } from '@valfri/core';
import { TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { fromOurPages, isJsonType } from './gate.ts';
import { provenance } from './web.ts';

/** Where content goes in and out. */
export const CONTENT = '/content/';

/** Who asks. @throws DENIED where no page of ours does. */
export async function standingOf(request: FastifyRequest, services: HostServices): Promise<Standing> {
  refuseForeign(request, services);
  const standing = await services.sessions.standingOf(request.headers.cookie);
  if (!standing) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in.' });
  return standing;
}

/** @throws DENIED where no page of ours asks. */
export function refuseForeign(request: FastifyRequest, { publicUrl }: HostServices): void {
  const { secFetchSite, origin } = provenance(request);
  const opened = request.method === 'GET' && secFetchSite === 'none';
  if (!opened && !fromOurPages({ secFetchSite, origin }, publicUrl))
    throw new CapabilityError('DENIED', 'This request does not come from a page of this workspace.');
}

/** The body as an object. @throws INVALID where it is none */
export function jsonIn(request: FastifyRequest): Record<string, unknown> {
  if (!isJsonType(request.headers['content-type'])) throw new CapabilityError('INVALID', 'JSON is due.');
  return parsed(String(request.body ?? ''), 'The body');
}

/** A text as an object. @throws INVALID where it is none */
export function parsed(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // It is told below.
  }
  throw new CapabilityError('INVALID', `${what} is no JSON object.`);
}

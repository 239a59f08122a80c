import { isCapabilityError } from '@valfri/sdk';
import { toUtf7 } from './utf7.ts';

/** Answers with a status, and no body or one of JSON. */
export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body?: object): Response {
  const safe = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, printable(value)]));
  if (body === undefined) return new Response(null, { status, headers: safe });
  return Response.json(body, { status, headers: safe });
}

/** Answers that the lock given is not the one that holds. @param held its text, empty where none of ours does. */
export function lockMismatch(held: string, reason: string): Response {
  return answer(409, { 'x-wopi-lock': held, 'x-wopi-lockfailurereason': reason });
}

/** Answers that a name cannot be had. */
export function invalidName(reason: string): Response {
  return answer(400, { 'x-wopi-invalidfilenameerror': toUtf7(reason) });
}

/** What a refusal of the host becomes. What is none of the error table is a fault of ours. */
export function refusal(error: unknown): Response {
  if (!isCapabilityError(error)) throw error;
  return answer(STATUS[error.code] ?? 500, { 'x-wopi-servererror': toUtf7(error.message).slice(0, 500) });
}

/** WOPI knows who may not from who is unknown as little as it wants to tell: both are 404. */
const STATUS: Readonly<Record<string, number>> = {
  INVALID: 400,
  DENIED: 404,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNSUPPORTED: 501,
  UNAVAILABLE: 503,
  FENCED: 503,
  TIMEOUT: 503,
  QUOTA: 413,
};

/** A header takes what Latin-1 can print; a lock that was set elsewhere may be anything. */
function printable(value: string): string {
  return /^[\t\u0020-\u007E\u00A0-\u00FF]*$/.test(value) ? value : '';
}

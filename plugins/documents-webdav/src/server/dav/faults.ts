import { CapabilityError } from '@valfri/sdk';

/** The server understood, and did not do it. */
export class DavRefusal extends Error {
  override readonly name = 'DavRefusal';
  readonly status: number;

  constructor(method: string, status: number) {
    super(`The WebDAV server refused ${method} with ${status}.`);
    this.status = status;
  }
}

/** Whether it was refused with one of some statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is DavRefusal {
  return error instanceof DavRefusal && statuses.includes(error.status);
}

export function unavailable(message: string, cause?: unknown): CapabilityError {
  return new CapabilityError('UNAVAILABLE', message, { cause });
}

export function isUnavailable(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'UNAVAILABLE';
}

const LATER: ReadonlySet<number> = new Set([408, 423, 425, 429]);

/** What an answer that is no success means for the caller. */
export function faultOf(method: string, { status, headers }: Response): Error {
  if (status === 401)
    return unavailable('The WebDAV server does not accept the user name and password of the settings.');
  if (status === 507 || status === 413)
    return new CapabilityError('QUOTA', `The WebDAV server has no room for it (${status}).`);
  if (status >= 500 || LATER.has(status)) return unavailable(`The WebDAV server answered ${method} with ${status}.`);
  if (status >= 300 && status < 400)
    return unavailable(
      `The WebDAV server redirects to ${headers.get('location')}. Enter that address in the settings.`,
    );
  return new DavRefusal(method, status);
}

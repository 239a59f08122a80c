import { isCapabilityError } from '@valfri/core';

/** What else is said of a refusal. */
export interface DavFaultOptions {
  /** Local name of the condition in `DAV:` that does not hold (RFC 4918, section 16). */
  readonly condition?: string;
  /** The address that the condition is about. */
  readonly href?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as HTTP has it. */
export class DavFault extends Error {
  readonly status: number;
  readonly options: DavFaultOptions;

  constructor(status: number, message: string, options: DavFaultOptions = {}) {
    super(message);
    this.status = status;
    this.options = options;
  }
}

const STATUS: Readonly<Record<string, number>> = {
  INVALID: 400,
  DENIED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNSUPPORTED: 501,
  UNAVAILABLE: 503,
  FENCED: 503,
  TIMEOUT: 504,
  QUOTA: 507,
};

const BY_REASON: Readonly<Record<string, number>> = { LOCKED: 423, CHANGED: 412, INSIDE: 403, UPLOADS: 429 };

/** An answer of the error table as a refusal; `undefined` for whatever is none. */
export function faultOf(error: unknown): DavFault | undefined {
  if (error instanceof DavFault) return error;
  if (!isCapabilityError(error) || error.code === 'INTERNAL') return undefined;
  const status = BY_REASON[error.reason ?? ''] ?? (error.field === 'range' ? 416 : STATUS[error.code]!);
  return new DavFault(status, error.message, {
    ...(status === 423 ? { condition: 'lock-token-submitted' } : {}),
    ...(status === 503 ? { headers: { 'retry-after': '2' } } : {}),
  });
}

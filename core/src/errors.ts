/**
 * What a caller of a capability may be told, and what the caller should then do.
 * `http` is the status that the code becomes on the wire.
 */
export const CALLER_ERRORS = {
  INVALID: { http: 400, remedy: 'Correct the input and send it again.' },
  DENIED: { http: 403, remedy: 'Do not retry; ask someone with the right to do it.' },
  NOT_FOUND: { http: 404, remedy: 'Check the id; it may have been removed.' },
  CONFLICT: { http: 409, remedy: 'Read again, then decide whether the change still applies.' },
  UNSUPPORTED: { http: 501, remedy: 'Look at the features of the provider that serves this.' },
  UNAVAILABLE: { http: 503, remedy: 'Retry with back-off; the provider does not answer now.' },
  FENCED: { http: 503, remedy: 'The function is being moved; retry in a moment.' },
  TIMEOUT: { http: 504, remedy: 'The outcome is unknown; retry with the same id.' },
  QUOTA: { http: 429, remedy: 'Wait, then send less.' },
  INTERNAL: { http: 500, remedy: 'Report it with the time it happened.' },
} as const;

/** A code of the error table; see {@link CALLER_ERRORS}. */
export type CallerErrorCode = keyof typeof CALLER_ERRORS;

/** What may accompany a {@link CapabilityError}. */
export interface CapabilityErrorOptions {
  /** Path of the input field at fault, dotted, e.g. `attachments.0.urn`. */
  readonly field?: string;
  /** Finer machine-readable reason within the code, e.g. `PARENT_MISSING`. */
  readonly reason?: string;
  readonly cause?: unknown;
}

/**
 * An answer of the error table. Told apart by `code`, never by `instanceof`, so that it survives
 * a process or package boundary.
 */
export class CapabilityError extends Error {
  override readonly name = 'CapabilityError';
  readonly code: CallerErrorCode;
  readonly field: string | undefined;
  readonly reason: string | undefined;

  constructor(code: CallerErrorCode, message: string, options: CapabilityErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.reason = options.reason;
  }
}

/** Whether a thrown value is an answer of the error table, whichever package threw it. */
export function isCapabilityError(error: unknown): error is CapabilityError {
  if (typeof error !== 'object' || error === null) return false;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && Object.hasOwn(CALLER_ERRORS, code);
}

/** A fault of ours: a state that our own code should have made impossible. Never thrown for input. */
export class BugError extends Error {
  override readonly name = 'BugError';
  readonly code = 'BUG';
}

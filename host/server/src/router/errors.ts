import { CALLER_ERRORS, type CallerErrorCode, CapabilityError, isCapabilityError } from '@valfri/core';
import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';

const codes: Readonly<Record<CallerErrorCode, TRPC_ERROR_CODE_KEY>> = {
  INVALID: 'BAD_REQUEST',
  DENIED: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  UNSUPPORTED: 'NOT_IMPLEMENTED',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  FENCED: 'SERVICE_UNAVAILABLE',
  TIMEOUT: 'GATEWAY_TIMEOUT',
  QUOTA: 'TOO_MANY_REQUESTS',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
};

/** What a client learns of an error beside tRPC's own fields. */
export interface ErrorDetail {
  /** A code of the error table, or of the plugin author's catalogue. */
  readonly code: string;
  readonly field?: string;
  readonly reason?: string;
  /** What the caller should do. */
  readonly remedy: string;
}

/** An answer of the error table, or a plugin author's mistake, as tRPC carries it. Whatever else it is, it is ours, and says nothing. */
export function toTrpcError(error: unknown): TRPCError {
  if (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR') return withField(error);
  const cause = error instanceof TRPCError ? error.cause : error;
  if (isCapabilityError(cause)) return new TRPCError({ code: codes[cause.code], message: cause.message, cause });
  if (isPluginError(cause)) return new TRPCError({ code: 'BAD_REQUEST', message: cause.message, cause });
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.', cause });
}

/** Input that a procedure's schema refused, in words and with the field at fault, as all other refusals have them. */
function withField(error: TRPCError): TRPCError {
  const [issue] = (error.cause as { issues?: readonly { path: readonly PropertyKey[]; message: string }[] } | undefined)
    ?.issues ?? [undefined];
  if (error.code !== 'BAD_REQUEST' || !issue) return error;
  const field = issue.path.join('.');
  const cause = new CapabilityError('INVALID', `${field || 'The input'}: ${issue.message}.`, {
    ...(field === '' ? {} : { field }),
    cause: error.cause,
  });
  return new TRPCError({ code: 'BAD_REQUEST', message: cause.message, cause });
}

/** The part of an error's shape that is ours. */
export function errorDetail(error: TRPCError): ErrorDetail {
  const { cause } = error;
  if (isCapabilityError(cause)) {
    const { code, field, reason } = cause;
    const { remedy } = CALLER_ERRORS[code];
    return { code, remedy, ...(field === undefined ? {} : { field }), ...(reason === undefined ? {} : { reason }) };
  }
  if (isPluginError(cause)) {
    const { code, field } = cause;
    return { code, remedy: 'See docs/errors.md.', ...(field === undefined ? {} : { field }) };
  }
  if (error.code === 'UNAUTHORIZED') return { code: 'UNAUTHORIZED', remedy: 'Sign in.' };
  const code = callerCode(error.code);
  return { code, remedy: CALLER_ERRORS[code].remedy };
}

/** What a fault of the protocol is in the error table: that of the request itself is invalid input. */
const protocolFaults: ReadonlySet<string> = new Set([
  'PARSE_ERROR',
  'PAYLOAD_TOO_LARGE',
  'METHOD_NOT_SUPPORTED',
  'UNSUPPORTED_MEDIA_TYPE',
]);

function callerCode(wanted: string): CallerErrorCode {
  if (protocolFaults.has(wanted)) return 'INVALID';
  const found = (Object.entries(codes) as [CallerErrorCode, string][]).find(([, code]) => code === wanted);
  return found?.[0] ?? 'INTERNAL';
}

function isPluginError(error: unknown): error is Error & { code: string; field?: string } {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('VF_ERR_');
}

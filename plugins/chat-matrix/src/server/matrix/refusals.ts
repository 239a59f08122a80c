import { CapabilityError } from '@valfri/sdk';

type Answer = Record<string, unknown> | undefined;

const BY_CODE: Readonly<Record<string, 'INVALID' | 'CONFLICT' | 'DENIED' | 'NOT_FOUND' | 'QUOTA' | 'UNAVAILABLE'>> = {
  M_TOO_LARGE: 'INVALID',
  M_LIMIT_EXCEEDED: 'QUOTA',
  M_RESOURCE_LIMIT_EXCEEDED: 'QUOTA',
  M_FORBIDDEN: 'DENIED',
  M_NOT_FOUND: 'NOT_FOUND',
  M_USER_IN_USE: 'CONFLICT',
  M_ROOM_IN_USE: 'CONFLICT',
  M_DUPLICATE_ANNOTATION: 'CONFLICT',
  // The operator's to put right; for whoever calls it is as if the server were away.
  M_UNKNOWN_TOKEN: 'UNAVAILABLE',
  M_MISSING_TOKEN: 'UNAVAILABLE',
  M_EXCLUSIVE: 'UNAVAILABLE',
};

/** What an answer that is no success means in the error table; `reason` is the Matrix error code. */
export function refusal(status: number, answer: Answer): CapabilityError {
  const reason = typeof answer?.['errcode'] === 'string' ? answer['errcode'] : undefined;
  const code = BY_CODE[reason ?? ''] ?? (status === 429 ? 'QUOTA' : 'UNAVAILABLE');
  return new CapabilityError(code, MESSAGES[code], {
    ...(reason === undefined ? {} : { reason }),
    ...(code === 'INVALID' ? { field: 'text' } : {}),
    cause: new Error(`The homeserver answered ${status}: ${JSON.stringify(answer ?? null).slice(0, 500)}`),
  });
}

const MESSAGES = {
  INVALID: 'This is more than the message server takes. Write less at once.',
  DENIED: 'The message server does not allow this.',
  NOT_FOUND: 'The message server does not know it.',
  CONFLICT: 'It is there already.',
  QUOTA: 'The message server takes no more just now. Wait a moment.',
  UNAVAILABLE: 'The message server does not answer as it should. What you wrote is kept; try again.',
} as const;

/** @throws TIMEOUT where it may have arrived, UNAVAILABLE where nobody was there. */
export function unreachable(cause: unknown): never {
  const { name } = cause as Error;
  if (name === 'TimeoutError' || name === 'AbortError')
    throw new CapabilityError('TIMEOUT', 'The message server has not answered in time.', { cause });
  if ((cause as { code?: unknown }).code === 'VF_ERR_EGRESS') throw cause;
  throw new CapabilityError('UNAVAILABLE', 'The message server does not answer. What you wrote is kept; try again.', {
    cause,
  });
}

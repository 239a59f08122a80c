import { text } from '../text/text.ts';

export { api } from './load-transport.ts';

/** What went wrong, as the shell treats it. */
export interface Failure {
  /** A code of the host's error table, or `OFFLINE`, or `UNAUTHORIZED`. */
  readonly code: string;
  readonly field?: string | undefined;
  readonly reason?: string | undefined;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly passing: boolean;
}

const PASSING = new Set(['OFFLINE', 'UNAVAILABLE', 'FENCED', 'TIMEOUT', 'QUOTA', 'INTERNAL']);

/** An address with content answered with a refusal. */
export class ContentError extends Error {
  readonly failure: Failure;

  constructor(status: number, body: string) {
    super(body);
    this.failure = failureIn(status, body);
  }
}

/** Reads a thrown value. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ContentError) return error.failure;
  // What the client throws is known by its name, since its class is loaded later; a module that did not load is no bug.
  const { name, message } = error as Error;
  if (name !== 'TRPCClientError') return failure(name === 'TypeError' ? 'OFFLINE' : 'INTERNAL', String(error));
  const { data } = error as { data?: { detail?: { code: string; field?: string; reason?: string } } | null };
  if (!data) return failure('OFFLINE', message);
  const { code = 'INTERNAL', field, reason } = data.detail ?? {};
  return { ...failure(code, message), field, reason };
}

/** Reads an answer that is not the API's, but of an address with content; status 0 where none came. */
export function failureIn(status: number, body: string): Failure {
  if (status === 0) return failure('OFFLINE', '');
  try {
    const { code = 'INTERNAL', field, reason, message = '' } = JSON.parse(body) as Partial<Failure>;
    return { ...failure(code, message), field, reason };
  } catch {
    return failure('INTERNAL', body.slice(0, 200));
  }
}

function failure(code: string, message: string): Failure {
  return { code, message, passing: PASSING.has(code) };
}

/** What happened, in the reader's language and words. */
export function explain({ code, reason, message }: Failure): string {
  const words = text.value;
  if (reason === 'LOCKED') return words.errorLocked;
  const known: Readonly<Record<string, string>> = {
    OFFLINE: words.errorOffline,
    UNAUTHORIZED: words.errorSignedOut,
    FENCED: words.errorFenced,
    UNAVAILABLE: words.errorUnavailable,
    DENIED: words.errorDenied,
    NOT_FOUND: words.errorNotFound,
    UNSUPPORTED: words.errorUnsupported,
    TIMEOUT: words.errorLate,
  };
  return known[code] ?? `${words.errorGeneric} ${message}`;
}

import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@valfri/server/router';
import { text } from '../text/text.ts';

/** The host's procedures. What is asked within one turn of the event loop goes in one request. */
export const api = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: '/trpc', methodOverride: 'POST', maxItems: 20 })],
});

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

/** Reads a thrown value. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof TRPCClientError)) return failure('INTERNAL', String(error));
  const data = error.data as { detail?: { code: string; field?: string; reason?: string } } | null | undefined;
  if (!data) return failure('OFFLINE', error.message);
  const { code = 'INTERNAL', field, reason } = data.detail ?? {};
  return { ...failure(code, error.message), field, reason };
}

function failure(code: string, message: string): Failure {
  return { code, message, passing: PASSING.has(code) };
}

/** What happened, in the reader's language and words. */
export function explain({ code, message }: Failure): string {
  const words = text.value;
  const known: Readonly<Record<string, string>> = {
    OFFLINE: words.errorOffline,
    UNAUTHORIZED: words.errorSignedOut,
    FENCED: words.errorFenced,
    UNAVAILABLE: words.chatUnavailable,
    DENIED: words.errorDenied,
    NOT_FOUND: words.errorNotFound,
    UNSUPPORTED: words.errorUnsupported,
    TIMEOUT: words.errorFenced,
  };
  return known[code] ?? `${words.errorGeneric} ${message}`;
}

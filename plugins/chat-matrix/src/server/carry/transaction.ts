import { createHash } from 'node:crypto';

/** A transaction id that follows from what is sent: sent again, it is the same event. */
export function transactionOf(kind: string, ...parts: readonly unknown[]): string {
  const text = JSON.stringify(parts);
  return `${kind}-${createHash('sha256').update(text).digest('base64url').slice(0, 32)}`;
}

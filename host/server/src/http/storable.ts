import { CapabilityError } from '@valfri/core';

/** JSON can bring such characters only written out, so one look at its text says whether a closer one is needed. */
const SUSPECT = /\\u(0000|d[89a-f])/i;

/** Whether a JSON text may hold a string that no store can hold: with NUL, or half a surrogate pair. */
export function maybeUnstorable(json: string): boolean {
  return SUSPECT.test(json);
}

/** @throws INVALID with the path of the first string that no store can hold. */
export function requireStorable(value: unknown): void {
  const path = unstorable(value);
  if (path === undefined) return;
  const field = path.join('.');
  const message = `${field || 'The input'}: holds a character that is none (NUL or half a pair).`;
  throw new CapabilityError('INVALID', message, field === '' ? {} : { field });
}

function unstorable(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (!isStorable(name)) return [JSON.stringify(name)];
    const path = unstorable(inner);
    if (path) return [name, ...path];
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

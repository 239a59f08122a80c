import { CapabilityError } from '@valfri/core';
import { z } from 'zod';

/** A place in a list as text, to be handed back. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws INVALID where it is none of this list's. */
export function readCursor<T extends z.ZodType>(text: string, schema: T): z.output<T> {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new CapabilityError('INVALID', 'after: is no `next` of this list. Begin without it.', {
      field: 'after',
      cause,
    });
  }
}

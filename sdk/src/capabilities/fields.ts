import { idSchema, urnSchema } from '@valfri/core';
import { z } from 'zod';

/** Text that every store can hold: well-formed Unicode without the NUL character. */
export function text(most: number): z.ZodString {
  return z
    .string()
    .max(most, `is too long: at most ${most.toLocaleString('en')} characters`)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'holds a character that is none (NUL or half a pair)',
    );
}

/** Text with at least one character that is not white space. */
export function someText(most: number): z.ZodString {
  return text(most).refine((value) => value.trim() !== '', 'is empty');
}

/** A moment, in whole milliseconds since the Unix epoch. */
export const time: z.ZodInt = z.int().min(0).describe('Milliseconds since the Unix epoch');

/** Id of a person, as the host knows them. */
export const person: z.ZodString = idSchema.describe('Host id of a person');

/** A link to something that another capability holds, e.g. a document. */
export const attachment: z.ZodObject<{
  urn: z.ZodString;
  title: z.ZodString;
  mediaType: z.ZodOptional<z.ZodString>;
}> = z.object({
  urn: urnSchema,
  title: someText(200).describe('What people see'),
  mediaType: text(100).optional().describe('Media type (RFC 6838) where it is known'),
});

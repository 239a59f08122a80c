import { z } from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const URN = /^urn:valfri:([a-z][a-z0-9-]*):([0-9a-f-]{36})$/;

/**
 * Schema of a host id: a UUID in lower case. New ones are version 7, made with {@link newId};
 * derived ones (a direct room of two people) are version 8.
 * @see RFC 9562
 */
export const idSchema: z.ZodString = z
  .string()
  .regex(UUID, 'is not an id: a UUID in lower case, such as newId() makes, is due')
  .describe('A host id: a UUID in lower case');

/** Whether something is a host id; see {@link idSchema}. */
export function isId(given: unknown): given is string {
  return typeof given === 'string' && UUID.test(given);
}

/** Schema of a reference to a resource of any capability: `urn:valfri:<capability>:<id>`. */
export const urnSchema: z.ZodString = z
  .string()
  .regex(URN, 'is not a reference: urn:valfri:<capability>:<uuid> is due')
  .describe('A reference to a resource: urn:valfri:<capability>:<id>');

/** The reference to a resource by its capability and id. */
export function urnOf(capability: string, id: string): string {
  return `urn:valfri:${capability}:${id}`;
}

/** The capability and id that a reference names, or `undefined` where it is none. */
export function parseUrn(urn: string): { capability: string; id: string } | undefined {
  const match = URN.exec(urn);
  return match ? { capability: match[1]!, id: match[2]! } : undefined;
}

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

/** Schema of a reference to a resource of any capability: `urn:valfri:<capability>:<id>`. */
export const urnSchema: z.ZodString = z
  .string()
  .regex(URN, 'is not a reference: urn:valfri:<capability>:<uuid> is due')
  .describe('A reference to a resource: urn:valfri:<capability>:<id>');

let lastTime = 0;
let sequence = 0;

/**
 * Makes a host id: a UUID version 7, so that ids of one maker sort by the time they were made.
 * Never use that order across makers: clocks differ.
 * @see RFC 9562, section 5.7, method 1 (a counter within the millisecond)
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    sequence = ((bytes[6]! & 0x07) << 8) | bytes[7]!;
  } else if (++sequence > 0xfff) {
    lastTime += 1;
    sequence = 0;
  }
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(lastTime / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatId(bytes);
}

/**
 * Makes an id from 16 bytes of a digest, marked as version 8: for resources whose id follows from what
 * they are, so that two people who make one at the same time make the same one.
 * @see RFC 9562, section 5.8
 */
export function derivedId(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatId(bytes);
}

/** The reference to a resource by its capability and id. */
export function urnOf(capability: string, id: string): string {
  return `urn:valfri:${capability}:${id}`;
}

/** The capability and id that a reference names, or `undefined` where it is none. */
export function parseUrn(urn: string): { capability: string; id: string } | undefined {
  const match = URN.exec(urn);
  return match ? { capability: match[1]!, id: match[2]! } : undefined;
}

function formatId(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

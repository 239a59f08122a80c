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

function formatId(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

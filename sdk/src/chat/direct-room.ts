import { derivedId } from '@valfri/core/ids';

/** The id of the direct room of two people: the same whoever asks, so that there is never a second one. */
export async function directRoomId(one: string, other: string): Promise<string> {
  const text = new TextEncoder().encode(directRoomText(one, other));
  return derivedId(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

/** The text from whose SHA-256 the id of a direct room is derived. */
export function directRoomText(one: string, other: string): string {
  const [first, second] = [one, other].sort();
  return `valfri direct room ${first} ${second}`;
}

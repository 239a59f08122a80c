import { derivedId } from '@valfri/core/ids';

/** The id of the direct room of two people: the same whoever asks, so that there is never a second one. */
export async function directRoomId(one: string, other: string): Promise<string> {
  const [first, second] = [one, other].sort();
  const text = new TextEncoder().encode(`valfri direct room ${first} ${second}`);
  return derivedId(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

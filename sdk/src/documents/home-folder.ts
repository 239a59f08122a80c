import { derivedId } from '@valfri/core/ids';

/** The id of a person's home folder: it follows from theirs, so that there is never a second one. */
export async function homeFolderId(person: string): Promise<string> {
  const text = new TextEncoder().encode(`valfri home folder ${person}`);
  return derivedId(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

/** What decides whether a request comes from our own pages. */
export interface Provenance {
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Whether a request may do something in the name of whoever is signed in: it must come from a page of ours. Browsers
 * say so in `Sec-Fetch-Site`, which no page can forge; where it is absent the origin must be exactly ours, or absent
 * too, as with a client that is no browser and so has no one else's cookies. An origin that is there is never another.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function fromOurPages({ secFetchSite, origin }: Provenance, ourOrigin: string): boolean {
  if (origin !== undefined && origin !== ourOrigin) return false;
  return secFetchSite === undefined || secFetchSite === 'same-origin';
}

/** Whether a content type is JSON: what forms of other sites cannot send without being asked first. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

/** An instance's settings; see the manifest for what each is. */
export interface Settings {
  readonly serverUrl: string;
  readonly publicUrl?: string;
  readonly hostUrl?: string;
  readonly secret: string;
}

/** Where browsers reach the document server, without a slash at the end. */
export function publicUrlOf({ serverUrl, publicUrl = serverUrl }: Settings): string {
  return withoutSlash(publicUrl);
}

/** An address without the slash at its end. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

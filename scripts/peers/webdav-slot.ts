/** The Apache of a run of tests, as its set-up left word of it. */
export interface SharedWebdav {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Folder of its WebDAV tree. */
  readonly files: string;
}

/** The WebDAV server of the run; `null` where it cannot be had and need not be. */
export const sharedWebdav = JSON.parse(process.env['VALFRI_TEST_WEBDAV'] ?? 'null') as SharedWebdav | null;

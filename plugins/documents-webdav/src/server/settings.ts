/** An instance's settings; see the manifest for what each is. */
export interface Settings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly pollSeconds: number;
}

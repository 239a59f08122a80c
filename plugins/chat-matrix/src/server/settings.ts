/** An instance's settings; see the manifest for what each is. */
export interface Settings {
  readonly homeserverUrl: string;
  readonly serverName: string;
  readonly asToken: string;
  readonly hsToken: string;
  readonly registration: string;
  readonly prefix: string;
}

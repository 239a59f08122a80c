/** An instance's settings; see the manifest for what each is. */
export interface Settings {
  readonly clientUrl: string;
  readonly publicUrl?: string;
  readonly hostUrl?: string;
  readonly proof: 'auto' | 'off';
  readonly commenting: boolean;
}

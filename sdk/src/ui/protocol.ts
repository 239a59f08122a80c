/** What the shell tells a page of how people see it. */
export interface PageState {
  readonly language: 'sv' | 'en';
  readonly theme: 'light' | 'dark' | 'contrast';
}

/** The one message between windows: the shell posts it to the frame with a port, over which all else goes. */
export interface Handover extends PageState {
  /** Version of what follows. */
  readonly valfri: 1;
}

/** What the shell sends over the port. */
export type FromShell =
  | ({ readonly kind: 'state' } & PageState)
  | { readonly kind: 'answer'; readonly id: number; readonly data: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly code: string; readonly message: string };

/** What a page sends over the port. */
export type FromPage =
  | { readonly kind: 'connected' }
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly data: unknown }
  | { readonly kind: 'resize'; readonly height: number };

/** What the shell tells a page of how people see it. */
export interface PageState {
  readonly language: 'sv' | 'en';
  readonly theme: 'light' | 'dark' | 'contrast';
}

/** A file that a page of the kind `editor` or `vendor` shows. */
export interface OpenedFile {
  readonly session: string;
  readonly file: {
    readonly id: string;
    readonly name: string;
    readonly mediaType: string;
    /** In bytes. */
    readonly size: number;
    readonly version: string;
  };
  readonly action: 'view' | 'comment' | 'review' | 'edit';
  /** Whose session it is: a name for carets, and an id that only this instance knows. */
  readonly person: { readonly id: string; readonly name: string };
  /** What `openFile` answered as `data`. */
  readonly data: unknown;
}

/** What a page tells of the file that it shows. */
export interface FileState {
  /** `unsaved`: there is something that is in this page alone. `kept`: its server half has it, the file not yet. */
  readonly saved: 'saved' | 'kept' | 'saving' | 'unsaved' | 'failed';
  /** One sentence for the person, where there is something to say, e.g. that it is read-only and why. */
  readonly note?: string;
}

/** What the shell wants of a page that shows a file. */
export type PageCommand = 'save' | 'focus' | 'print' | 'find';

/** The one message between windows: the shell posts it to the frame with a port, over which all else goes. */
export interface Handover extends PageState {
  /** Version of what follows. */
  readonly valfri: 1;
  /** Of a page that shows a file. */
  readonly opened?: OpenedFile;
}

/** What the shell sends over the port. */
export type FromShell =
  | ({ readonly kind: 'state' } & PageState)
  | { readonly kind: 'answer'; readonly id: number; readonly data: unknown }
  | { readonly kind: 'content'; readonly id: number; readonly data: ArrayBuffer }
  | { readonly kind: 'channel'; readonly open: boolean }
  | { readonly kind: 'message'; readonly data: Uint8Array }
  | { readonly kind: 'renamed'; readonly name: string }
  | { readonly kind: 'command'; readonly command: PageCommand }
  | { readonly kind: 'refusal'; readonly id: number; readonly code: string; readonly message: string };

/** What a page sends over the port. */
export type FromPage =
  | { readonly kind: 'connected' }
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly data: unknown }
  | { readonly kind: 'read'; readonly id: number; readonly version?: string }
  | { readonly kind: 'open-channel' }
  | { readonly kind: 'send'; readonly data: Uint8Array }
  | ({ readonly kind: 'file-state' } & FileState)
  | { readonly kind: 'leave' }
  | { readonly kind: 'resize'; readonly height: number };

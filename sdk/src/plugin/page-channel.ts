/**
 * Bytes between a page of the plugin's and its server half, both ways and in order, relayed by the shell. A page whose
 * connection was cut comes back as another channel of the same session.
 */
export interface PageChannel {
  /** Id of the page, as in the manifest. */
  readonly page: string;
  /** Id of the editing session that the page shows. */
  readonly session: string;
  /** Host id of the person who has it open. */
  readonly person: string;
  /** How many bytes were handed over and have not left yet: who sends much waits for it to sink. */
  readonly waiting: number;
  /** At most 1 MiB; what is sent once it is closed is dropped. */
  send(message: Uint8Array): void;
  /** One listener, from then on; at most 1 MiB each. */
  onMessage(listener: (message: Uint8Array) => void): void;
  onClose(listener: () => void): void;
  /** Ends it. The page is told, and does not come back where `again` is false. Default: true. */
  close(options?: { readonly again?: boolean }): void;
}

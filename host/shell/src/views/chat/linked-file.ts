import type { DocumentNode } from '@valfri/sdk';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { api, failureOf } from '../../state/api.ts';
import { onEvents } from '../../state/live.ts';

/** How long is waited after a file could not be asked for, in milliseconds. */
const RETRY = 3_000;

/** A file that something shows, as it is now: whatever it is called, wherever it is, whoever serves it. */
export class LinkedFile implements ReactiveController {
  /** What it is; absent until it is known, and when it is not to be had. */
  node: DocumentNode | undefined;
  /** `closed` where it was deleted, or is not the reader's to see; `away` while it cannot be asked for. */
  state: 'asked' | 'known' | 'closed' | 'away' = 'asked';
  readonly #host: ReactiveControllerHost;
  readonly #changed: () => void;
  #id: string | undefined;
  #stop: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed called when something else is known of it. */
  constructor(host: ReactiveControllerHost, changed: () => void = () => undefined) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    const again = () => void this.#look();
    this.#stop = onEvents({
      'node.changed': ({ node }) => node === this.#id && again(),
      'access.given': () => this.state !== 'known' && again(),
      'access.taken': again,
      'binding.changed': ({ capability }) => capability === 'documents' && again(),
      'live.resync': again,
    });
    again();
  }

  hostDisconnected(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  /** Says which file it is. */
  follow(id: string | undefined): void {
    if (id === this.#id) return;
    [this.#id, this.node, this.state] = [id, undefined, 'asked'];
    void this.#look();
  }

  async #look(): Promise<void> {
    const id = this.#id;
    clearTimeout(this.#timer);
    if (id === undefined) return;
    try {
      const { node } = await api.documents.get.query({ node: id });
      if (id === this.#id) this.#know(node, 'known');
    } catch (error) {
      if (id !== this.#id) return;
      const { code } = failureOf(error);
      if (code === 'NOT_FOUND') return this.#know(undefined, 'closed');
      // What is known stays; while a provider takes over from another it is asked again.
      if (!this.node) this.#know(undefined, 'away');
      this.#timer = setTimeout(() => void this.#look(), RETRY);
    }
  }

  #know(node: DocumentNode | undefined, state: LinkedFile['state']): void {
    [this.node, this.state] = [node, state];
    this.#changed();
    this.#host.requestUpdate();
  }
}

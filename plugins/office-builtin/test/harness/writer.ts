import { newId } from '@valfri/sdk';
import type { OfficeSubject } from '@valfri/sdk/conformance';
import type { TestPage } from '@valfri/sdk/testing';
import { SharedFile } from '../../src/shared/shared-file.ts';
import type { Welcome } from '../../src/shared/wire.ts';

/** Somebody who has a file open, as their page sees it. */
export class Writer {
  readonly shared: SharedFile;
  readonly notices: (readonly [string, string | undefined])[] = [];
  welcome: Welcome | undefined;
  base: Uint8Array | undefined;
  saved = '';
  again = false;
  #page: TestPage | undefined;
  readonly #subject: OfficeSubject;
  readonly #session: string;
  readonly #person: string;

  constructor(subject: OfficeSubject, session: string, person: string = newId()) {
    this.#subject = subject;
    this.#session = session;
    this.#person = person;
    this.shared = new SharedFile(
      { send: (piece) => this.#page?.say(piece) },
      {
        ready: (welcome, base) => Object.assign(this, { welcome, base }),
        state: (saved) => (this.saved = saved),
        notice: (key, name) => this.notices.push([key, name]),
        again: () => (this.again = true),
      },
    );
  }

  /** Opens the channel; what the server half says comes in order, and never while this page is speaking. */
  connect(): void {
    this.#page = this.#subject.connect({ page: 'text', session: this.#session, person: this.#person });
    this.#page.onMessage((piece) => queueMicrotask(() => this.shared.heard(piece)));
    this.shared.opened();
  }

  /** Loses the connection. */
  cut(): void {
    this.#page?.leave();
    this.#page = undefined;
    this.shared.closed();
  }

  get ended(): boolean {
    return this.#page?.ended !== undefined;
  }

  get text(): string {
    // oxlint-disable-next-line typescript/no-base-to-string -- of a shared text it is the text
    return this.shared.doc.getText('text').toString();
  }

  write(at: number, words: string): void {
    this.shared.doc.getText('text').insert(at, words);
  }

  /** Goes, for good. */
  leave(): void {
    this.cut();
    this.shared.awareness.destroy();
  }
}

/** Settles when something holds. @throws after ten seconds */
export async function holds(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

import type { TestPage } from '@valfri/sdk/testing';
import { addressesOf, type WopiHost } from './wopi-host.ts';

/** A document as the client has it in memory, for all who have it open. */
interface Doc {
  readonly lock: string;
  text: string;
  modified: boolean;
  saving: Promise<boolean>;
}

interface View {
  readonly url: string;
  readonly contents: string;
  readonly doc: Doc;
  readonly page: TestPage;
}

const bytesOf = (message: object) => new TextEncoder().encode(JSON.stringify(message));

/**
 * A WOPI client with the page before it, as far as a host can tell: it reads a file when the first one opens it, locks it,
 * keeps what is written in memory, and saves when its page tells it to and when somebody leaves.
 */
export class EditorDouble {
  readonly #host: WopiHost;
  readonly #addresses = new Map<string, ReturnType<typeof addressesOf>>();
  readonly #views = new Map<string, View>();
  readonly #docs = new Map<string, Doc>();

  constructor(host: WopiHost) {
    this.#host = host;
  }

  /** Remembers what the page of a session was handed. */
  opened(session: string, data: unknown): void {
    this.#addresses.set(session, addressesOf(data as never));
  }

  /** Writes a word into the file of a session. @throws where the host does not let it. */
  async write(session: string, word: string): Promise<void> {
    const view = this.#views.get(session) ?? (await this.#open(session));
    view.doc.text += ` ${word}`;
    view.doc.modified = true;
  }

  async #open(session: string): Promise<View> {
    const { url, contents } = this.#addresses.get(session)!;
    const page = this.#host.connect({ page: 'editor', session, person: session });
    await new Promise<void>((resolve) => {
      page.onMessage(() => resolve());
      page.say(bytesOf({ kind: 'here', origin: 'http://subject.localhost' }));
    });
    const doc = await this.#docOf(url, contents);
    const view = { url, contents, doc, page };
    page.onMessage((message) => {
      const { id } = JSON.parse(new TextDecoder().decode(message)) as { id: number };
      void this.#save(view).then((saved) => page.say(bytesOf({ kind: 'saved', id, saved })));
    });
    page.onClose(() => void this.#save(view));
    this.#views.set(session, view);
    return view;
  }

  async #docOf(url: string, contents: string): Promise<Doc> {
    const { client } = this.#host;
    const info = (await (await client.ask(url)).json()) as { UserCanWrite: boolean };
    if (!info.UserCanWrite) throw new Error('It is read-only.');
    const [file] = url.split('?');
    const known = this.#docs.get(file!);
    if (known) return known;
    const lock = `double-${file!.slice(-36)}`;
    const headers = { 'x-wopi-override': 'LOCK', 'x-wopi-lock': lock };
    const locked = await client.ask(url, { method: 'POST', headers });
    if (!locked.ok) throw new Error(`It cannot be locked: ${locked.status}.`);
    const text = await (await client.ask(contents)).text();
    const doc = { lock, text, modified: false, saving: Promise.resolve(true) };
    this.#docs.set(file!, doc);
    return doc;
  }

  /** One after another; what has not changed need not be saved. */
  #save({ contents, doc }: View): Promise<boolean> {
    return (doc.saving = doc.saving.then(async () => {
      if (!doc.modified) return true;
      const headers = { 'x-wopi-override': 'PUT', 'x-wopi-lock': doc.lock };
      const response = await this.#host.client.ask(contents, { method: 'POST', headers, body: doc.text });
      if (response.ok) doc.modified = false;
      return response.ok;
    }));
  }
}

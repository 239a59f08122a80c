import type { OpenFiles, PageChannel } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import type { WopiTables } from './tables.ts';

/** How long a page has to have its client save, in milliseconds: less than the host waits. */
const PATIENCE = 8_000;

interface Page {
  readonly channel: PageChannel;
  /** Those who wait for it to have saved, by the number of their question. */
  readonly waiting: Map<number, (saved: boolean) => void>;
  file: string | undefined;
}

/** What pages works with. */
export interface PagesOptions {
  readonly db: Kysely<WopiTables>;
  readonly files: OpenFiles;
}

/** The pages that are open. They alone can tell a WOPI client to save: it has no door for its host. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #pages = new Set<Page>();
  #asked = 0;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** Takes up the channel of a page. */
  connect(channel: PageChannel): void {
    const page: Page = { channel, waiting: new Map(), file: undefined };
    this.#pages.add(page);
    channel.onMessage((message) => void this.#heard(page, message).catch(() => channel.close({ again: false })));
    channel.onClose(() => {
      this.#pages.delete(page);
      for (const settle of page.waiting.values()) settle(false);
    });
  }

  /** Has the pages of a file save it. @returns `undefined` where there is none, else whether all of them could. */
  async save(
    isIts: (page: { readonly file: string | undefined; readonly session: string }) => boolean,
  ): Promise<boolean | undefined> {
    const pages = [...this.#pages].filter(({ file, channel }) => isIts({ file, session: channel.session }));
    if (pages.length === 0) return undefined;
    const saved = await Promise.all(pages.map((page) => this.#ask(page)));
    return saved.every(Boolean);
  }

  /** Lets the pages of a session go. */
  close(session: string): void {
    for (const { channel } of this.#pages) if (channel.session === session) channel.close({ again: false });
    for (const page of this.#pages) if (page.channel.session === session) this.#pages.delete(page);
  }

  #ask(page: Page): Promise<boolean> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), PATIENCE);
      const settle = (saved: boolean) => {
        clearTimeout(timer);
        page.waiting.delete(id);
        resolve(saved);
      };
      page.waiting.set(id, settle);
      page.channel.send(bytesOf({ kind: 'save', id }));
    });
  }

  async #heard(page: Page, message: Uint8Array): Promise<void> {
    const said = read(message);
    if (said?.['kind'] === 'here') await this.#welcome(page, said['origin']);
    if (said?.['kind'] === 'saved') page.waiting.get(Number(said['id']))?.(said['saved'] === true);
  }

  /** The page says where it is, which the client must know before it is shown. */
  async #welcome(page: Page, origin: unknown): Promise<void> {
    const { session } = page.channel;
    const open = await this.#options.files.bySession(session);
    // Who may only view has nothing to save.
    if (open.action !== 'view') page.file = open.file;
    if (typeof origin === 'string' && /^https?:\/\/[^/\s]{1,300}$/.test(origin) && URL.canParse(origin)) {
      const row = { session, origin };
      await this.#options.db
        .insertInto('pages')
        .values(row)
        .onConflict((conflict) => conflict.column('session').doUpdateSet({ origin }))
        .execute();
    }
    page.channel.send(bytesOf({ kind: 'go' }));
  }
}

function bytesOf(message: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function read(message: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (message.length > 4_096) return undefined;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(message));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

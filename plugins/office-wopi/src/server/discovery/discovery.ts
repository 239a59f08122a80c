import type { Health, PluginContext } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import type { WopiTables } from '../tables.ts';
import { type Discovered, parseDiscovery } from './parse-discovery.ts';

/** How long what was read is taken as it is, in milliseconds. */
const FRESH = 12 * 3_600_000;
/** Sooner than this it is not asked again after a failure or a signature that does not fit, in milliseconds. */
const PATIENCE = 60_000;
/** Largest discovery that is read, in characters. */
const MOST = 4 << 20;

/** What discovery works with. */
export interface DiscoveryOptions {
  readonly clientUrl: string;
  readonly fetch: PluginContext['fetch'];
  readonly db: Kysely<WopiTables>;
}

/**
 * What the WOPI client can do and which keys it signs with. What was read last is kept, also over a restart: a client
 * that is down for a while loses nobody their formats, and nobody gets in unsigned meanwhile.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  #known: { readonly discovered: Discovered; readonly readAt: number } | undefined;
  #trouble: string | undefined;
  #askedAt = 0;
  #asking: Promise<void> | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** What is known, read again where it is old; `undefined` where the client never answered. */
  async current(): Promise<Discovered | undefined> {
    if (!this.#known) await this.#recall();
    if (!this.#known || Date.now() - this.#known.readAt > FRESH) await this.refresh();
    return this.#known?.discovered;
  }

  /** Reads it now, unless that was tried a moment ago. @returns whether it was read. */
  async refresh(): Promise<boolean> {
    if (this.#asking) await this.#asking;
    else {
      if (Date.now() - this.#askedAt < PATIENCE) return false;
      this.#asking = this.#ask().finally(() => (this.#asking = undefined));
      await this.#asking;
    }
    return this.#trouble === undefined;
  }

  async health(): Promise<Health> {
    this.#askedAt = this.#trouble === undefined ? this.#askedAt : 0;
    await this.current();
    return this.#trouble === undefined ? { ok: true } : { ok: false, message: this.#trouble };
  }

  async #recall(): Promise<void> {
    const row = await this.#options.db.selectFrom('discovery').selectAll().executeTakeFirst();
    if (row) this.#known = { discovered: parseDiscovery(row.xml), readAt: row.read_at.getTime() };
  }

  async #ask(): Promise<void> {
    this.#askedAt = Date.now();
    const url = `${this.#options.clientUrl.replace(/\/$/, '')}/hosting/discovery`;
    try {
      const xml = await this.#read(url);
      const discovered = parseDiscovery(xml);
      this.#known = { discovered, readAt: Date.now() };
      this.#trouble = undefined;
      await this.#keep(xml);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#trouble = `The WOPI client does not say what it can do (${url}): ${why}`;
    }
  }

  async #read(url: string): Promise<string> {
    const response = await this.#options.fetch(url);
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    let xml = '';
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      xml += decoder.decode(piece, { stream: true });
      if (xml.length > MOST) throw new Error('it answers without end');
    }
    return xml;
  }

  async #keep(xml: string): Promise<void> {
    const row = { id: 1, xml, read_at: new Date() };
    await this.#options.db
      .insertInto('discovery')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ xml, read_at: row.read_at }))
      .execute();
  }
}

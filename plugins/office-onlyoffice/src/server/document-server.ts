import { type Bytes, CapabilityError, type PluginContext } from '@valfri/sdk';
import { z } from 'zod';
import { signToken } from './jwt.ts';
import { publicUrlOf, type Settings, withoutSlash } from './settings.ts';

/** For how many seconds a request of ours is good. */
const LASTS = 300;
/** How much of an answer in JSON is read, in bytes. */
const MOST = 1 << 20;

const commandAnswer = z.looseObject({ error: z.int() });
const conversionAnswer = z.looseObject({
  error: z.int().optional(),
  endConvert: z.boolean().optional(),
  fileUrl: z.string().optional(),
});

/** What the document server is asked to make of a file. */
export interface Conversion {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** Where it reads the file. */
  readonly url: string;
}

/** The document server, as a server that is asked. What it answers is read with care. */
export class DocumentServer {
  readonly #settings: Settings;
  readonly #fetch: PluginContext['fetch'];

  constructor(settings: Settings, fetch: PluginContext['fetch']) {
    this.#settings = settings;
    this.#fetch = fetch;
  }

  /** Whether it is well; a sentence for the operator where it is not. */
  async trouble(): Promise<string | undefined> {
    try {
      const response = await this.#fetch(`${this.#url}/healthcheck`);
      const text = (await readText(response)).trim();
      if (response.ok && text === 'true') return undefined;
      return `The document server at ${this.#url} is not well: its health check answered ${response.status}.`;
    } catch (error) {
      return `The document server at ${this.#url} does not answer: ${(error as Error).message}`;
    }
  }

  /**
   * Asks it to hand over what was written under a key and was not saved yet.
   * @returns whether there is anything: then it calls back.
   */
  async forceSave(key: string): Promise<boolean> {
    const { error } = await this.#post('command', { c: 'forcesave', key }, commandAnswer, key);
    // 1: no such document, 4: nothing was changed.
    if (error === 1 || error === 4) return false;
    if (error === 0) return true;
    throw unavailable(`The document server refused to save, with ${error}.`);
  }

  /** Makes a file of another kind. @returns what it holds */
  async convert({ key, from, to, name, url }: Conversion, signal: AbortSignal): Promise<Bytes> {
    const wish = { async: true, key, filetype: from, outputtype: to, title: name, url };
    for (;;) {
      const { error, endConvert, fileUrl } = await this.#post('converter', wish, conversionAnswer, key);
      if (error !== undefined) throw unavailable(`The document server could not convert it (${error}).`);
      if (endConvert && fileUrl !== undefined) return this.download(fileUrl);
      await pause(500, signal);
    }
  }

  /**
   * Reads what the document server has made, from itself and from nowhere else.
   * @throws INVALID where the address is not its own
   */
  async download(address: string): Promise<Bytes> {
    const response = await this.#fetch(this.#ownAddress(address));
    if (response.ok && response.body) return response.body;
    await response.body?.cancel();
    throw unavailable(`The document server handed over nothing: ${response.status}.`);
  }

  /** It may speak of itself as browsers know it; it is asked where the operator said that it is. */
  #ownAddress(address: string): string {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const [own, shown] = [new URL(this.#url), new URL(publicUrlOf(this.#settings))];
    if (!url || url.username || url.password || (url.origin !== own.origin && url.origin !== shown.origin))
      throw new CapabilityError('INVALID', 'url: is not of the document server.', { field: 'url' });
    if (url.origin === own.origin) return url.href;
    const path = url.pathname.startsWith(shown.pathname) ? url.pathname.slice(shown.pathname.length) : url.pathname;
    return `${this.#url}/${path.replace(/^\/+/, '')}${url.search}`;
  }

  get #url(): string {
    return withoutSlash(this.#settings.serverUrl);
  }

  async #post<T>(path: string, body: object, schema: z.ZodType<T>, key: string): Promise<T> {
    const token = signToken({ ...body }, this.#settings.secret, LASTS);
    const response = await this.#fetch(`${this.#url}/${path}?shardkey=${key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ ...body, token }),
    });
    const text = await readText(response);
    const parsed = response.ok ? schema.safeParse(jsonIn(text)) : undefined;
    if (parsed?.success) return parsed.data;
    throw unavailable(`The document server answered ${path} with something else than it should (${response.status}).`);
  }
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > MOST) throw unavailable('The document server answered too much.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(unavailable('Nobody waits for it.'))));
  });
}

function unavailable(message: string): CapabilityError {
  return new CapabilityError('UNAVAILABLE', message);
}

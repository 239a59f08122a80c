import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signToken } from '../src/server/jwt.ts';

interface Held {
  readonly url: string;
  readonly callbackUrl: string;
  text: string;
  changed: boolean;
  users: string[];
  saves: number;
}

/** A configuration, as far as the double reads it. */
export interface Config {
  readonly document: { readonly key: string; readonly url: string; readonly title: string };
  readonly editorConfig: { readonly callbackUrl: string; readonly user: { readonly id: string } };
  readonly token: string;
}

/**
 * Speaks the document server's side of the protocol as its documentation has it: no real one was met. It holds texts
 * where a real one holds documents.
 */
export class DocumentServerDouble {
  readonly #server: Server;
  readonly #held = new Map<string, Held>();
  readonly #files = new Map<string, string>();
  readonly secret: string;
  /** Where our inbound routes are answered in the test, in place of the network. */
  call: (request: Request) => Promise<Response> = async () => new Response(null, { status: 404 });
  /** What the health check answers. */
  health = 'true';

  constructor(secret: string) {
    this.secret = secret;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Opens what a configuration says, as the editor does in a browser, and writes a word. */
  async write({ document: { key, url }, editorConfig: { callbackUrl, user } }: Config, word: string): Promise<void> {
    const held = this.#held.get(key) ?? {
      ...{ url, callbackUrl, text: await this.#read(url), changed: false, users: [], saves: 0 },
    };
    this.#held.set(key, { ...held, callbackUrl, text: `${held.text} ${word}`, changed: true, users: [user.id] });
  }

  /** Everybody has left: hands over what was changed. */
  async close(key: string): Promise<number> {
    const held = this.#held.get(key);
    if (!held) return 0;
    const answer = held.changed
      ? await this.#save(key, held, 2)
      : await this.callback(held.callbackUrl, { key, status: 4 });
    if (answer.status === 200) this.#held.delete(key);
    return answer.status;
  }

  /** Calls back with something. Signed in the body as a real one is told to, unless something else is given. */
  callback(url: string, body: object, signed: 'body' | 'header' | 'not' = 'body'): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (signed === 'header') headers['authorization'] = `Bearer ${signToken({ payload: body }, this.secret, 300)}`;
    const sent = signed === 'body' ? { ...body, token: signToken({ ...body }, this.secret, 300) } : body;
    return this.call(new Request(url, { method: 'POST', headers, body: JSON.stringify(sent) }));
  }

  /** Offers a text under an address of its own. */
  offer(name: string, text: string): string {
    this.#files.set(`/cache/${name}`, text);
    return `${this.url}/cache/${name}`;
  }

  /** The key of each file that it holds. */
  get keys(): readonly string[] {
    return [...this.#held.keys()];
  }

  async #read(url: string): Promise<string> {
    const response = await this.call(new Request(url));
    if (!response.ok) throw new Error(`the file could not be read: ${response.status}`);
    return response.text();
  }

  async #save(key: string, held: Held, status: 2 | 6): Promise<Response> {
    const url = this.offer(`${key}-${(held.saves += 1)}`, held.text);
    const answer = await this.callback(held.callbackUrl, { key, status, url, filetype: 'docx', users: held.users });
    if (answer.status === 200) held.changed = false;
    return answer;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, this.url);
    const send = (status: number, body: string) => response.writeHead(status).end(body);
    const file = this.#files.get(pathname);
    if (file !== undefined) return void send(200, file);
    if (pathname === '/healthcheck') return void send(200, this.health);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString() || '{}') as Record<string, string>;
    if (!this.#isSigned(body['token'])) return void send(200, '{"error":6}');
    if (pathname === '/command') return void send(200, JSON.stringify({ error: this.#command(body) }));
    if (pathname === '/converter') return void send(200, JSON.stringify(await this.#convert(body)));
    return void send(404, '{}');
  }

  /** Answers first, and calls back then, as a real one does. */
  #command({ c, key }: Record<string, string>): number {
    if (c !== 'forcesave') return 5;
    const held = this.#held.get(key!);
    if (!held) return 1;
    if (!held.changed) return 4;
    setImmediate(() => void this.#save(key!, held, 6));
    return 0;
  }

  async #convert({ key, url, outputtype }: Record<string, string>): Promise<object> {
    const text = await this.#read(url!);
    const converted = this.offer(`${key}.${outputtype}`, `${outputtype}: ${text}`);
    return { endConvert: true, fileType: outputtype, fileUrl: converted, percent: 100 };
  }

  /** Checked by itself, not by what is tested. */
  #isSigned(token: string | undefined): boolean {
    const [header, payload, signature] = (token ?? '').split('.');
    const due = createHmac('sha256', this.secret).update(`${header}.${payload}`).digest('base64url');
    return signature === due;
  }
}

/** A WebDAV server that a test has at hand. */
export interface AtHand {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Somebody who uses the same folder on the server by another client. */
export class Foreign {
  readonly #server: AtHand;

  constructor(server: AtHand) {
    this.#server = server;
  }

  /** Puts a file; the answer's status. */
  async put(path: string, text: string | Uint8Array): Promise<number> {
    return (await this.ask('PUT', path, { body: text as string })).status;
  }

  /** What a file holds; `undefined` where there is none. */
  async read(path: string): Promise<string | undefined> {
    const response = await this.ask('GET', path);
    const text = await response.text();
    return response.ok ? text : undefined;
  }

  async move(from: string, to: string): Promise<number> {
    return (await this.ask('MOVE', from, { headers: { destination: this.#address(to), overwrite: 'F' } })).status;
  }

  async remove(path: string): Promise<number> {
    return (await this.ask('DELETE', path)).status;
  }

  async makeFolder(path: string): Promise<number> {
    return (await this.ask('MKCOL', path)).status;
  }

  /** Names in a folder, sorted; without those that are the provider's own. */
  async names(path: string): Promise<readonly string[]> {
    const response = await this.ask('PROPFIND', path === '' || path.endsWith('/') ? path : `${path}/`, {
      headers: { depth: '1' },
    });
    const hrefs = [...(await response.text()).matchAll(/<(?:\w+:)?href>([^<]*)</g)].map(([, href]) => href!);
    const own = decodeURIComponent(new URL(this.#address(path)).pathname.replace(/\/*$/, '/'));
    return hrefs
      .map((href) => decodeURIComponent(href.replaceAll('&amp;', '&')))
      .filter((href) => href !== own && href.startsWith(own))
      .map((href) => href.slice(own.length).replace(/\/$/, ''))
      .filter((name) => !name.startsWith('.valfri'))
      .sort();
  }

  ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const { username, password } = this.#server;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return fetch(this.#address(path), { ...init, method, headers: { authorization, ...init.headers } });
  }

  #address(path: string): string {
    return `${this.#server.url}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the double is like; all of it can be changed while it runs. */
export interface Manner {
  /** Has ids that stay, and shows them. */
  fileIds: boolean;
  /** Entity tags of folders change with what is further down. */
  tagsTellOfAll: boolean;
  /** Has entity tags of files. */
  tags: boolean;
  /** Does what it is asked for by some method, and ends the connection instead of answering. */
  losesAnswersTo: string | undefined;
  /** Keeps so many bytes of a file at most, and says that all is well. */
  keepsAtMost: number;
  /** Answers with this, whatever is asked. */
  answers: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | undefined;
  /** Does not answer at all. */
  deaf: boolean;
}

interface Thing {
  readonly bytes: Buffer | undefined;
  readonly id: number;
  tag: number;
}

/**
 * A WebDAV server in memory that behaves as the well-known products for files and sharing say they do, and as no server
 * should. It shows what the plugin does then, and not that a product is like that.
 */
export class DavDouble implements AsyncDisposable {
  readonly manner: Manner = {
    ...{ fileIds: false, tagsTellOfAll: false, tags: true, losesAnswersTo: undefined },
    ...{ keepsAtMost: Infinity, answers: undefined, deaf: false },
  };
  /** What was asked: method and path. */
  readonly asked: string[] = [];
  readonly #things = new Map<string, Thing>([['', { bytes: undefined, id: 1, tag: 1 }]]);
  readonly #server: Server;
  #count = 1;

  private constructor() {
    this.#server = createServer((request, reply) => void this.#answer(request, reply));
  }

  static async start(): Promise<DavDouble> {
    const double = new DavDouble();
    double.#server.listen(0, '127.0.0.1');
    await once(double.#server, 'listening');
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names of what there is, without what is the provider's own. */
  get paths(): readonly string[] {
    return [...this.#things.keys()].filter((path) => path !== '' && !path.includes('/.valfri')).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const method = request.method!;
    const path = decodeURIComponent(request.url!).replace(/\/$/, '');
    this.asked.push(`${method} ${path}`);
    const { deaf, answers, losesAnswersTo } = this.manner;
    if (deaf) return;
    if (answers) return void reply.writeHead(answers.status, answers.headers).end(answers.body);
    const { status, body = '' } = this.#do(method, path, request, Buffer.concat(pieces));
    if (losesAnswersTo === method) return void request.socket.destroy();
    reply.writeHead(status).end(method === 'HEAD' ? '' : body);
  }

  #do(
    method: string,
    path: string,
    { headers }: IncomingMessage,
    bytes: Buffer,
  ): { status: number; body?: string | Buffer } {
    const there = this.#things.get(path);
    const destination = headers.destination && decodeURIComponent(new URL(String(headers.destination)).pathname);
    const to = destination?.replace(/\/$/, '');
    if (method === 'MKCOL') return there ? { status: 405 } : this.#put(path, undefined);
    if (method === 'PUT') return this.#put(path, bytes.subarray(0, this.manner.keepsAtMost));
    if (!there) return { status: 404 };
    if (method === 'GET') return { status: 200, body: there.bytes ?? '' };
    if (method === 'PROPFIND') return { status: 207, body: this.#multistatus(path, headers.depth === '1') };
    if (method === 'DELETE') return this.#remove(path);
    if (to !== undefined && headers.overwrite === 'F' && this.#things.has(to)) return { status: 412 };
    if (method === 'COPY') return this.#put(to!, there.bytes);
    if (method === 'MOVE') return this.#move(path, to!);
    return { status: 501 };
  }

  #put(path: string, bytes: Buffer | undefined): { status: number } {
    if (!this.#things.has(above(path))) return { status: 409 };
    const there = this.#things.get(path);
    this.#things.set(path, { bytes, id: there?.id ?? ++this.#count, tag: ++this.#count });
    this.#touch(path);
    return { status: there ? 204 : 201 };
  }

  #remove(path: string): { status: number } {
    for (const each of this.#things.keys()) if (each === path || each.startsWith(`${path}/`)) this.#things.delete(each);
    this.#touch(path);
    return { status: 204 };
  }

  #move(from: string, to: string): { status: number } {
    if (!this.#things.has(above(to))) return { status: 409 };
    for (const [path, thing] of [...this.#things])
      if (path === from || path.startsWith(`${from}/`)) {
        this.#things.delete(path);
        // The tag is another one after a move, as with products that count up.
        this.#things.set(to + path.slice(from.length), { ...thing, tag: ++this.#count });
      }
    this.#touch(from);
    this.#touch(to);
    return { status: 201 };
  }

  #touch(path: string): void {
    for (let folder = above(path), first = true; ; folder = above(folder), first = false) {
      const thing = this.#things.get(folder);
      if (thing && (first || this.manner.tagsTellOfAll)) thing.tag = ++this.#count;
      if (folder === '') return;
    }
  }

  #multistatus(path: string, deep: boolean): string {
    const shown = [...this.#things].filter(([each]) => each === path || (deep && each !== '' && above(each) === path));
    return `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">${shown
      .map(([each, thing]) => this.#response(each, thing))
      .join('')}</d:multistatus>`;
  }

  #response(path: string, { bytes, id, tag }: Thing): string {
    const href = path.split('/').map(encodeURIComponent).join('/') + (bytes ? '' : '/');
    const type = bytes ? `<d:getcontentlength>${bytes.length}</d:getcontentlength>` : '';
    const etag = this.manner.tags ? `<d:getetag>&quot;${tag}&quot;</d:getetag>` : '';
    const fileId = this.manner.fileIds ? `<oc:fileid>${id}</oc:fileid>` : '';
    return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>
      <d:resourcetype>${bytes ? '' : '<d:collection/>'}</d:resourcetype>${type}${etag}${fileId}
      </d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
  }
}

function above(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

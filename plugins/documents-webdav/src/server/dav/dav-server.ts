import { type ByteRange, type Bytes, type Content, isCapabilityError, type PluginContext } from '@valfri/sdk';
import { ReadableStream } from 'node:stream/web';
import { DavRefusal, faultOf, unavailable } from './faults.ts';
import { type Entry, PROPFIND, readMultistatus, XmlFault } from './multistatus.ts';
import { addressOf, type Path } from './path.ts';
import { Patience } from './patience.ts';

/** How long a request may stand still, in milliseconds. */
export interface Timing {
  /** One that is answered at once. Default: 8,000, less than a call waits. */
  readonly answer: number;
  /** One for which the server has to work, or whose body is long. Default: 60,000. */
  readonly work: number;
}

/** What a server is reached by. */
export interface DavServerOptions {
  /** Address of the folder of the settings, with a slash at the end. */
  readonly root: URL;
  readonly username: string;
  readonly password: string;
  readonly fetch: PluginContext['fetch'];
  readonly timing?: Timing | undefined;
}

interface Request {
  readonly method: string;
  readonly path: Path;
  readonly kind?: 'folder' | 'file';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Bytes;
  readonly slow?: boolean;
}

/** On which condition something comes to a name: that it is free, or that what is there has an entity tag. */
export type Condition = 'free' | 'whatever' | { readonly etag: string };

/** How it went: `taken` where the condition did not hold. */
export type Arrival = 'done' | 'taken' | 'missing';

const NOTHING: ReadonlySet<number> = new Set([400, 404, 409]);

/** A WebDAV server (RFC 4918), below one folder. */
export class DavServer {
  readonly #options: DavServerOptions;
  readonly #timing: Timing;
  readonly #authorization: string;

  constructor(options: DavServerOptions) {
    this.#options = options;
    this.#timing = options.timing ?? { answer: 8_000, work: 60_000 };
    const { username, password } = options;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** What is there; `undefined` where nothing is. @throws UNAVAILABLE */
  async stat(path: Path, kind: 'folder' | 'file' = 'file'): Promise<Entry | undefined> {
    const entries = await this.#propfind(path, kind, '0');
    return entries?.find((entry) => samePath(entry.path, path));
  }

  /** What is in a folder; `undefined` where there is none. @throws UNAVAILABLE */
  async list(path: Path): Promise<{ readonly self: Entry; readonly children: readonly Entry[] } | undefined> {
    const entries = await this.#propfind(path, 'folder', '1');
    const self = entries?.find((entry) => samePath(entry.path, path));
    if (!entries || self?.kind !== 'folder') return undefined;
    const isChild = (entry: Entry) => entry.path.length === path.length + 1 && samePath(entry.path.slice(0, -1), path);
    return { self, children: entries.filter(isChild) };
  }

  async #propfind(path: Path, kind: 'folder' | 'file', depth: string): Promise<readonly Entry[] | undefined> {
    const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
    const request = { method: 'PROPFIND', path, kind, headers, body: PROPFIND, slow: depth === '1' };
    try {
      return await this.#ask(request, (response, patience) => {
        // 400 is Apache's answer for what would be below a file.
        if (NOTHING.has(response.status)) return drained(response).then(() => undefined);
        if (response.status !== 207) throw faultOf('PROPFIND', response);
        return readMultistatus(patience.receiving(bodyOf(response)), this.#options.root);
      });
    } catch (error) {
      if (!(error instanceof XmlFault)) throw error;
      throw unavailable(`The WebDAV server answered something that cannot be read: ${error.message}.`, error);
    }
  }

  /** Makes a folder; true where it was not there. @throws DavRefusal 409 where the one above it is not there. */
  async makeFolder(path: Path): Promise<boolean> {
    const request = { method: 'MKCOL', path, kind: 'folder' } as const;
    const { status } = await this.#plain(request, [400, 405]);
    if (status !== 400) return status !== 405;
    if (await this.stat(path)) return false;
    throw new DavRefusal('MKCOL', 400);
  }

  /** @throws DavRefusal 409 where the folder is not there. */
  async put(path: Path, content: Pick<Content, 'size' | 'read'>): Promise<void> {
    const { size } = content;
    const headers = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
    await this.#plain({ method: 'PUT', path, headers, body: size === 0 ? '' : content.read(), slow: true });
  }

  /** Has the server copy a file. False where it is not there. */
  async copy(from: Path, to: Path): Promise<boolean> {
    const headers = { destination: this.#address(to), overwrite: 'T', depth: '0' };
    const { status } = await this.#plain({ method: 'COPY', path: from, headers, slow: true }, [404]);
    return status !== 404;
  }

  /** Has the server give something another place. @throws DavRefusal 409 where the folder is not there. */
  async move(from: Path, to: Path, condition: Condition, kind: 'folder' | 'file' = 'file'): Promise<Arrival> {
    const destination = this.#address(to, kind);
    const condition_ = typeof condition === 'object' ? { if: `<${destination}> ([${condition.etag}])` } : {};
    const headers = { destination, overwrite: condition === 'free' ? 'F' : 'T', ...condition_ };
    const { status } = await this.#plain(
      { method: 'MOVE', path: from, kind, headers, slow: true },
      [404, 409, 412, 500],
    );
    if (status === 409 || status === 500) {
      // RFC 4918 wants 409 where the folder is not there; Apache answers 500.
      if (await this.stat(to.slice(0, -1), 'folder'))
        throw unavailable(`The WebDAV server answered MOVE with ${status}.`);
      throw new DavRefusal('MOVE', 409);
    }
    return status === 404 ? 'missing' : status === 412 ? 'taken' : 'done';
  }

  /** Removes something, a folder with all that is in it; false where it has another entity tag. */
  async remove(
    path: Path,
    { kind = 'file', etag }: { kind?: 'folder' | 'file'; etag?: string | null } = {},
  ): Promise<boolean> {
    const headers: Record<string, string> = etag ? { if: `([${etag}])` } : {};
    const { status } = await this.#plain({ method: 'DELETE', path, kind, headers, slow: true }, [404, 412]);
    return status !== 412;
  }

  /** What a file holds; `undefined` where there is none. */
  async get(path: Path, range?: ByteRange): Promise<AsyncGenerator<Uint8Array> | undefined> {
    const last = range?.end === undefined ? '' : range.end - 1;
    const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${last}` } : {};
    const patience = new Patience(this.#timing.work);
    const response = await this.#send({ method: 'GET', path, headers }, patience);
    if (response.status === 404) return void (await drained(response));
    if (!response.ok) throw faultOf('GET', response);
    // A server may leave the range unheeded.
    const part = range && response.status === 200 ? range : undefined;
    return read(response, patience, part);
  }

  #address(path: Path, kind: 'folder' | 'file' = 'file'): string {
    return addressOf(this.#options.root, path, kind);
  }

  /** A request whose answer's body says nothing. */
  #plain(request: Request, expected: readonly number[] = []): Promise<{ readonly status: number }> {
    return this.#ask(request, async (response) => {
      const { status } = response;
      await drained(response);
      // A multistatus says that parts of it were not done.
      if (status === 207) throw unavailable(`The WebDAV server did only a part of ${request.method}.`);
      if (!response.ok && !expected.includes(status)) throw faultOf(request.method, response);
      return { status };
    });
  }

  async #ask<T>(request: Request, answered: (response: Response, patience: Patience) => Promise<T>): Promise<T> {
    using patience = new Patience(request.slow ? this.#timing.work : this.#timing.answer);
    const response = await this.#send(request, patience);
    try {
      return await answered(response, patience);
    } catch (error) {
      throw passing(error) ?? error;
    }
  }

  async #send({ method, path, kind, headers, body }: Request, patience: Patience): Promise<Response> {
    const stream = typeof body === 'object' ? ReadableStream.from(patience.sending(body)) : body;
    try {
      return await this.#options.fetch(this.#address(path, kind), {
        method,
        headers: { authorization: this.#authorization, ...headers },
        redirect: 'manual',
        signal: patience.signal,
        ...(stream === undefined ? {} : { body: stream, duplex: 'half' }),
      } as RequestInit);
    } catch (error) {
      patience[Symbol.dispose]();
      throw passing(error) ?? unavailable(`The WebDAV server does not answer: ${reasonOf(error)}.`, error);
    }
  }
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((segment, i) => segment === b[i]);
}

/** What is known already, or is no fault of the connection. */
function passing(error: unknown): Error | undefined {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (error instanceof DavRefusal || error instanceof XmlFault) return error;
  if (isCapabilityError(cause)) return cause;
  if (code === 'UNAVAILABLE' || code === 'QUOTA' || code === 'CONFLICT' || code === 'VF_ERR_EGRESS')
    return error as Error;
  return undefined;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  return (response.body as ReadableStream<Uint8Array> | null) ?? ReadableStream.from<Uint8Array>([]);
}

/** Reads an answer to its end, so that the connection can be used again; a long one is cut off. */
async function drained({ body }: Response): Promise<void> {
  if (!body) return;
  let length = 0;
  for await (const piece of body as unknown as AsyncIterable<Uint8Array>) if ((length += piece.length) > 65_536) break;
}

async function* read(response: Response, patience: Patience, part?: ByteRange): AsyncGenerator<Uint8Array> {
  let at = 0;
  const { start = 0, end = Infinity } = part ?? {};
  try {
    for await (const piece of patience.receiving(bodyOf(response))) {
      const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += piece.length;
      if (wanted.length > 0) yield wanted;
      if (at >= end) return;
    }
  } catch (error) {
    throw unavailable(`The WebDAV server broke off: ${reasonOf(error)}.`, error);
  } finally {
    patience[Symbol.dispose]();
  }
}

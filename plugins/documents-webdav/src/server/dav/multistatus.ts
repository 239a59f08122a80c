import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { type Path, pathOf } from './path.ts';

const DAV = 'DAV:';
const EXTRAS = 'http://owncloud.org/ns';
const DEEPEST = 32;
const MOST_BYTES = 64 * 2 ** 20;
const MOST_TEXT = 8_192;

/** What the server says of one place. */
export interface Entry {
  readonly path: Path;
  readonly kind: 'folder' | 'file';
  /** Without the mark of a weak one. Where the server has none, what changes with the content: it begins with `~`. */
  readonly etag: string;
  /** In bytes. */
  readonly size?: number;
  readonly mediaType?: string;
  /** In milliseconds since the epoch. */
  readonly modifiedAt?: number;
  /** An id that stays when it is moved, where the server has such. */
  readonly fileId?: string;
}

/** What is asked for. */
export const PROPFIND = `<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:" xmlns:x="${EXTRAS}"><prop>
<resourcetype/><getetag/><getcontentlength/><getcontenttype/><getlastmodified/><x:fileid/>
</prop></propfind>`;

/** An answer that is none. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

/**
 * Reads a multistatus (RFC 4918 §13) as it arrives. What lies outside of the folder is left out.
 * @throws XmlFault where it is no XML, has a DOCTYPE, or is too large or too deep.
 */
export async function readMultistatus(body: AsyncIterable<Uint8Array>, root: URL): Promise<readonly Entry[]> {
  const reader = new MultistatusReader(root);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > MOST_BYTES) throw new XmlFault(`it is longer than ${MOST_BYTES} bytes`);
      reader.write(decoder.decode(piece, { stream: true }));
    }
    return reader.close();
  } catch (cause) {
    if (cause instanceof TypeError && cause.message.includes('encoded'))
      throw new XmlFault('it is not UTF-8', { cause });
    throw cause;
  }
}

type Properties = Map<string, string>;

class MultistatusReader {
  readonly #root: URL;
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #stack: string[] = [];
  readonly #entries: Entry[] = [];
  #text = '';
  #href = '';
  #found: Properties = new Map();
  #propstat: Properties = new Map();
  #status = '';

  constructor(root: URL) {
    this.#root = root;
    this.#parser.on('error', (error) => {
      throw new XmlFault(error.message);
    });
    this.#parser.on('doctype', () => {
      throw new XmlFault('it has a DOCTYPE');
    });
    this.#parser.on('opentag', (tag) => this.#open(tag as SaxesTagNS));
    this.#parser.on('closetag', () => this.#close());
    const add = (text: string) => {
      this.#text += text;
      if (this.#text.length > MOST_TEXT) throw new XmlFault('a text in it is too long');
    };
    this.#parser.on('text', add);
    this.#parser.on('cdata', add);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  close(): readonly Entry[] {
    this.#parser.close();
    return this.#entries;
  }

  #open({
    uri,
    local,
  }: SaxesTagNS | { uri: string; local: string; attributes: Record<string, SaxesAttributeNS> }): void {
    const name = uri === DAV ? local : uri === EXTRAS ? `x:${local}` : `?${local}`;
    this.#stack.push(name);
    if (this.#stack.length > DEEPEST) throw new XmlFault(`it has more than ${DEEPEST} levels`);
    if (this.#stack.length === 1 && name !== 'multistatus') throw new XmlFault(`it is no multistatus, but ${local}`);
    this.#text = '';
    if (name === 'response') [this.#href, this.#found] = ['', new Map()];
    if (name === 'propstat') [this.#propstat, this.#status] = [new Map(), ''];
    if (name === 'collection' && this.#stack.at(-2) === 'resourcetype') this.#propstat.set('collection', '');
  }

  #close(): void {
    const name = this.#stack.pop()!;
    const parent = this.#stack.at(-1);
    const text = this.#text.trim();
    this.#text = '';
    if (name === 'href' && parent === 'response') this.#href = text;
    else if (name === 'status' && parent === 'propstat') this.#status = text;
    else if (parent === 'prop' && this.#stack.at(-2) === 'propstat') this.#propstat.set(name, text);
    else if (name === 'propstat' && / 2\d\d\b/.test(this.#status))
      for (const [key, value] of this.#propstat) this.#found.set(key, value);
    else if (name === 'response') this.#add();
  }

  #add(): void {
    const path = pathOf(this.#root, this.#href);
    // A response that has no property that was asked for is one of something that is not to be seen.
    if (!path || this.#found.size === 0) return;
    this.#entries.push({
      path,
      kind: this.#found.has('collection') ? 'folder' : 'file',
      etag:
        opaqueTag(this.#found.get('getetag')) ??
        `~${this.#found.get('getcontentlength')} ${this.#found.get('getlastmodified')}`,
      ...number('size', this.#found.get('getcontentlength')),
      ...text('mediaType', this.#found.get('getcontenttype')?.split(';')[0]?.trim()),
      ...number('modifiedAt', String(Date.parse(this.#found.get('getlastmodified') ?? ''))),
      ...text('fileId', this.#found.get('x:fileid')),
    });
  }
}

/** An entity tag as it is compared: without the mark that it is a weak one. */
function opaqueTag(given: string | undefined): string | undefined {
  return given?.replace(/^W\//, '') || undefined;
}

function text<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value ? { [key]: value } : {}) as { [P in K]?: string };
}

function number<K extends string>(key: K, value: string | undefined): { [P in K]?: number } {
  return (value && /^\d{1,15}$/.test(value) ? { [key]: Number(value) } : {}) as { [P in K]?: number };
}

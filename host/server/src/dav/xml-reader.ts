import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { DavFault } from './dav-fault.ts';

/** An element with what is in it. Comments and processing instructions are left out. */
export interface XmlElement {
  /** Empty for none. */
  readonly namespace: string;
  readonly local: string;
  /** As it was written, with its prefix. */
  readonly name: string;
  /** Declarations of namespaces among them. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly children: readonly (XmlElement | string)[];
}

/** Limits of what is read, so that a small text cannot cost much. */
export const XML_LIMITS = {
  /** In bytes. */
  size: 512 << 10,
  depth: 100,
  elements: 20_000,
  /** Of one element. */
  attributes: 100,
} as const;

type Open = XmlElement & { readonly children: (XmlElement | string)[] };

/** Reads a text piece by piece, and stops at the first thing that is not to be. */
class TreeReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;
  #elements = 0;
  #attributes = 0;

  constructor(encoding: string) {
    this.#parser.on('error', ({ message }) => refuse(message));
    this.#parser.on('doctype', () => refuse('a DOCTYPE is not taken'));
    this.#parser.on('xmldecl', (declared) => {
      const named = declared.encoding?.toLowerCase() ?? encoding;
      if (named !== encoding && !(named === 'utf-16' && encoding.startsWith('utf-16')) && named !== 'us-ascii')
        refuse(`it says that it is ${named}, and is not`);
    });
    // Before there is an element: what has too many is not read to its end.
    this.#parser.on('opentagstart', () => void (this.#attributes = 0));
    this.#parser.on('attribute', () => {
      if ((this.#attributes += 1) > XML_LIMITS.attributes) refuse('an element has too many attributes');
    });
    this.#parser.on('opentag', (tag) => this.#begin(tag));
    this.#parser.on('closetag', () => this.#open.pop());
    this.#parser.on('text', (text) => void this.#open.at(-1)?.children.push(text));
    this.#parser.on('cdata', (text) => void this.#open.at(-1)?.children.push(text));
  }

  #begin({ name, local, uri, attributes: given }: SaxesTagNS): void {
    if ((this.#elements += 1) > XML_LIMITS.elements) refuse('it has too many elements');
    if (this.#open.length >= XML_LIMITS.depth) refuse('it is too deep');
    const attributes = Object.values(given);
    if (attributes.some(undeclares)) refuse('a prefix has no namespace');
    const element: Open = {
      ...{ namespace: uri, local, name, children: [] },
      attributes: attributes.map((each) => ({ name: each.name, value: each.value })),
    };
    if (this.#open.length > 0) this.#open.at(-1)!.children.push(element);
    else this.#root = element;
    this.#open.push(element);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): XmlElement {
    this.#parser.close();
    return this.#root ?? refuse('it is empty');
  }
}

/** @see https://www.w3.org/TR/xml-names/#nsc-NoPrefixUndecl */
function undeclares({ prefix, value }: SaxesAttributeNS): boolean {
  return prefix === 'xmlns' && value === '';
}

function refuse(why: string): never {
  throw new DavFault(400, `The body is no XML that can be read: ${why}.`);
}

/** Reads a body; `undefined` where there is none. @throws DavFault 400, 413 */
export async function readXml(body: AsyncIterable<Uint8Array> | undefined): Promise<XmlElement | undefined> {
  let [size, reader]: [number, { write(bytes: Uint8Array): void; end(): XmlElement } | undefined] = [0, undefined];
  let first: Uint8Array = new Uint8Array();
  for await (const bytes of body ?? []) {
    size += bytes.length;
    if (size > XML_LIMITS.size) throw new DavFault(413, `The body is too large: at most ${XML_LIMITS.size} bytes.`);
    if (reader) reader.write(bytes);
    else first = Buffer.concat([first, bytes]);
    if (reader || first.length < 2) continue;
    reader = decoding(first);
    reader.write(first);
  }
  if (size === 0) return undefined;
  return (reader ?? refuse('it is too short')).end();
}

/** @see https://www.w3.org/TR/xml/#sec-guessing */
function decoding(first: Uint8Array) {
  const mark = (first[0]! << 8) | first[1]!;
  const encoding = mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : 'utf-8';
  const decoder = new TextDecoder(encoding, { fatal: true });
  const tree = new TreeReader(encoding);
  const decoded = (bytes?: Uint8Array) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      return refuse(`it is not ${encoding}`);
    }
  };
  return {
    write: (bytes: Uint8Array) => tree.write(decoded(bytes)),
    end: () => {
      tree.write(decoded());
      return tree.end();
    },
  };
}

/** Reads a piece of XML that may stand in an element; `undefined` where it is none. */
export function readFragment(text: string): XmlElement | undefined {
  try {
    const tree = new TreeReader('utf-8');
    tree.write(`<fragment>${text}</fragment>`);
    return tree.end();
  } catch {
    return undefined;
  }
}

/** The elements in an element, or those of them with a name in `DAV:`. */
export function childrenOf({ children }: XmlElement, local?: string): readonly XmlElement[] {
  return children.filter(
    (child): child is XmlElement => typeof child !== 'string' && (local === undefined || isDav(child, local)),
  );
}

/** Whether an element has a name in `DAV:`. */
export function isDav({ namespace, local }: XmlElement, name: string): boolean {
  return namespace === 'DAV:' && local === name;
}

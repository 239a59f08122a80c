import type { XmlElement } from './xml-reader.ts';

/** How every answer begins. `D` is the only prefix that ours use, and there is no default namespace. */
export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n';
export const DAV_NAMESPACE = 'xmlns:D="DAV:"';

/** A text as it stands in an element, or in an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (found) => ESCAPED[found] ?? '\uFFFD');
}

// eslint-disable-next-line no-control-regex -- what is no character of XML is what is looked for
const SPECIAL = /[&<>"\u0000-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/gu;

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * An element as text that can stand by itself.
 * @param scope declarations of namespaces that hold where it stands, by name of the attribute.
 */
export function writeElement(element: XmlElement, scope: ReadonlyMap<string, string> = new Map()): string {
  const own = new Set(element.attributes.map(({ name }) => name));
  const inherited = [...scope].filter(([name]) => !own.has(name)).map(([name, value]) => ({ name, value }));
  return written(element, inherited);
}

function written(element: XmlElement, more: XmlElement['attributes'] = []): string {
  const attributes = [...more, ...element.attributes].map(({ name, value }) => ` ${name}="${escapeXml(value)}"`);
  const begin = `<${element.name}${attributes.join('')}`;
  return element.children.length === 0 ? `${begin}/>` : `${begin}>${writeChildren(element)}</${element.name}>`;
}

/** What is in an element, as text. */
export function writeChildren({ children }: XmlElement): string {
  return children.map((child) => (typeof child === 'string' ? escapeXml(child) : written(child))).join('');
}

/** The declarations of namespaces that hold within the last of some elements, the first of which is the outermost. */
export function scopeWithin(elements: readonly XmlElement[]): ReadonlyMap<string, string> {
  const declared = elements.flatMap(({ attributes }) =>
    attributes.filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:')),
  );
  return new Map(declared.map(({ name, value }) => [name, value]));
}

/** The name of a property as an empty element. */
export function emptyElement({ namespace, local }: { readonly namespace: string; readonly local: string }): string {
  if (namespace === 'DAV:') return `<D:${local}/>`;
  return namespace === '' ? `<${local}/>` : `<x:${local} xmlns:x="${escapeXml(namespace)}"/>`;
}

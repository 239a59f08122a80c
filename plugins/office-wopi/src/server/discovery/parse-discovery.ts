import { SaxesParser } from 'saxes';

/** What a WOPI client can do with files of one kind, and where. */
export interface DiscoveredAction {
  readonly name: string;
  /** In lower case, without the dot. */
  readonly extension: string;
  readonly urlsrc: string;
  /** Name of the application, which some clients make the media type. */
  readonly app: string;
}

/** A public key as discovery has it: modulus and exponent in base64. */
export interface PublishedKey {
  readonly modulus: string;
  readonly exponent: string;
}

/** What a WOPI client says of itself. */
export interface Discovered {
  readonly actions: readonly DiscoveredAction[];
  /** The key that it signs with now, and the one before. */
  readonly keys: readonly PublishedKey[];
}

const EXTENSION = /^[a-z0-9]{1,16}$/;
const MOST_ACTIONS = 5_000;

/**
 * Reads the discovery of a WOPI client, which may be anything.
 * @throws where it is no discovery.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/discovery
 */
export function parseDiscovery(xml: string): Discovered {
  const actions: DiscoveredAction[] = [];
  const keys: PublishedKey[] = [];
  const path: string[] = [];
  let app = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  // Entities could grow without end; discovery has none.
  parser.on('doctype', () => {
    throw new Error('It has a document type.');
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    if (path.length > 32) throw new Error('It is nested too deeply.');
    if (name === 'app') app = attributes['name'] ?? '';
    if (name === 'action' && actions.length < MOST_ACTIONS) actions.push(...actionIn(attributes, app));
    if (name === 'proof-key') keys.push(...keysIn(attributes));
  });
  parser.on('closetag', () => void path.pop());
  parser.write(xml).close();
  if (actions.length === 0) throw new Error('It names no action for any file.');
  return { actions, keys };
}

function actionIn(attributes: Readonly<Record<string, string>>, app: string): readonly DiscoveredAction[] {
  const { name = '', ext = '', urlsrc = '' } = attributes;
  const extension = ext.toLowerCase();
  return EXTENSION.test(extension) && /^https?:\/\//.test(urlsrc) ? [{ name, extension, urlsrc, app }] : [];
}

function keysIn(attributes: Readonly<Record<string, string>>): readonly PublishedKey[] {
  const { modulus, exponent, oldmodulus, oldexponent } = attributes;
  const pairs = [
    [modulus, exponent],
    [oldmodulus, oldexponent],
  ];
  return pairs.flatMap(([n, e]) => (n && e ? [{ modulus: n, exponent: e }] : []));
}

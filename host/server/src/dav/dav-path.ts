import { nameFault, normalName } from '@valfri/sdk';
import { DavFault } from './dav-fault.ts';

/** Where the tree begins. */
export const DAV = '/dav';

/** Longest address that is read, in characters: 64 folders above one another have room in it. */
const LONGEST = 32_000;

/** A place in the tree: the names from its beginning on. */
export type DavPath = readonly string[];

/**
 * The place that a request's target names. Every name is only a name: nothing in it leads up, or anywhere else.
 * @throws DavFault 400 where there is none such, 404 where it is none of this tree
 */
export function pathOf(target: string): DavPath {
  const [path = ''] = target.split('?');
  if (path.length > LONGEST) throw new DavFault(414, 'The address is too long.');
  if (path.includes('#')) throw new DavFault(400, 'A request names no part of a page.');
  if (path !== DAV && !path.startsWith(`${DAV}/`)) throw new DavFault(404, 'Nothing is here.');
  return path
    .slice(DAV.length)
    .split('/')
    .filter((segment) => segment !== '')
    .map(nameIn);
}

function nameIn(segment: string): string {
  const name = normalName(decoded(segment));
  const fault = nameFault(name);
  if (fault) throw new DavFault(400, `The address has a name that cannot be: it ${fault}.`);
  return name;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new DavFault(400, 'The address is not encoded as UTF-8.');
  }
}

/**
 * The place that an address names which came in a header: of this workspace, as a whole address or from the root.
 * @throws DavFault 400; 502 where it is another server's
 */
export function pathOfAddress(address: string, hosts: ReadonlySet<string>): DavPath {
  const [, host, path] = /^(?:https?:\/\/([^/?#]*))?(\/[^?]*)$/i.exec(address) ?? [];
  if (path === undefined) throw new DavFault(400, `${address.slice(0, 200)} is no address.`);
  if (host !== undefined && !hosts.has(host.toLowerCase()))
    throw new DavFault(502, 'The address is another server’s. Nothing is carried over there.');
  try {
    return pathOf(path);
  } catch (error) {
    throw error instanceof DavFault && error.status === 404
      ? new DavFault(502, 'The address is none of this tree.')
      : error;
  }
}

/** The address of a place, from the root; that of a folder ends with a slash. */
export function hrefOf(path: DavPath, folder: boolean): string {
  const joined = [DAV, ...path.map(encodeURIComponent)].join('/');
  return folder ? `${joined}/` : joined;
}

import type { DocumentNode } from '@valfri/sdk';
import type { FastifyRequest } from 'fastify';
import { DavFault } from './dav-fault.ts';
import { pathOf, pathOfAddress } from './dav-path.ts';
import { etagsIn, type IfCondition, type IfList, parseIf } from './if-header.ts';
import type { DavLocks } from './locks.ts';
import type { Resource, Tree } from './tree.ts';

/** The entity tag of what a node holds: the id of the version. */
export function etagOf({ version }: Partial<DocumentNode>): string | undefined {
  return version && `"${version.id}"`;
}

/** A time as HTTP has it, without milliseconds. */
function seconds(time: number): number {
  return Math.floor(time / 1_000);
}

/** What the conditions are checked in. */
interface Checked {
  readonly request: FastifyRequest;
  readonly tree: Tree;
  readonly locks: DavLocks;
  readonly hosts: ReadonlySet<string>;
}

/**
 * Checks the conditions of a request that changes something.
 * @returns whether they bind it to the version that is there now.
 * @throws DavFault 412
 * @see RFC 9110, section 13.2.2
 */
export async function requireConditions(checked: Checked, resource: Resource): Promise<boolean> {
  const { headers } = checked.request;
  const etag = etagOf(resource.node ?? {});
  const exists = resource.place !== 'free';
  const match = headers['if-match'];
  if (match !== undefined && !matches(match, etag, exists)) throw failed('If-Match');
  const unmodified = dateIn(headers['if-unmodified-since']);
  const modified = resource.node?.version?.modifiedAt;
  if (match === undefined && unmodified !== undefined && modified !== undefined && seconds(modified) > unmodified)
    throw failed('If-Unmodified-Since');
  const none = headers['if-none-match'];
  if (none !== undefined && matches(none, etag, exists)) throw failed('If-None-Match');
  const given = headers['if'];
  const lists = given === undefined ? [] : parseIf(String(given));
  if (lists.length > 0 && !(await anyHolds(checked, lists, resource))) throw failed('If');
  const bound = lists.some(({ address, conditions }) => !address && conditions.some((each) => each.etag && !each.not));
  return bound || unmodified !== undefined || (match !== undefined && match.trim() !== '*');
}

function matches(header: string, etag: string | undefined, exists: boolean): boolean {
  const tags = etagsIn(header);
  if (tags === '*') return exists;
  return etag !== undefined && tags.includes(etag);
}

function failed(name: string): DavFault {
  return new DavFault(412, `${name}: does not hold.`);
}

function dateIn(header: string | undefined): number | undefined {
  const time = header === undefined ? NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : seconds(time);
}

/** A request is let through where all of one list holds. */
async function anyHolds(checked: Checked, lists: readonly IfList[], resource: Resource): Promise<boolean> {
  for (const { address, conditions } of lists) {
    const about = address === undefined ? resource : await resourceOf(checked, address);
    let all = about !== undefined;
    for (const condition of conditions) all &&= await holds(checked, condition, about!);
    if (all) return true;
  }
  return false;
}

/** What an address in the header names; nothing that is ours where it leads elsewhere. */
async function resourceOf({ tree, hosts }: Checked, address: string): Promise<Resource | undefined> {
  try {
    return await tree.at(pathOfAddress(address, hosts));
  } catch (error) {
    if (error instanceof DavFault) return undefined;
    throw error;
  }
}

async function holds({ locks }: Checked, { not, token, etag }: IfCondition, resource: Resource): Promise<boolean> {
  const met = token === undefined ? etag === etagOf(resource.node ?? {}) : await locks.hold(resource, token);
  return met !== not;
}

/**
 * The tokens that a request brings, as far as they are of locks that are the person's own; what is locked where is looked
 * up for each address that it names.
 */
export async function tokensOf(checked: Checked, resources: readonly Resource[]): Promise<readonly string[]> {
  const given = checked.request.headers['if'];
  if (given === undefined) return [];
  const own = new Set<string>();
  for (const { address, conditions } of parseIf(String(given))) {
    const tokens = conditions.flatMap(({ token }) => token ?? []).filter((token) => token !== 'DAV:no-lock');
    if (tokens.length === 0) continue;
    const named = address === undefined ? undefined : await resourceOf(checked, address);
    for (const resource of [...resources, ...(named ? [named] : [])])
      for (const token of tokens) if (!own.has(token) && (await locks(checked, resource, token))) own.add(token);
  }
  return [...own].slice(0, 20);
}

function locks(checked: Checked, resource: Resource, token: string): Promise<boolean> {
  return checked.locks.hold(resource, token);
}

/** How what is read stands to the conditions of a request that reads it. */
export function readConditions({ headers }: FastifyRequest, node: DocumentNode): 'send' | 'unchanged' {
  const etag = etagOf(node);
  const modified = seconds(node.version!.modifiedAt);
  const match = headers['if-match'];
  if (match !== undefined && !matches(match, etag, true)) throw failed('If-Match');
  const unmodified = dateIn(headers['if-unmodified-since']);
  if (match === undefined && unmodified !== undefined && modified > unmodified) throw failed('If-Unmodified-Since');
  const none = headers['if-none-match'];
  if (none !== undefined) return matches(weakened(none), etag, true) ? 'unchanged' : 'send';
  const since = dateIn(headers['if-modified-since']);
  return since !== undefined && modified <= since ? 'unchanged' : 'send';
}

/** For a read it is enough that tags are the same but for `W/`. */
function weakened(header: string): string {
  return header.replaceAll('W/"', '"');
}

/** Whether a part may be sent: not where it is of something else than what the client has. */
export function rangeHolds({ headers }: FastifyRequest, node: DocumentNode): boolean {
  const given = headers['if-range'];
  if (given === undefined) return true;
  const text = String(given);
  if (text.includes('"')) return text === etagOf(node);
  return dateIn(text) === seconds(node.version!.modifiedAt);
}

/** The place that `Destination` names. @throws DavFault 400, 502 */
export function destinationOf(request: FastifyRequest, hosts: ReadonlySet<string>): ReturnType<typeof pathOf> {
  const given = request.headers['destination'];
  if (typeof given !== 'string') throw new DavFault(400, 'Destination: is missing.');
  return pathOfAddress(given, hosts);
}

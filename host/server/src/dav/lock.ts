import { type Content, isCapabilityError, newId } from '@valfri/core';
import { type DocumentNode, type Lock, mayAs } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { bodyOf, type DavContext, permit } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { hrefOf } from './dav-path.ts';
import { activeLock } from './lock-xml.ts';
import { parseIf } from './if-header.ts';
import { writable } from './put.ts';
import { isFolder, type Resource } from './tree.ts';
import { childrenOf, isDav, readXml, type XmlElement } from './xml-reader.ts';
import { DAV_NAMESPACE, escapeXml, scopeWithin, writeElement, XML_HEAD } from './xml-writer.ts';

/** How long a lock holds at most and where nothing is said, in seconds. */
const LONGEST = 86_400;
const USUAL = 1_800;
/** Longest owner, in characters. */
const LONGEST_OWNER = 1_000;

/** What is asked for. */
interface Wish {
  readonly exclusive: boolean;
  readonly deep: boolean;
  readonly seconds: number;
  readonly note?: string;
}

/** LOCK: a new one, or with no body an older one anew. */
export async function lock(context: DavContext): Promise<FastifyReply> {
  const { locks } = context;
  if (!locks.served) throw new DavFault(405, 'Nothing can be locked here.');
  const body = await readXml(bodyOf(context));
  return body ? lockAnew(context, body) : refresh(context);
}

async function lockAnew(context: DavContext, body: XmlElement): Promise<FastifyReply> {
  const { tree, files, path } = context;
  const found = await tree.at(path);
  const resource = isFolder(found) ? found : await writable(context);
  if (resource.place !== 'free' && !resource.node) throw new DavFault(403, 'This folder cannot be locked.');
  const wish = wishIn(context, body, resource);
  const { tokens } = await permit(context, [resource]);
  const node = resource.node ?? (await emptyFile(context, resource, tokens));
  const token = `urn:uuid:${newId()}`;
  try {
    const made = await files.ask('lock', { node: node.id, token, ...wish });
    return answer(context, made.lock, resource.node ? 200 : 201);
  } catch (error) {
    if (!resource.node) await files.ask('delete', { node: node.id, ...tokens });
    throw conflicting(error, hrefOf(path, isFolder(resource)));
  }
}

function conflicting(error: unknown, href: string): unknown {
  if (!isCapabilityError(error) || error.reason !== 'LOCKED') return error;
  return new DavFault(423, error.message, { condition: 'no-conflicting-lock', href });
}

/** @see RFC 4918, section 7.3 */
async function emptyFile(
  { files, path }: DavContext,
  { parent }: Resource,
  tokens: { readonly locks?: string[] },
): Promise<DocumentNode> {
  const input = {
    id: newId(),
    version: newId(),
    parent: parent!,
    name: path.at(-1)!,
    mediaType: 'application/octet-stream',
  };
  return (await files.ask('createFile', { ...input, ...tokens }, EMPTY)).node;
}

const EMPTY: Content = {
  size: 0,
  sha256: createHash('sha256').digest('hex'),
  async *read() {
    // There is nothing to read.
  },
};

/** @throws DavFault 400 */
function wishIn(context: DavContext, body: XmlElement, { node }: Resource): Wish {
  const scope = isDav(body, 'lockinfo') ? childrenOf(body, 'lockscope')[0] : undefined;
  const type = childrenOf(body, 'locktype')[0];
  const exclusive = scope !== undefined && childrenOf(scope, 'exclusive').length === 1;
  const shared = scope !== undefined && childrenOf(scope, 'shared').length === 1;
  if (exclusive === shared || !type || childrenOf(type, 'write').length !== 1)
    throw new DavFault(400, 'The body is no lockinfo that is known.');
  const depth = String(context.request.headers['depth'] ?? 'infinity').toLowerCase();
  if (depth !== '0' && depth !== 'infinity') throw new DavFault(400, 'Depth: 0 or infinity is due.');
  const [owner] = childrenOf(body, 'owner');
  const note = owner ? ownerIn(body, owner) : '';
  if (note.length > LONGEST_OWNER)
    throw new DavFault(400, `The owner is too long: at most ${LONGEST_OWNER} characters.`);
  return {
    ...{ exclusive, deep: depth === 'infinity' && node?.kind === 'folder', seconds: secondsIn(context) },
    ...(note === '' ? {} : { note }),
  };
}

/** What is said of the owner, so that it can stand by itself. */
function ownerIn(body: XmlElement, owner: XmlElement): string {
  const scope = scopeWithin([body, owner]);
  const parts = owner.children.map((child) =>
    typeof child === 'string' ? escapeXml(child) : writeElement(child, scope),
  );
  return parts.join('').trim();
}

/** The first time of the header that is understood. @see RFC 4918, section 10.7 */
function secondsIn({ request }: DavContext): number {
  for (const part of String(request.headers['timeout'] ?? '').split(',')) {
    if (/^\s*infinite\s*$/i.test(part)) return LONGEST;
    const [, seconds] = /^\s*second-(\d{1,15})\s*$/i.exec(part) ?? [];
    if (seconds !== undefined) return Math.min(LONGEST, Math.max(1, Number(seconds)));
  }
  return USUAL;
}

async function refresh(context: DavContext): Promise<FastifyReply> {
  const { request, tree, files, locks, path } = context;
  const resource = await tree.existing(path);
  const conditions = parseIf(String(request.headers['if'] ?? '')).flatMap((list) => list.conditions);
  const tokens = new Set(conditions.flatMap(({ token, not }) => (token === undefined || not ? [] : token)));
  const known = (await locks.at(resource)).find((each) => tokens.has(each.token) && locks.isOwn(each));
  if (!known)
    throw new DavFault(412, 'No lock of yours here has this token.', { condition: 'lock-token-matches-request-uri' });
  const { node, token, exclusive, deep } = known;
  const made = await files.ask('lock', { node, token, exclusive, deep, seconds: secondsIn(context) });
  return answer(context, made.lock, 200);
}

async function answer(context: DavContext, made: Lock, status: 200 | 201): Promise<FastifyReply> {
  const href = await hrefOfLocked(context, made);
  const shown = activeLock(made, { href, tokenShown: true });
  return context.reply
    .code(status)
    .header('lock-token', `<${made.token}>`)
    .type('application/xml; charset=utf-8')
    .send(`${XML_HEAD}<D:prop ${DAV_NAMESPACE}><D:lockdiscovery>${shown}</D:lockdiscovery></D:prop>`);
}

/** A lock that holds here may be on a folder above. */
async function hrefOfLocked({ tree, path }: DavContext, { node }: Lock): Promise<string> {
  for (let length = path.length - 1; length > 0; length--) {
    const above = await tree.at(path.slice(0, length));
    if (above.node?.id === node) return hrefOf(above.path, true);
  }
  tree.forget();
  const own = await tree.at(path);
  return hrefOf(path, isFolder(own));
}

/** UNLOCK: one's own, or whoever's it is in a folder at the top that is one's own. */
export async function unlock(context: DavContext): Promise<FastifyReply> {
  const { request, reply, tree, files, locks, path } = context;
  if (!locks.served) throw new DavFault(405, 'Nothing can be locked here.');
  const [, token] = /^\s*<([^>]+)>\s*$/.exec(String(request.headers['lock-token'] ?? '')) ?? [];
  if (token === undefined) throw new DavFault(400, 'Lock-Token: is missing.');
  const resource = await tree.existing(path);
  const known = (await locks.at(resource)).find((each) => each.token === token);
  if (!known) throw new DavFault(409, 'No lock here has this token.', { condition: 'lock-token-matches-request-uri' });
  if (!locks.isOwn(known) && !mayAs(resource.node?.role, 'owner'))
    throw new DavFault(403, 'The lock is somebody else’s.');
  await files.ask('unlock', { node: known.node, token });
  return reply.code(204).send();
}

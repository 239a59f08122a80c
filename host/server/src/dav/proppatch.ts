import { mayAs } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { bodyOf, type DavContext, type Permit, permit } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { hrefOf } from './dav-path.ts';
import { PROPERTY_LIMITS, type PropertyChange } from './dead-properties.ts';
import { propstat } from './propfind.ts';
import { isFolder, type Resource } from './tree.ts';
import { childrenOf, isDav, readXml, type XmlElement } from './xml-reader.ts';
import { DAV_NAMESPACE, emptyElement, escapeXml, scopeWithin, writeElement, XML_HEAD } from './xml-writer.ts';

/** Why one is refused: the status, and the condition that does not hold. */
interface Refusal {
  readonly status: string;
  readonly condition?: string;
}

/** Longest declarations of namespaces that hold for all properties, in characters. */
const MOST_SCOPE = 8_000;

const PROTECTED: Refusal = { status: '403 Forbidden', condition: 'cannot-modify-protected-property' };
const TOO_LARGE: Refusal = { status: '507 Insufficient Storage' };

/** PROPPATCH: all of it, or nothing. */
export async function proppatch(context: DavContext): Promise<FastifyReply> {
  const { reply, tree, files, properties, path } = context;
  const changes = changesIn(await readXml(bodyOf(context)));
  const resource = await tree.existing(path);
  const permitted = await permit(context, [resource]);
  if (!resource.node || !mayAs(resource.node.role, 'editor'))
    throw new DavFault(403, 'You may not change what is said of it.');
  await requireUnlocked(context, resource, permitted);
  const refused = changes.map(refusalOf);
  const all = refused.every((refusal) => refusal === undefined);
  if (all) await properties.change(resource.node.id, files.standing.id, changes);
  const told = changes.map(({ namespace, name }, i) => {
    const { status, condition } = refused[i] ?? { status: all ? '200 OK' : '424 Failed Dependency' };
    const more = condition === undefined ? '' : `<D:error><D:${condition}/></D:error>`;
    return propstat([emptyElement({ namespace, local: name })], status, more);
  });
  const href = escapeXml(hrefOf(path, isFolder(resource)));
  return reply
    .code(207)
    .type('application/xml; charset=utf-8')
    .send(
      `${XML_HEAD}<D:multistatus ${DAV_NAMESPACE}><D:response><D:href>${href}</D:href>${told.join('')}</D:response></D:multistatus>`,
    );
}

/** What is written here the provider does not see, so whether it may be is looked up. @throws DavFault 423 */
async function requireUnlocked({ locks, path }: DavContext, resource: Resource, { tokens }: Permit): Promise<void> {
  const held = await locks.at(resource);
  if (held.length === 0 || held.some(({ token }) => tokens.locks?.includes(token))) return;
  const href = hrefOf(path, isFolder(resource));
  throw new DavFault(423, 'It is locked.', { condition: 'lock-token-submitted', href });
}

/** The changes that a body asks for, in its order. @throws DavFault 400 */
function changesIn(root: XmlElement | undefined): readonly PropertyChange[] {
  if (!root || !isDav(root, 'propertyupdate')) throw new DavFault(400, 'The body is no propertyupdate.');
  const changes = childrenOf(root).flatMap((action) => {
    if (!isDav(action, 'set') && !isDav(action, 'remove')) return [];
    return childrenOf(action, 'prop').flatMap((prop) => {
      const scope = scopeWithin([root, action, prop]);
      // It is written with each of them.
      if ([...scope].join('').length > MOST_SCOPE) throw new DavFault(400, 'The body declares too many namespaces.');
      return childrenOf(prop).map((element) => changeIn(element, isDav(action, 'set') ? scope : undefined));
    });
  });
  if (changes.length === 0) throw new DavFault(400, 'The body changes nothing.');
  if (changes.length > 2 * PROPERTY_LIMITS.count) throw new DavFault(400, 'The body changes too much at once.');
  return changes;
}

function changeIn(element: XmlElement, scope: ReadonlyMap<string, string> | undefined): PropertyChange {
  const { namespace, local: name } = element;
  return { namespace, name, ...(scope ? { xml: writeElement(element, scope) } : {}) };
}

function refusalOf({ namespace, name, xml = '' }: PropertyChange): Refusal | undefined {
  if (namespace === 'DAV:') return PROTECTED;
  const fits =
    Buffer.byteLength(xml) <= PROPERTY_LIMITS.size &&
    Buffer.byteLength(namespace) <= PROPERTY_LIMITS.namespace &&
    Buffer.byteLength(name) <= PROPERTY_LIMITS.name;
  return fits ? undefined : TOO_LARGE;
}

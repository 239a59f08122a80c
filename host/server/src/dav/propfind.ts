import type { Lock } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { bodyOf, type DavContext } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { hrefOf } from './dav-path.ts';
import type { DeadProperty } from './dead-properties.ts';
import { entriesOf } from './entries.ts';
import { type Entry, LIVE, type Telling } from './live-properties.ts';
import { childrenOf, readXml, type XmlElement } from './xml-reader.ts';
import { DAV_NAMESPACE, emptyElement, escapeXml, XML_HEAD } from './xml-writer.ts';

/** How many properties may be asked for by name: of a large folder each is told as often as there are files in it. */
const MOST = 100;

/** The name of a property. */
interface PropertyName {
  readonly namespace: string;
  readonly local: string;
}

/** What is asked of each. */
export interface AskedProperties {
  readonly kind: 'all' | 'names' | 'some';
  readonly names: readonly PropertyName[];
}

/** PROPFIND, as a stream: of a large folder only a page is in memory. */
export async function propfind(context: DavContext): Promise<FastifyReply> {
  const { request, reply } = context;
  const depth = request.headers['depth'] ?? 'infinity';
  if (depth !== '0' && depth !== '1')
    throw depth === 'infinity'
      ? new DavFault(403, 'Depth: 0 or 1 is due.', { condition: 'propfind-finite-depth' })
      : new DavFault(400, 'Depth: 0 or 1 is due.');
  const asked = askedIn(await readXml(bodyOf(context)));
  const told = multistatus(context, { asked, deep: depth === '1' });
  // What cannot be told is found out before the answer begins.
  const first = [await told.next(), await told.next()].flatMap(({ value }) => value ?? []);
  async function* whole() {
    yield* first;
    yield* told;
  }
  return reply
    .code(207)
    .type('application/xml; charset=utf-8')
    .send(Readable.from(whole(), { objectMode: false }));
}

async function* multistatus(
  context: DavContext,
  { asked, deep }: { readonly asked: AskedProperties; readonly deep: boolean },
): AsyncGenerator<string, undefined> {
  const { tree, path, locks, properties } = context;
  const resource = await tree.existing(path);
  const withLocks = asked.kind === 'all' || asked.names.some(({ local }) => local === 'lockdiscovery');
  const withDead = asked.kind !== 'some' || asked.names.some(({ namespace }) => namespace !== 'DAV:');
  const hrefs = new Map<string, string>();
  const telling: Telling = { locks, hrefOfLocked: (lock, entry) => hrefs.get(lock.node) ?? entry.href };
  yield `${XML_HEAD}<D:multistatus ${DAV_NAMESPACE}>`;
  for await (const page of entriesOf(context, resource, { deep, withLocks })) {
    const ids = page.flatMap(({ node }) => node?.id ?? []);
    const dead = withDead ? await properties.of(ids) : new Map<string, readonly DeadProperty[]>();
    for (const { node, href } of page) if (node) hrefs.set(node.id, href);
    await nameLocked(context, page, hrefs);
    yield page.map((entry) => responseOf(entry, { asked, telling, dead: dead.get(entry.node?.id ?? '') })).join('');
    hrefs.clear();
  }
  yield '</D:multistatus>';
  return undefined;
}

/** Finds out where locked folders are that are above what is told of. */
async function nameLocked({ tree, path }: DavContext, page: readonly Entry[], hrefs: Map<string, string>) {
  const unknown = new Set(page.flatMap(({ locks }) => locks.map(({ node }: Lock) => node)));
  for (let length = path.length; length > 0 && [...unknown].some((id) => !hrefs.has(id)); length--) {
    const above = await tree.at(path.slice(0, length));
    if (above.node) hrefs.set(above.node.id, hrefOf(above.path, above.node.kind === 'folder'));
  }
}

/** What a body asks for; all where there is none. @throws DavFault 400 */
function askedIn(root: XmlElement | undefined): AskedProperties {
  if (!root) return { kind: 'all', names: [] };
  if (root.namespace !== 'DAV:' || root.local !== 'propfind') throw new DavFault(400, 'The body is no propfind.');
  const [prop] = childrenOf(root, 'prop');
  const [names] = childrenOf(root, 'propname');
  const [all] = childrenOf(root, 'allprop');
  if ([prop, names, all].filter(Boolean).length !== 1)
    throw new DavFault(400, 'The body asks for one of prop, propname and allprop.');
  const listed = prop ?? childrenOf(root, 'include')[0];
  const wanted = listed ? childrenOf(listed) : [];
  if (wanted.length > MOST) throw new DavFault(400, `At most ${MOST} properties are told by name.`);
  if (names) return { kind: 'names', names: [] };
  return { kind: prop ? 'some' : 'all', names: wanted.map(({ namespace, local }) => ({ namespace, local })) };
}

/** How one is told of. */
interface Told {
  readonly asked: AskedProperties;
  readonly telling: Telling;
  readonly dead: readonly DeadProperty[] | undefined;
}

function responseOf(entry: Entry, { asked, telling, dead = [] }: Told): string {
  const live = new Map<string, string>();
  const wanted =
    asked.kind === 'some'
      ? new Set(asked.names.filter(({ namespace }) => namespace === 'DAV:').map(({ local }) => local))
      : undefined;
  for (const name of Object.keys(LIVE)) {
    const value = wanted && !wanted.has(name) ? undefined : LIVE[name]!(entry, telling);
    if (value !== undefined) live.set(name, value);
  }
  const begin = `<D:response><D:href>${escapeXml(entry.href)}</D:href>`;
  if (asked.kind === 'names') {
    const names = [
      ...[...live.keys()].map((local) => emptyElement({ namespace: 'DAV:', local })),
      ...dead.map(({ namespace, name }) => emptyElement({ namespace, local: name })),
    ];
    return `${begin}${propstat(names, '200 OK')}</D:response>`;
  }
  const [found, missing] = valuesOf(asked, live, dead);
  return `${begin}${propstat(found, '200 OK')}${missing.length > 0 ? propstat(missing, '404 Not Found') : ''}</D:response>`;
}

function valuesOf(
  { kind, names }: AskedProperties,
  live: ReadonlyMap<string, string>,
  dead: readonly DeadProperty[],
): readonly [readonly string[], readonly string[]] {
  const element = (local: string, value: string) =>
    value === '' ? `<D:${local}/>` : `<D:${local}>${value}</D:${local}>`;
  const liveOf = (local: string) => (live.has(local) ? element(local, live.get(local)!) : undefined);
  if (kind === 'all') return [[...[...live.keys()].map((name) => liveOf(name)!), ...dead.map(({ xml }) => xml)], []];
  const [found, missing]: [string[], string[]] = [[], []];
  for (const { namespace, local } of names) {
    const value =
      namespace === 'DAV:'
        ? liveOf(local)
        : dead.find((each) => each.namespace === namespace && each.name === local)?.xml;
    if (value === undefined) missing.push(emptyElement({ namespace, local }));
    else found.push(value);
  }
  return [found, missing];
}

/** Some properties and how they fare. */
export function propstat(properties: readonly string[], status: string, more = ''): string {
  return `<D:propstat><D:prop>${properties.join('')}</D:prop><D:status>HTTP/1.1 ${status}</D:status>${more}</D:propstat>`;
}

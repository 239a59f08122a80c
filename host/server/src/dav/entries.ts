import type { DocumentNode, Lock } from '@valfri/sdk';
import type { DavContext } from './context.ts';
import { hrefOf } from './dav-path.ts';
import type { Entry } from './live-properties.ts';
import { HOME, isFolder, type Resource, SHARED } from './tree.ts';

const TITLES = {
  sv: { root: 'Filer', [HOME]: 'Mina filer', [SHARED]: 'Delat med mig' },
  en: { root: 'Files', [HOME]: 'My files', [SHARED]: 'Shared with me' },
} as const;

/** What is to be told of. */
interface Wanted {
  /** Whether what is in it is, too. */
  readonly deep: boolean;
  readonly withLocks: boolean;
}

/** Something, and then what is in it, a page at a time. */
export async function* entriesOf(
  context: DavContext,
  resource: Resource,
  { deep, withLocks }: Wanted,
): AsyncIterable<readonly Entry[]> {
  const { locks } = context;
  const own = withLocks && resource.node ? await locks.on(resource.node.id) : [];
  yield [await entryOf(context, resource, own)];
  if (!deep || !isFolder(resource)) return;
  for await (const page of childrenOf(context, resource))
    yield await Promise.all(
      page.map(async (child) => {
        const held = withLocks && child.node ? await locks.within(child.node, own) : [];
        return entryOf(context, child, held);
      }),
    );
}

async function* childrenOf({ files, tree }: DavContext, { path, place, node }: Resource): AsyncIterable<Resource[]> {
  if (place === 'root') yield [await tree.at([HOME]), await tree.at([SHARED])];
  else if (place === 'shared')
    yield [...(await tree.shared())].map(([name, shared]) => childOf([...path, name], shared, SHARED));
  else
    for await (const page of files.listed(node!.id))
      yield page.map((child) => childOf([...path, child.name], child, node!.id));
}

function childOf(path: readonly string[], node: DocumentNode, parent: string): Resource {
  return { path, place: 'node', node, parent };
}

async function entryOf(context: DavContext, resource: Resource, locks: readonly Lock[]): Promise<Entry> {
  const { path, node } = resource;
  const folder = isFolder(resource);
  const title = path.length < 2 ? await titleOf(context, resource) : path.at(-1)!;
  return { href: hrefOf(path, folder), folder, title, locks, ...(node ? { node } : {}) };
}

/** What the folders at the top are called, in the person's language. */
async function titleOf({ services, files, request }: DavContext, { path }: Resource): Promise<string> {
  const { language } = await services.preferences.of(files.standing.id);
  const swedish =
    language === 'sv' || (language === undefined && /^sv/i.test(request.headers['accept-language'] ?? ''));
  const titles = TITLES[swedish ? 'sv' : 'en'];
  const [name] = path;
  return name === HOME || name === SHARED ? titles[name] : titles.root;
}

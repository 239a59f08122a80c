import type { DocumentNode, Lock } from '@valfri/sdk';
import type { DavLocks } from './locks.ts';
import { activeLock, SUPPORTED_LOCKS } from './lock-xml.ts';
import { etagOf } from './preconditions.ts';
import { escapeXml } from './xml-writer.ts';

/** Something that is told of. */
export interface Entry {
  /** Its address, from the root. */
  readonly href: string;
  readonly folder: boolean;
  /** What people read. */
  readonly title: string;
  readonly node?: DocumentNode;
  readonly locks: readonly Lock[];
}

/** What telling of something may need. */
export interface Telling {
  readonly locks: DavLocks;
  /** The address of what a lock is on, where it is not what is told of. */
  hrefOfLocked(lock: Lock, entry: Entry): string;
}

type Live = (entry: Entry, telling: Telling) => string | undefined;

/** Properties in `DAV:` that follow from what something is, as what is in their elements; absent where it has none. */
export const LIVE: Readonly<Record<string, Live>> = {
  resourcetype: ({ folder }) => (folder ? '<D:collection/>' : ''),
  displayname: ({ title }) => escapeXml(title),
  creationdate: ({ node }) => node && new Date(node.createdAt).toISOString(),
  getlastmodified: ({ node }) => node && new Date(node.version?.modifiedAt ?? node.createdAt).toUTCString(),
  getcontentlength: ({ node }) => node?.version && String(node.version.size),
  getcontenttype: ({ node }) => node?.version && escapeXml(node.version.mediaType),
  getetag: ({ node }) => node && etagOf(node),
  supportedlock: ({ node }, { locks }) => (locks.served ? (node ? SUPPORTED_LOCKS : '') : undefined),
  lockdiscovery: (entry, telling) =>
    telling.locks.served
      ? entry.locks
          .map((lock) =>
            activeLock(lock, { href: telling.hrefOfLocked(lock, entry), tokenShown: telling.locks.isOwn(lock) }),
          )
          .join('')
      : undefined,
};

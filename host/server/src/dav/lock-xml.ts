import type { Lock } from '@valfri/sdk';
import { readFragment } from './xml-reader.ts';
import { escapeXml, writeChildren } from './xml-writer.ts';

const entry = (scope: string) =>
  `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`;

/** What can be locked how. */
export const SUPPORTED_LOCKS: string = entry('exclusive') + entry('shared');

/** How a lock is shown. */
export interface ShownLock {
  /** The address of what it is on. */
  readonly href: string;
  /** Whether it is the one's who asks: others have no use for its token. */
  readonly tokenShown: boolean;
}

/** A lock as RFC 4918, section 14.1 has it. */
export function activeLock({ exclusive, deep, note, expiresAt, token }: Lock, { href, tokenShown }: ShownLock): string {
  const left = Math.max(0, Math.ceil((expiresAt - Date.now()) / 1_000));
  return [
    '<D:activelock>',
    `<D:locktype><D:write/></D:locktype><D:lockscope><D:${exclusive ? 'exclusive' : 'shared'}/></D:lockscope>`,
    `<D:depth>${deep ? 'infinity' : '0'}</D:depth>`,
    note === undefined ? '' : `<D:owner>${ownerOf(note)}</D:owner>`,
    `<D:timeout>Second-${left}</D:timeout>`,
    tokenShown ? `<D:locktoken><D:href>${escapeXml(token)}</D:href></D:locktoken>` : '',
    `<D:lockroot><D:href>${escapeXml(href)}</D:href></D:lockroot>`,
    '</D:activelock>',
  ].join('');
}

/** What clients gave as XML, they get as XML; whatever else a note says is a text. */
function ownerOf(note: string): string {
  const fragment = readFragment(note);
  return fragment ? writeChildren(fragment) : escapeXml(note);
}

import { DavFault } from './dav-fault.ts';

/** Longest header that is read, in characters, and how many conditions it may hold. */
const LONGEST = 16_000;
const MOST = 100;

/** One condition of an `If` header. */
export interface IfCondition {
  readonly not: boolean;
  /** A state token, such as that of a lock. */
  readonly token?: string;
  readonly etag?: string;
}

/** A list of which all has to hold. */
export interface IfList {
  /** The address that it is about. Default: the request's own. */
  readonly address?: string;
  readonly conditions: readonly IfCondition[];
}

const TAG = /^\s*<([^>]*)>/;
const CONDITION = /^\s*(Not\s*)?(?:<([^>]*)>|\[((?:W\/)?"[^"]*")\])/i;

/** Reads an `If` header. @throws DavFault 400 @see RFC 4918, section 10.4 */
export function parseIf(header: string): readonly IfList[] {
  if (header.length > LONGEST) throw new DavFault(400, 'If: is too long.');
  const lists: IfList[] = [];
  let [rest, address]: [string, string | undefined] = [header, undefined];
  let count = 0;
  while (rest.trim() !== '') {
    const tag = TAG.exec(rest);
    if (tag) {
      if (address === undefined && lists.length > 0) throw malformed();
      address = tag[1]!;
      rest = rest.slice(tag[0].length);
    }
    const [conditions, left] = listIn(rest);
    count += conditions.length;
    if (count > MOST) throw new DavFault(400, `If: at most ${MOST} conditions.`);
    lists.push({ conditions, ...(address === undefined ? {} : { address }) });
    rest = left;
  }
  if (lists.length === 0) throw malformed();
  return lists;
}

function listIn(text: string): readonly [readonly IfCondition[], string] {
  let rest = text.trimStart();
  if (!rest.startsWith('(')) throw malformed();
  rest = rest.slice(1);
  const conditions: IfCondition[] = [];
  for (let found = CONDITION.exec(rest); found; found = CONDITION.exec(rest)) {
    const [whole, not, token, etag] = found;
    conditions.push({
      not: not !== undefined,
      ...(token === undefined ? {} : { token }),
      ...(etag === undefined ? {} : { etag }),
    });
    rest = rest.slice(whole.length);
  }
  rest = rest.trimStart();
  if (conditions.length === 0 || !rest.startsWith(')')) throw malformed();
  return [conditions, rest.slice(1)];
}

function malformed(): DavFault {
  return new DavFault(400, 'If: is malformed.');
}

/** Tags of a header such as If-Match; `*` for any. */
export function etagsIn(header: string): readonly string[] | '*' {
  if (header.trim() === '*') return '*';
  return [...header.matchAll(/(W\/)?"[^"]*"/g)].map(([tag]) => tag);
}

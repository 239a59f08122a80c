/** The children of a document's body, each as the text it is written by, and what surrounds them. */
export interface BodyParts {
  /** Everything up to and with the start tag of the body. */
  readonly before: string;
  readonly children: readonly string[];
  readonly after: string;
}

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^>]*>/g;

/** Takes the main part of a document apart. @throws where it has no body, or what is opened is not closed */
export function bodyParts(xml: string): BodyParts {
  const open = /<w:body(\s[^>]*)?>/.exec(xml);
  const end = xml.lastIndexOf('</w:body>');
  if (!open || end < 0) throw new Error('the document has no body');
  const start = open.index + open[0].length;
  const inside = xml.slice(start, end);
  const children: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of inside.matchAll(TOKEN)) {
    if (token.startsWith('<!') || token.startsWith('<?')) continue;
    if (token.startsWith('</')) depth -= 1;
    else if (!token.endsWith('/>')) depth += 1;
    if (depth > 0) continue;
    if (depth < 0) throw new Error('the document closes what it did not open');
    const next = index + token.length;
    children.push(inside.slice(from, next).trim());
    from = next;
  }
  if (depth !== 0) throw new Error('the document leaves something open');
  return { before: xml.slice(0, start), children, after: xml.slice(end) };
}

/** A main part with the root of one text and all prefixes of another, so that children of both may stand in it. */
export function joinedRoot(kept: string, added: string): string | undefined {
  const [root, other] = [rootOf(kept), rootOf(added)];
  if (!root || !other) return undefined;
  const names = new Map(prefixes(root));
  let extended = root;
  for (const [prefix, address] of prefixes(other)) {
    const known = names.get(prefix);
    if (known !== undefined && known !== address) return undefined;
    if (known === undefined) extended = `${extended.slice(0, -1)} xmlns:${prefix}="${address}">`;
  }
  return kept.replace(root, ignoring(extended, other));
}

function rootOf(text: string): string | undefined {
  return /<w:document\s[^>]*>/.exec(text)?.[0];
}

function prefixes(tag: string): [string, string][] {
  return [...tag.matchAll(/xmlns:([\w.-]+)="([^"]*)"/g)].map(([, prefix, address]) => [prefix!, address!]);
}

const IGNORABLE = /mc:Ignorable="([^"]*)"/;

function ignoring(root: string, other: string): string {
  const [own, others] = [root, other].map((tag) => IGNORABLE.exec(tag)?.[1]?.split(/\s+/) ?? []);
  const all = `mc:Ignorable="${[...new Set([...own!, ...others!])].filter(Boolean).join(' ')}"`;
  if (IGNORABLE.test(root)) return root.replace(IGNORABLE, all);
  return others!.length > 0 ? `${root.slice(0, -1)} ${all}>` : root;
}

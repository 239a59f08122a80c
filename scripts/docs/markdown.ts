import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A page of the repository. */
export interface Page {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const SKIPPED = new Set(['node_modules', 'dist', 'packages', 'coverage', 'tmp']);

/** Every Markdown page under a folder; what is installed or built is left out. */
export function pagesIn(root: string, folder: string = root): readonly Page[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly Page[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : pagesIn(root, path);
    if (!entry.name.endsWith('.md')) return [];
    return [{ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }];
  });
}

const FENCE = /^(```+)[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;

/** Blocks of code, each with what stands after the backticks that open it. */
export function blocksIn(text: string): readonly { readonly language: string; readonly code: string }[] {
  return [...text.matchAll(FENCE)].map(([block, , code = '']) => ({
    language: /^`+(\w*)/.exec(block)?.[1] ?? '',
    code,
  }));
}

/** Everything that is written as code, line by line: the lines of blocks, and what stands within a sentence. */
export function codeLinesIn(text: string): readonly string[] {
  const blocks = blocksIn(text).flatMap(({ code }) => code.split('\n').map((line) => line.trim()));
  const spans = [...text.replace(FENCE, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
  return [...blocks, ...spans];
}

/** Where a page's links lead, as they are written: those of Markdown, and those that images have. */
export function linksIn(text: string): readonly string[] {
  const prose = text.replace(FENCE, '').replace(/`[^`]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, to = '']) => to);
  const named = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].map(([, to = '']) => to);
  const raw = [...prose.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to = '']) => to);
  return [...inline, ...named, ...raw];
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replace(FENCE, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  const said = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return said
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsIn, linksIn, type Page, pagesIn } from './markdown.ts';

/** The links of pages that lead nowhere: a file or folder that is missing, or a heading. */
function deadLinks(root: string, pages: readonly Page[]): readonly string[] {
  return pages.flatMap(({ path, text }) =>
    linksIn(text)
      .filter((link) => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(link))
      .filter((link) => !leadsSomewhere(root, { path, text }, link))
      .map((link) => `${path}: ${link}`),
  );
}

function leadsSomewhere(root: string, page: Page, link: string): boolean {
  const [file = '', anchor] = decodeURI(link).split('#');
  const target = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
  if (target.startsWith('..') || !existsSync(join(root, target))) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  const found =
    target === page.path ? page : pagesIn(root, join(root, dirname(target))).find(({ path }) => path === target);
  return found !== undefined && anchorsIn(found.text).has(anchor);
}

test('every link within the repository leads somewhere', () => {
  const pages = pagesIn('.');
  expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/index.md']));
  expect(deadLinks('.', pages)).toEqual([]);
});

test('a link that leads nowhere is found, whatever it lacks', () => {
  const root = mkdtempSync(join(tmpdir(), 'valfri-links-'));
  mkdirSync(join(root, 'docs/use'), { recursive: true });
  writeFileSync(join(root, 'docs/b.md'), '# Två ord, `kod`\n\n## Again\n\n## Again\n\n```md\n# Not one\n```\n');
  const sound = [
    'b.md',
    'b.md#två-ord-kod',
    './b.md#again-1',
    'use',
    '#here',
    'https://example.org/x',
    'mailto:a@b.se',
  ];
  const dead = ['c.md', 'b.md#not-one', 'b.md#again-2', '#there', '../../outside.md', 'use/b.md'];
  const text = ['# Here', ...[...sound, ...dead].map((link) => `[x](${link})`), '`[x](code.md)`', '[y]: gone.md'];
  writeFileSync(join(root, 'docs/a.md'), text.join('\n'));
  expect(deadLinks(root, pagesIn(root))).toEqual([...dead, 'gone.md'].map((link) => `docs/a.md: ${link}`));
  rmSync(root, { recursive: true });
});

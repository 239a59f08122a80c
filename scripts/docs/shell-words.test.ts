import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pagesIn } from './markdown.ts';

/** The shortcuts that `?` lists, in the order of the source: Swedish, then English. */
function shortcuts(): readonly string[] {
  const source = readFileSync('host/shell/src/views/shortcuts.ts', 'utf8');
  return [...source.matchAll(/^ +\['(.+?)', '(.+?)'\],$/gm)].map(([, keys, what]) => `| ${keys} | ${what} |`);
}

test('the pages for users list the shortcuts that there are, in both languages', () => {
  const rows = ['docs/use/index.sv.md', 'docs/use/index.md'].flatMap((page) =>
    readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => /^\| .+ \| .+ \|$/.test(line) && !line.includes('---')),
  );
  expect(shortcuts().length).toBeGreaterThan(40);
  expect(rows).toEqual(shortcuts());
});

/** Every text between quotes in the shell's sources. */
function shellTexts(): ReadonlySet<string> {
  const files = readdirSync('host/shell/src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.flatMap((file) => [
    ...readFileSync(join('host/shell/src', file), 'utf8').matchAll(/'([^'\n]+)'/g),
  ]);
  return new Set(texts.map(([, text = '']) => text));
}

/** What a page says that stands on a button or a heading: in italics; for operators where it is a way through the pages. */
function shellWordsIn(path: string, page: string): readonly string[] {
  const italics = [...page.matchAll(/(?<![*\w])\*([^*\n|]+(?:\n[^*\n|]+)?)\*(?![*\w])/g)].map(([, said = '']) =>
    said.replace(/\s+/g, ' '),
  );
  const named = path.startsWith('docs/use/') ? italics : italics.filter((said) => said.includes(' → '));
  return named.flatMap((said) => said.split(' → '));
}

test.each(['docs/use/', 'docs/compose/'])(
  'what the pages in %s call something is what the shell calls it',
  (folder) => {
    const known = shellTexts();
    const said = pagesIn('.')
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(({ path, text }) => shellWordsIn(path, text));
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter((words) => !known.has(words))).toEqual([]);
  },
);

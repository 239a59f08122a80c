import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

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

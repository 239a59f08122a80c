import { manifestSchema, standardCapabilities } from '@valfri/sdk';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contractMarkdown, manifestMarkdown } from '../../host/server/src/reference/markdown.ts';
import { withInterfaces } from './interfaces.ts';

// Pages that are made, in whole or in part: `npm test -- scripts/docs -u` makes them anew.
test.each([
  ...standardCapabilities.map((each) => [`docs/build/contracts/${each.id}.md`, contractMarkdown(each)]),
  ['docs/build/manifest.md', manifestMarkdown(manifestSchema)],
  ['docs/build/provider.md', withInterfaces(readFileSync('docs/build/provider.md', 'utf8'))],
])('%s says what the code says', async (page, text) => {
  await expect(text).toMatchFileSnapshot(`../../${page}`);
});

test('an interface that there is not is no page', () => {
  expect(() => withInterfaces('<!-- Nothing of core/src/provider.ts -->\n<!-- end -->')).toThrow(
    /no interface Nothing/,
  );
});

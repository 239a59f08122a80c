import { chat, manifestSchema } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { contractMarkdown, manifestMarkdown } from '../../host/server/src/reference/markdown.ts';

// Pages that are made: `npm test -- scripts/docs -u` makes them anew.
test.each([
  ['docs/build/contracts/chat.md', contractMarkdown(chat)],
  ['docs/build/manifest.md', manifestMarkdown(manifestSchema)],
])('%s says what the code says', async (page, text) => {
  await expect(text).toMatchFileSnapshot(`../../${page}`);
});

import { expect, test } from 'vitest';
import { runLitmus } from '../../../../scripts/peers/litmus.ts';
import { createDavWorkspace } from './testing/dav-workspace.ts';

test('litmus passes in full', async () => {
  const { workspace, ann } = await createDavWorkspace();
  await using _ = workspace;
  const { passed, run, suites, complaints } = await runLitmus(`${workspace.url}/dav/home/`, ann.email, ann.appPassword);
  expect(complaints).toEqual([]);
  expect(suites.map(({ name }) => name)).toEqual(['basic', 'copymove', 'props', 'locks', 'http']);
  expect({ passed, run }).toEqual({ passed: 104, run: 104 });
});

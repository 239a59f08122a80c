import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWopiHost, type WopiHost } from './harness/wopi-host.ts';
import { type Outcome, runCases } from './validator/run-cases.ts';

let host: WopiHost;
let outcomes: readonly Outcome[];
beforeAll(async () => {
  host = await createWopiHost();
  outcomes = await runCases(host);
}, 120_000);
afterAll(() => host[Symbol.asyncDispose]());

test('no case of the published ones fails', () => {
  expect(outcomes.filter(({ result }) => result === 'failed')).toEqual([]);
  expect(outcomes).toHaveLength(251);
});

test('what is left out is left out for the want of a feature that a host need not have', () => {
  const skipped = outcomes.filter(({ result }) => result === 'skipped');
  expect(skipped.every(({ why }) => why !== '')).toBe(true);
  expect(new Set(skipped.map(({ why }) => why)).size).toBeLessThan(10);
});

test('docs/build/wopi-validator.md says how each went', async () => {
  await expect(report(outcomes)).toMatchFileSnapshot('../../../docs/build/wopi-validator.md');
});

function report(all: readonly Outcome[]): string {
  const count = (wanted: Outcome['result']) => all.filter(({ result }) => result === wanted).length;
  const rows = all.map(
    ({ group, name, result, why }) => `| ${group} | ${name} | ${result}${why ? `: no ${why}` : ''} |`,
  );
  return `# WOPI: the published validator’s cases

The cases of [Microsoft’s WOPI validator](https://github.com/microsoft/wopi-validator-core) (MIT), run by
\`plugins/office-wopi/test/validator.test.ts\` against the plugin’s routes over HTTP, each request signed. This page is made by
that test. The cases compare what they put with what they get, so files of any bytes stand for theirs; the schema of
CheckFileInfo is written after WOPI’s documentation. What a host need not have, and this one has not, is named.

${all.length} cases: ${count('passed')} passed, ${count('skipped')} skipped, ${count('failed')} failed.

| Group | Case | |
| --- | --- | --- |
${rows.join('\n')}
`;
}

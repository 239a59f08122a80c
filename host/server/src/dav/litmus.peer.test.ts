import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

test('curl carries files with Swedish names up, to another name, and down again', async () => {
  const { workspace, ann } = await createDavWorkspace();
  await using _ = workspace;
  const folder = mkdtempSync(join(tmpdir(), 'valfri-curl-'));
  const [up, down] = [join(folder, 'räksmörgås.txt'), join(folder, 'åter.txt')];
  writeFileSync(up, 'smörgåsbord\n'.repeat(100_000));
  const curl = async (...args: readonly string[]) => {
    const given = ['-sS', '--fail', '-u', `${ann.email}:${ann.appPassword}`, '-w', '%{http_code}', ...args];
    return (await promisify(execFile)('curl', given)).stdout.slice(-3);
  };
  const at = (name: string) => `${workspace.url}/dav/home/${encodeURIComponent(name)}`;
  expect(await curl('-T', up, at('räksmörgås.txt'))).toBe('201');
  expect(await curl('-X', 'MOVE', '-H', `Destination: ${at('Åh, så gött.txt')}`, at('räksmörgås.txt'))).toBe('201');
  expect(await curl('-o', down, at('Åh, så gött.txt'))).toBe('200');
  expect(readFileSync(down)).toEqual(readFileSync(up));
  rmSync(folder, { recursive: true });
});

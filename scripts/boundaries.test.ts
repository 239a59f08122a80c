import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const run = promisify(execFile);
const planted: string[] = [];
afterEach(() => planted.splice(0).forEach((file) => rmSync(file, { force: true })));

/** Puts a file into the tree for the length of a test. */
function plant(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  planted.push(file);
}

/** What the import rules say of a folder. */
async function breaches(folder: string): Promise<string> {
  const done = await run('depcruise', ['--output-type', 'err', folder]).catch((error: { stdout: string }) => error);
  return done.stdout;
}

test.each([
  ['core/src/planted.ts', '../../sdk/src/index.ts', 'core-imports-nothing'],
  ['sdk/src/planted.ts', '../../host/server/src/log.ts', 'sdk-imports-core'],
  ['host/server/src/planted.ts', '../../../plugins/chat-postgres/src/index.ts', 'hosts-import-core-and-sdk'],
  ['plugins/chat-postgres/src/planted.ts', '../../../core/src/index.ts', 'plugins-import-the-sdk-only'],
])('an import that points up is found: %s', async (file, target, rule) => {
  plant(file, `export * from '${target}';\n`);
  expect(await breaches(dirname(file))).toContain(rule);
});

/** Makers and products that a plugin may name, and what all plugins share may not. */
const PRODUCTS =
  /\b(matrix|synapse|xmpp|ejabberd|prosody|nextcloud|owncloud|opencloud|collabora|onlyoffice|jitsi|livekit|mattermost|rocket\.?chat|zulip|slack|microsoft|google|zoom|webex)\b/i;

test('no product is named in what all plugins share', () => {
  const named = ['core/src', 'sdk/src', 'host/server/src', 'host/shell/src'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => {
        const lines = readFileSync(join(folder, name), 'utf8').split('\n');
        return lines.flatMap((line, i) => (PRODUCTS.test(line) ? `${folder}/${name}:${i + 1}: ${line.trim()}` : []));
      }),
  );
  expect(named).toEqual([]);
});

import { runCli } from '@valfri/server';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, test, vi } from 'vitest';
import { blocksIn, codeLinesIn, pagesIn } from './markdown.ts';

/** As much of commander as is looked at. */
interface Command {
  readonly commands: readonly Command[];
  readonly options: readonly { readonly long?: string }[];
  name(): string;
}

const scriptsOf = (json: string): readonly string[] =>
  Object.keys((JSON.parse(json) as { scripts?: object }).scripts ?? {});
const ours = scriptsOf(readFileSync('package.json', 'utf8'));
let program: Command;

beforeAll(async () => {
  const commander = createRequire(new URL('../../host/server/package.json', import.meta.url))('commander') as {
    Command: { prototype: { parseAsync(): Promise<unknown> } };
  };
  const parse = vi.spyOn(commander.Command.prototype, 'parseAsync').mockResolvedValue(undefined);
  await runCli({ name: 'Prov', plugins: [], instances: [], bindings: [] }, []);
  program = parse.mock.contexts[0] as unknown as Command;
  parse.mockRestore();
});

/** Scripts that a page names and nobody has: neither this repository, nor a package that the page itself writes. */
function unknownScripts(text: string): readonly string[] {
  const own = blocksIn(text)
    .filter(({ language, code }) => language === 'json' && code.includes('"scripts"'))
    .flatMap(({ code }) => scriptsOf(code));
  const known = new Set([...ours, ...own]);
  const named = codeLinesIn(text).flatMap((line) => [
    ...[...line.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name),
    ...[...line.matchAll(/npm (start|test)\b/g)].map(([, name = '']) => name),
  ]);
  return named.filter((name) => !known.has(name));
}

const CALL =
  /(?:^|&& |; |exec |sudo -u \w+ |ExecStart=)(?:npm run valfri --|valfri|(?:\/usr\/bin\/)?node \S*main\.[jt]s)(?: (?<words>[^#|&;'"]+))?/;

/** What of the calls on the command line that a page has does not exist. */
function unknownCalls(text: string): readonly string[] {
  const calls = codeLinesIn(text).flatMap((line) => {
    const start = /^npm start -- (.+)$/.exec(line)?.[1];
    const words = CALL.exec(line)?.groups?.['words'] ?? (start && `start ${start}`);
    return words ? [words.trim().split(/\s+/)] : [];
  });
  return calls.flatMap((words) => unknownIn(program, words));
}

function unknownIn(command: Command, [first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined || command.commands.length === 0 || first.startsWith('-')) {
    const options = (command.commands.find((each) => each.name() === 'start') ?? command).options;
    const known = new Set(options.map(({ long }) => long));
    const given = [first ?? '', ...others].filter((word) => word.startsWith('--'));
    return given.map((word) => word.split('=')[0]!).filter((word) => !known.has(word) && word !== '--help');
  }
  const found = command.commands.find((each) => each.name() === first);
  return found ? unknownIn(found, others) : [`${command.name()} ${first}`];
}

const pages = pagesIn('.').map(({ path, text }) => [path, text] as const);

test.each(pages)('%s names only scripts and commands that exist', (_, text) => {
  expect([...unknownScripts(text), ...unknownCalls(text)]).toEqual([]);
});

test('the pages name most of the commands, so something was looked at', () => {
  const all = pages.map(([, text]) => text).join('\n');
  for (const { commands, name } of program.commands.map((command) => ({ ...command, name: command.name() })))
    expect([name, commands.length > 0 || new RegExp(`(valfri|--|main\\.js) ${name}\\b`).test(all)]).toEqual([
      name,
      true,
    ]);
});

test('what does not exist is found', () => {
  const page = [
    'Run `npm run nonsense`, or `valfri swap undo`, or `valfri backup x --fast`, or `npm start -- --prot 1`.',
    '```sh\nsudo -u valfri node main.js provider --data x\nnpm run valfri -- swap plan chat --too y # valfri gone\n```',
    '```json\n{ "scripts": { "build": "tsc" } }\n```\n`npm run build`, `npm test`, `valfri`, `User=valfri now`',
  ].join('\n\n');
  expect(unknownScripts(page)).toEqual(['nonsense']);
  expect(unknownCalls(page).toSorted()).toEqual(['--fast', '--prot', '--too', 'swap undo', 'valfri provider']);
});

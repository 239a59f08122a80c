import { Command } from 'commander';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { type HostConfig, readConfig } from './config.ts';

/** One row of the table of settings that docs/compose/configuration.md has. */
interface Row {
  readonly option: string;
  readonly variable: string | undefined;
  readonly initial: string | undefined;
}

const page = readFileSync(new URL('../../../../docs/compose/configuration.md', import.meta.url), 'utf8');
const code = (cell = ''): string | undefined => /`([^`]+)`/.exec(cell)?.[1];
const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| `--'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, option, variable, initial]) => ({
    option: code(option)!,
    variable: code(variable),
    initial: code(initial),
  }));

const folder = mkdtempSync(join(tmpdir(), 'valfri-config-'));
const file = join(folder, 'pem');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

/** A value for each, other than the default; what else has to be given with it. */
const samples: Readonly<
  Record<string, { readonly value: string; readonly beside?: Readonly<Record<string, string>> }>
> = {
  port: { value: '9000' },
  host: { value: '0.0.0.0' },
  data: { value: '/var/lib/valfri' },
  publicUrl: { value: 'https://work.example.org' },
  databaseUrl: { value: 'postgres://a:b@db/c' },
  tlsCert: { value: file, beside: { VALFRI_TLS_KEY: file } },
  tlsKey: { value: file, beside: { VALFRI_TLS_CERT: file } },
  trustProxy: { value: '10.0.0.0/8' },
  pluginsDomain: { value: 'plugins.example.org' },
  scanner: { value: 'tcp://127.0.0.1:3310' },
  log: { value: process.stdout.isTTY ? 'stdout' : 'file' },
};

const nameOf = (option: string): string =>
  option.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const shown = (config: HostConfig, name: string): string | undefined => {
  const value = (config as unknown as Record<string, unknown>)[name];
  return value === undefined ? undefined : String(value);
};

async function optionsOfStart(): Promise<readonly string[]> {
  const parse = vi.spyOn(Command.prototype, 'parseAsync').mockResolvedValue(new Command());
  await runCli({ name: 'Prov', plugins: [], instances: [], bindings: [] }, []);
  const program = parse.mock.contexts[0] as Command;
  parse.mockRestore();
  return program.commands.find((command) => command.name() === 'start')!.options.map(({ long }) => long!);
}

describe('the page about configuration', () => {
  test('has every option, and none that there is not', async () => {
    expect(rows.map(({ option }) => option).toSorted()).toEqual((await optionsOfStart()).toSorted());
  });

  test('has every variable that is read, and none that is not', () => {
    const read = new Set<string>();
    readConfig({}, new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
    expect(rows.flatMap(({ variable }) => variable ?? []).toSorted()).toEqual([...read].toSorted());
  });

  test.each(rows)(
    'says truly what $option does by itself, and which variable stands for it',
    ({ option, variable, initial }) => {
      const name = nameOf(option);
      const said = name === 'data' ? resolve(initial!) : name === 'log' && process.stdout.isTTY ? 'file' : initial;
      expect(shown(readConfig({}, {}), name)).toBe(said);
      if (variable === undefined) return;
      const { value, beside = {} } = samples[name]!;
      expect(shown(readConfig({}, { ...beside, [variable]: value }), name)).toBe(value);
      expect(shown(readConfig({ [name]: value }, beside), name)).toBe(value);
    },
  );
});

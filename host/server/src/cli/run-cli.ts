import { PluginError } from '@valfri/core';
import { standardCapabilities } from '@valfri/sdk';
import { Command, Option } from 'commander';
import { ConfigError, type HostConfigInput, readConfig } from '../config/config.ts';
import { VERSION } from '../version.ts';
import type { Workspace } from '../workspace.ts';
import { checkWorkspace } from './check.ts';
import { CliError, connectToHost } from './client.ts';
import { columns, createOutput } from './output.ts';
import { StrayFaults } from './stray-faults.ts';
import { addSwapCommands } from './swap-commands.ts';

/** Runs the command line of a workspace. What a command needs is loaded when it runs: most need little. */
export async function runCli(workspace: Workspace, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const program = new Command('valfri')
    .description(`${workspace.name}: run it and look after it`)
    .version(VERSION)
    .showHelpAfterError();
  addStart(program, workspace);
  addCheck(program, workspace);
  addProviders(program);
  addSwapCommands(program, dataOption);
  addKeeping(program, workspace);
  addContract(program, workspace);
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
  } catch (error) {
    process.stderr.write(`valfri: ${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** What a person is shown: the stack only where the fault is ours. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CliError || error instanceof PluginError) return error.message;
  const detail = (error as { data?: { detail?: { code: string; remedy: string } } } | null)?.data?.detail;
  if (detail) return `${(error as Error).message} (${detail.code}: ${detail.remedy})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function dataOption(): Option {
  return new Option('--data <folder>', 'where the host keeps its data').default(
    process.env['VALFRI_DATA'] ?? '.valfri',
  );
}

function addStart(program: Command, workspace: Workspace): void {
  program
    .command('start', { isDefault: true })
    .description('run the workspace')
    .option('--port <number>', 'port to listen on (default: 8420)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--data <folder>', 'where to keep the data (default: .valfri)')
    .option('--public-url <url>', 'the address that people type, where it differs')
    .option('--database-url <url>', 'a PostgreSQL of your own (default: an embedded one)')
    .option('--tls-cert <file>', 'certificate, for HTTPS')
    .option('--tls-key <file>', 'its key')
    .option('--trust-proxy <addresses>', 'proxies whose X-Forwarded headers count, by commas')
    .option('--plugins-domain <host>', 'domain under which plugins’ own pages are served')
    .option('--scanner <address>', 'malware scanner that uploads have to pass')
    .option('--log <where>', 'file or stdout')
    .option(
      '--accept-new-key',
      'go on with another key than the database was used with; the old one’s secrets are lost',
    )
    .action(async (given: HostConfigInput) => {
      const { startHost } = await import('../host.ts');
      const faults = new StrayFaults();
      const host = await startHost({ workspace, config: readConfig(given) });
      faults.watch(host);
      process.stdout.write(`\n  ${workspace.name} runs at ${host.publicUrl}\n`);
      if (host.firstLink)
        process.stdout.write(`  Sign in as the operator, once, within three days:\n\n    ${host.firstLink}\n`);
      process.stdout.write('\n  Ctrl-C stops it.\n\n');
      stopOnSignals(() => host.stop());
    });
}

/** The first signal stops gracefully, the second at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    process.stdout.write('  Stopping …\n');
    void stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

function addCheck(program: Command, workspace: Workspace): void {
  program
    .command('check')
    .description('check the composition: manifests, settings, who serves what')
    .option('--json', 'write JSON')
    .action((given: { json?: boolean }) => {
      const report = checkWorkspace(workspace);
      createOutput(given.json ?? false).result(report, ({ plugins, faults }) => {
        process.stdout.write(
          `${columns(plugins.map(({ id, version, provides }) => [id, version, provides.join(', ')]))}\n`,
        );
        for (const fault of faults) process.stdout.write(`✗ ${fault}\n`);
        process.stdout.write(faults.length === 0 ? 'Everything is in order.\n' : `${faults.length} to mend.\n`);
      });
      if (report.faults.length > 0) process.exitCode = 1;
    });
}

function addProviders(program: Command): void {
  program
    .command('providers')
    .description('who serves what, and who could')
    .addOption(dataOption())
    .option('--json', 'write JSON')
    .action(async (given: { data: string; json?: boolean }) => {
      const functions = await connectToHost(given.data).functions.list.query();
      createOutput(given.json ?? false).result(functions, (list) => {
        for (const { id, bindings, instances } of list) {
          const rows = instances.map((instance) => [
            bindings.some((binding) => binding.instance === instance.id) ? '●' : '○',
            instance.id,
            instance.title,
            instance.health.ok ? 'well' : `not well: ${instance.health.message ?? ''}`,
            Object.keys(instance.features).join(' '),
          ]);
          process.stdout.write(`${id}\n${columns(rows)}\n`);
        }
      });
    });
  program
    .command('sign-in-link <email>')
    .description('a link that signs a person in once, for when nobody can')
    .addOption(dataOption())
    .action(async (email: string, given: { data: string }) => {
      const { link } = await connectToHost(given.data).system.signInLink.mutate({ email });
      process.stdout.write(`${link}\n`);
    });
}

function addKeeping(program: Command, workspace: Workspace): void {
  const options = (command: Command) =>
    command
      .addOption(dataOption())
      .option('--database-url <url>', 'the database, where it is one of your own')
      .option('--json', 'write JSON');
  options(program.command('backup <folder>'))
    .description('write everything the host and its providers keep in the database into a new folder')
    .action(async (folder: string, given: { data: string; databaseUrl?: string; json?: boolean }) => {
      const { backUp } = await import('../operations/backup.ts');
      const output = createOutput(given.json ?? false);
      output.result(
        await backUp({ ...given, folder, progress: (text) => output.line(text) }),
        ({ tables, rows, files }) =>
          output.line(
            `${rows} rows of ${tables} tables and ${files} files are in ${folder}. Keep ${given.data}/key with it, but not in the same place.`,
          ),
      );
    });
  options(program.command('restore <folder>'))
    .description('fill an empty host from a backup')
    .action(async (folder: string, given: { data: string; databaseUrl?: string; json?: boolean }) => {
      const { restore } = await import('../operations/restore.ts');
      const output = createOutput(given.json ?? false);
      output.result(
        await restore({ ...given, workspace, folder, progress: (text) => output.line(text) }),
        ({ tables, rows, files }) =>
          output.line(`${rows} rows of ${tables} tables and ${files} files are back. Start the host with "npm start".`),
      );
    });
  program
    .command('audit-verify')
    .description('check that the audit trail is as it was written')
    .addOption(dataOption())
    .action(async (given: { data: string }) => {
      const { entries, broken } = await connectToHost(given.data).system.verifyAudit.query();
      if (broken !== undefined)
        throw new CliError(`Entry ${broken} is not as it was written; the ${entries} before it are.`);
      process.stdout.write(`All ${entries} entries are as they were written.\n`);
    });
}

function addContract(program: Command, workspace: Workspace): void {
  program
    .command('contract <capability>')
    .description('print a contract, for plugin authors')
    .option('--json-schema', 'as JSON Schema instead of a page')
    .action(async (id: string, given: { jsonSchema?: boolean }) => {
      const { contractJsonSchema } = await import('../reference/json-schema.ts');
      const { contractMarkdown } = await import('../reference/markdown.ts');
      const capabilities = workspace.capabilities ?? standardCapabilities;
      const capability = capabilities.find((known) => known.id === id);
      if (!capability)
        throw new CliError(
          `There is no contract "${id}". There is: ${capabilities.map((known) => known.id).join(', ')}.`,
        );
      process.stdout.write(
        given.jsonSchema
          ? `${JSON.stringify(contractJsonSchema(capability), null, 2)}\n`
          : contractMarkdown(capability),
      );
    });
}

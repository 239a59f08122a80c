import { RESTING_STATES, type Swap, SWITCHED_STATES } from '@valfri/core';
import { type Command, Option } from 'commander';
import { swapToApply, swapToRollBack, underWay } from './choose-swap.ts';
import { type CliClient, CliError, connectToHost } from './client.ts';
import { bar, columns, createOutput, type Output } from './output.ts';

const POLL = 250; // ms

interface Given {
  readonly data: string;
  readonly json?: boolean;
}

/** Adds `swap plan|apply|status|pause|resume|rollback|retire`. */
export function addSwapCommands(program: Command, dataOption: () => Option): void {
  const swap = program.command('swap').description('move a function from one provider to another while people work');
  const command = (text: string, description: string) =>
    swap.command(text).description(description).addOption(dataOption()).option('--json', 'write JSON');

  command('plan <capability>', 'find out what a move would do, without doing it')
    .requiredOption('--to <instance>', 'the provider that takes over')
    .option('--from <instance>', 'the provider that is replaced (default: the one that serves)')
    .action(async (capability: string, given: Given & { to: string; from?: string }) => {
      const planned = await connectToHost(given.data).swaps.plan.mutate({ capability, to: given.to, from: given.from });
      createOutput(given.json ?? false).result(planned, printPlan);
    });

  command('apply [id]', 'do what was planned (default: the newest plan)')
    .option('--accept-loss', 'agree to what the plan says would be lost')
    .option('--detach', 'do not wait until it is done')
    .action(async (id: string | undefined, given: Given & { acceptLoss?: boolean; detach?: boolean }) => {
      const client = connectToHost(given.data);
      const output = createOutput(given.json ?? false);
      const wanted = await pick(client, id, swapToApply);
      output.line(
        `${wanted.state === 'stopped' ? 'Goes on with' : 'Begins'} ${wanted.id}: ${wanted.from} → ${wanted.to}`,
      );
      await client.swaps.begin.mutate({ id: wanted.id, acceptLoss: given.acceptLoss ?? false });
      const reached = given.detach
        ? await client.swaps.get.query({ id: wanted.id })
        : await follow(client, wanted.id, output, served);
      output.result(reached, printStatus);
      if (reached.state === 'stopped') process.exitCode = 1;
    });

  command('status [id]', 'how far a move has come (default: the newest)').action(
    async (id: string | undefined, given: Given) => {
      const found = await pick(connectToHost(given.data), id, (swaps) => newest(swaps, 'to show'));
      createOutput(given.json ?? false).result(found, printStatus);
    },
  );

  command('rollback [id]', 'go back to the provider that served before, with what was written since').action(
    async (id: string | undefined, given: Given) => {
      const client = connectToHost(given.data);
      const output = createOutput(given.json ?? false);
      const wanted = await pick(client, id, swapToRollBack);
      if (wanted.state === 'planned') output.line('This was a plan only: nothing had happened. It is discarded.');
      await client.swaps.ask.mutate({ id: wanted.id, wish: 'rollback' });
      const reached = await follow(
        client,
        wanted.id,
        output,
        ({ state, wish }) => wish !== 'rollback' && state !== 'rollingBack',
      );
      output.result(reached, printStatus);
      if (reached.state !== 'rolledBack') process.exitCode = 1;
    },
  );

  addWishes(command);
}

type MakeCommand = (text: string, description: string) => Command;

function addWishes(command: MakeCommand): void {
  const wishes = {
    pause: ['pause', 'hold a move where it is'],
    resume: [null, 'let a paused move go on'],
    retire: ['retire', 'give up the way back'],
  } as const;
  for (const [name, [wish, description]] of Object.entries(wishes)) {
    command(`${name} [id]`, description).action(async (id: string | undefined, given: Given) => {
      const client = connectToHost(given.data);
      const wanted = await pick(client, id, (swaps) => newest(swaps.filter(underWay), `to ${name}`));
      await client.swaps.ask.mutate({ id: wanted.id, wish });
      createOutput(given.json ?? false).result(await client.swaps.get.query({ id: wanted.id }), printStatus);
    });
  }
}

/** Whether the new provider serves, or the move came to rest otherwise. */
function served({ state }: Swap): boolean {
  return SWITCHED_STATES.includes(state) || RESTING_STATES.includes(state);
}

/** The move that was named, or the one that is chosen where none was. */
async function pick(
  client: CliClient,
  id: string | undefined,
  choose: (swaps: readonly Swap[]) => Swap,
): Promise<Swap> {
  return id === undefined ? choose(await client.swaps.list.query({ limit: 50 })) : client.swaps.get.query({ id });
}

function newest([first]: readonly Swap[], purpose: string): Swap {
  if (first) return first;
  throw new CliError(`There is no move ${purpose}. Plan one with "swap plan <capability> --to <instance>".`);
}

/** Shows how a move goes on until it has come as far as asked. */
async function follow(client: CliClient, id: string, output: Output, enough: (swap: Swap) => boolean): Promise<Swap> {
  const draws = process.stdout.isTTY && !output.json;
  for (let shown = ''; ;) {
    const swap = await client.swaps.get.query({ id });
    const line = progressLine(swap);
    if (draws) process.stdout.write(`\r\u001B[2K${line}`);
    else if (swap.state !== shown) output.line(line);
    shown = swap.state;
    if (enough(swap)) {
      if (draws) process.stdout.write('\n');
      return swap;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function progressLine({ state, plan, progress }: Swap): string {
  const total = plan.records.filter(({ fate }) => fate !== 'stays').reduce((sum, { count }) => sum + count, 0);
  const done = [progress.moved, progress.aside]
    .flatMap((counts) => Object.values(counts))
    .reduce((sum, count) => sum + count, 0);
  return `${state.padEnd(11)} ${bar(done, total)} ${done} records, ${progress.recordsPerSecond}/s`;
}

function printPlan({ id, from, to, plan }: Swap): void {
  const write = (text: string) => process.stdout.write(`${text}\n`);
  write(`Plan ${id}: ${from} → ${to}\n`);
  write(
    columns([
      ['record', 'count', 'what becomes of it'],
      ...plan.records.map(({ type, count, fate }) => [type, String(count), fates[fate]]),
    ]),
  );
  const changed = plan.features.filter(({ change }) => change !== 'same');
  write(
    `\nFeatures: ${changed.length === 0 ? 'all the same' : changed.map(({ name, change }) => `${name} ${change}`).join(', ')}`,
  );
  for (const { plugin, feature } of plan.consumers) write(`! ${plugin} needs ${feature}`);
  for (const { type, key, message } of [...plan.losses, ...plan.rejections]) write(`! ${type} ${key}: ${message}`);
  write(`Tried with ${plan.sampled} records. Writes are expected to wait about ${plan.expectedPauseMs} ms.`);
  write(
    plan.needsConsent
      ? '\nSomething would be lost: "swap apply --accept-loss" agrees to it.'
      : '\nNothing would be lost. "swap apply" begins.',
  );
}

const fates = { moves: 'moves', aside: 'the host keeps it aside', stays: 'the host’s own: stays' } as const;

function printStatus({ id, from, to, state, pauseMs, verification, failure, observeUntil }: Swap): void {
  const write = (text: string) => process.stdout.write(`${text}\n`);
  write(`${id}: ${from} → ${to}: ${state}`);
  if (failure) write(`! ${failure.code} while ${failure.during}: ${failure.message}`);
  if (pauseMs !== undefined) write(`Writes waited ${pauseMs} ms.`);
  if (verification)
    write(
      columns(
        verification.map(({ type, source, target, equal }) => [
          type,
          String(source.count),
          String(target.count),
          equal ? 'equal' : `NOT equal: ${source.sum} and ${target.sum}`,
        ]),
      ),
    );
  if (observeUntil && state === 'observing')
    write(`There is a way back until ${new Date(observeUntil).toISOString()}.`);
}

import type { Swap } from '@valfri/core';
import { workspace } from '@valfri/example-workspace';
import { newId } from '@valfri/sdk';
import { ChatWriters, readRoom, type WritingReport } from '@valfri/sdk/testing';
import { type BenchHost, startBenchHost } from './lib/bench-host.ts';
import { type Figures, percentile, print, rounded, say } from './lib/report.ts';

const MESSAGES = Number(process.env['MESSAGES'] ?? 100_000);
const ROOMS = 200;
const WRITERS = 32;
const WRITES_PER_SECOND = 1_200;
/** How long people go on writing before and after the move, in milliseconds. */
const AROUND = 2_000;

await using bench = await startBenchHost(workspace);
await addInstance(bench, 'chat-second');
print('swap', { toPostgres: await leg(bench) });

async function addInstance({ host }: BenchHost, id: string): Promise<void> {
  const { instances, runtime } = host.services;
  const instance = { id, plugin: 'chat-postgres', title: id, settings: {} };
  await instances.keep(instance, runtime.plugin('chat-postgres').manifest);
  await runtime.start(instance);
}

/** Fills chat, then moves it while people write, and compares all that was acknowledged with what stands there. */
async function leg(on: BenchHost): Promise<Figures> {
  const people = await Promise.all(Array.from({ length: WRITERS }, (_, i) => on.person(`Person ${i}`)));
  const rooms = await makeRooms(people);
  say(`Writing ${MESSAGES} messages into ${ROOMS} rooms …`);
  const filling = new ChatWriters({ people, rooms, writers: WRITERS });
  filling.start();
  await filling.sent(MESSAGES);
  await filling.stop();
  await markRead(on, people, rooms);
  say(`Moving, while ${WRITERS} people write ${WRITES_PER_SECOND} times a second …`);
  const writers = new ChatWriters({ people, rooms, writers: WRITERS, perSecond: WRITES_PER_SECOND });
  writers.start();
  const began = performance.now();
  await passing(AROUND);
  const swap = await move(on, 'chat-second');
  await passing(AROUND);
  await writers.stop();
  const seconds = (performance.now() - began) / 1_000;
  say('Reading everything back …');
  const messages = (await Promise.all(rooms.map((room) => readRoom(people[0]!.chat, room)))).flat();
  const reports = [filling.report(messages), writers.report(messages)];
  return {
    ...{ seed: filling.random.seed, messages: messages.length, rooms: ROOMS, writers: WRITERS },
    ...outcome(reports),
    writesPerSecond: rounded(writers.writes.length / seconds),
    ...pause(on, writers),
    ...speed(swap),
    digestsEqual: swap.verification!.every(({ equal }) => equal),
    lossReport: swap.plan.losses.length,
    records: Object.fromEntries(swap.verification!.map(({ type, target }) => [type, target.count])),
  };
}

async function makeRooms(people: Awaited<ReturnType<BenchHost['person']>>[]): Promise<string[]> {
  const [first, ...others] = people;
  return Promise.all(
    Array.from({ length: ROOMS }, async (_, i) => {
      const room = newId();
      const ids = others.map(({ id }) => id);
      await first!.chat.createRoom({ id: room, kind: 'group', name: `Rum ${i}`, people: ids });
      return room;
    }),
  );
}

async function markRead({ host }: BenchHost, people: readonly { id: string }[], rooms: readonly string[]) {
  for (const room of rooms) await host.services.readState.mark(people[0]!.id, room, 10);
}

/** Plans, begins, and waits until the new provider serves and the old one only follows. */
async function move({ host }: BenchHost, to: string): Promise<Swap> {
  const { swaps } = host.services;
  const { id } = await swaps.plan({ capability: 'chat', to, by: newId() });
  await swaps.apply(id, { acceptLoss: false, by: newId() });
  for (;;) {
    const swap = await swaps.get(id);
    if (swap.state === 'observing') return swap;
    if (swap.failure) throw new Error(swap.failure.message);
    await passing(20);
  }
}

function outcome(reports: readonly WritingReport[]) {
  const sum = (of: 'lost' | 'duplicated' | 'failed') => reports.reduce((count, report) => count + report[of].length, 0);
  return { lost: sum('lost'), duplicated: Math.max(...reports.map((r) => r.duplicated.length)), failed: sum('failed') };
}

/** How long those waited who wrote while the fence was closed. */
function pause({ fenced }: BenchHost, { writes }: ChatWriters) {
  const held = writes.filter(({ began, ended }) =>
    fenced.some(({ closed, opened }) => began < opened && ended > closed),
  );
  const waits = held.map(({ began, ended }) => ended - began);
  const longest = Math.max(...fenced.map(({ closed, opened }) => opened - closed));
  return {
    fences: fenced.length,
    fenceMs: rounded(longest),
    writesHeld: held.length,
    pauseMsP50: rounded(percentile(waits, 0.5)),
    pauseMsP99: rounded(percentile(waits, 0.99)),
  };
}

/** Records a second from the first page to the fence. */
function speed({ history, progress }: Swap) {
  const at = (state: string) => history.findLast((entry) => entry.state === state)!.at;
  const moved = Object.values(progress.moved).reduce((sum, count) => sum + count, 0);
  const seconds = (at('fenced') - at('copying')) / 1_000;
  return { recordsMoved: moved, copySeconds: rounded(seconds), recordsPerSecond: rounded(moved / seconds) };
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

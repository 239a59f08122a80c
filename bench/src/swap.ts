import type { Swap } from '@valfri/core';
import { workspace } from '@valfri/example-workspace';
import { type Message, newId } from '@valfri/sdk';
import { ChatWriters, readRoom, type WritingReport } from '@valfri/sdk/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { measureBareRate } from '../../scripts/peers/matrix-rate.ts';
import { startSynapse } from '../../scripts/peers/synapse.ts';
import { type BenchHost, type FencedTime, startBenchHost } from './lib/bench-host.ts';
import { type Figures, percentile, print, rounded, say } from './lib/report.ts';

const WRITERS = 32;
/** How long people go on writing before and after each move, in milliseconds. */
const AROUND = 2_000;

print('swap', {
  toPostgres: await betweenPostgres(),
  ...(process.argv.includes('--no-peers') ? {} : await overMatrix()),
});

/** From the built-in provider to a second instance of it, in a schema of its own. */
async function betweenPostgres(): Promise<Figures> {
  await using on = await startBenchHost(workspace);
  await addInstance(on, { id: 'chat-second', plugin: 'chat-postgres', settings: {} });
  const story = await fill(on, { messages: Number(process.env['MESSAGES'] ?? 100_000), rooms: 200, people: WRITERS });
  return await leg(on, story, { to: 'chat-second', perSecond: 1_200 });
}

/** To a real homeserver and back, written to half as fast as it takes messages from bare requests. */
async function overMatrix(): Promise<{ [leg: string]: Figures }> {
  await using on = await startBenchHost(workspace);
  const directory = mkdtempSync(join(tmpdir(), 'valfri-bench-synapse-'));
  const inboundUrl = `${on.host.publicUrl}/plugins/chat-matrix`;
  const synapse = await startSynapse({ inboundUrl, directory });
  try {
    const { url: homeserverUrl, serverName, registrations } = synapse;
    const registration = registrations[0]!;
    const { id, prefix, asToken, hsToken } = registration;
    say('Measuring what the homeserver takes from bare requests …');
    const measured = { url: homeserverUrl, serverName, registration, rooms: 8, messages: 300 };
    const bare = await measureBareRate(measured);
    const settings = { homeserverUrl, serverName, registration: id, prefix, asToken, hsToken };
    await addInstance(on, { id: 'chat-matrix', plugin: 'chat-matrix', settings });
    const story = await fill(on, { messages: Number(process.env['MATRIX_MESSAGES'] ?? 3_000), rooms: 20, people: 8 });
    const perSecond = bare / 2;
    const there = await leg(on, story, { to: 'chat-matrix', perSecond, bare });
    return { toMatrix: there, fromMatrix: await leg(on, story, { to: 'chat-builtin', perSecond }) };
  } finally {
    await synapse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface NewInstance {
  readonly id: string;
  readonly plugin: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

async function addInstance({ host }: BenchHost, given: NewInstance): Promise<void> {
  const { instances, runtime } = host.services;
  const instance = { ...given, title: given.id };
  await instances.keep(instance, runtime.plugin(given.plugin).manifest);
  await runtime.start(instance);
}

/** Who wrote what so far. */
interface Story {
  readonly people: readonly Person[];
  readonly rooms: readonly string[];
  readonly written: ChatWriters[];
}

type Person = Awaited<ReturnType<BenchHost['person']>>;

async function fill(
  on: BenchHost,
  { messages, rooms: count, people: many }: { messages: number; rooms: number; people: number },
): Promise<Story> {
  const people = await Promise.all(Array.from({ length: many }, (_, i) => on.person(`Person ${i}`)));
  const rooms = await makeRooms(people, count);
  say(`Writing ${messages} messages into ${count} rooms …`);
  const filling = new ChatWriters({ people, rooms, writers: WRITERS });
  filling.start();
  await filling.sent(messages);
  await filling.stop();
  for (const room of rooms) await on.host.services.readState.mark(people[0]!.id, room, 10);
  return { people, rooms, written: [filling] };
}

/** Moves chat while people write, and compares all that was ever acknowledged with what stands there. */
async function leg(
  on: BenchHost,
  { people, rooms, written }: Story,
  { to, perSecond, bare }: { to: string; perSecond: number; bare?: number },
): Promise<Figures> {
  say(`Moving to ${to}, while ${WRITERS} people write ${rounded(perSecond)} times a second …`);
  const writers = new ChatWriters({ people, rooms, writers: WRITERS, perSecond });
  const fences = on.fenced.length;
  const markers = await on.host.services.readState.of(people[0]!.id);
  writers.start();
  const began = performance.now();
  await passing(AROUND);
  const swap = await move(on, to);
  await passing(AROUND);
  await writers.stop();
  const seconds = (performance.now() - began) / 1_000;
  say('Reading everything back …');
  const messages: Message[] = [];
  for (const room of rooms) messages.push(...(await readRoom(people[0]!.chat, room)));
  // What was written earlier must stand as well; it is changed by nobody else.
  written.push(writers);
  const reports = written.map((each) => each.report(messages));
  return {
    ...{ seed: writers.random.seed, messages: messages.length, rooms: rooms.length, writers: WRITERS },
    ...outcome(reports),
    writesPerSecond: rounded(writers.writes.length / seconds),
    ...pause(on.fenced.slice(fences), writers),
    ...speed(swap, bare),
    digestsEqual: swap.verification!.every(({ equal }) => equal),
    markersKept: isDeepStrictEqual(markers, await on.host.services.readState.of(people[0]!.id)),
    lossReport: swap.plan.losses.length + swap.plan.records.filter(({ fate }) => fate === 'aside').length,
    records: Object.fromEntries(swap.verification!.map(({ type, target }) => [type, target.count])),
  };
}

async function makeRooms(people: readonly Person[], count: number): Promise<string[]> {
  const [first, ...others] = people;
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const room = newId();
      const ids = others.map(({ id }) => id);
      await first!.chat.createRoom({ id: room, kind: 'group', name: `Rum ${i}`, people: ids });
      return room;
    }),
  );
}

/** Plans, begins, and waits until the new provider serves and the old one only follows. */
async function move({ host }: BenchHost, to: string): Promise<Swap> {
  const { swaps } = host.services;
  // The way back from an earlier move is given up.
  for (const { id } of await swaps.active()) {
    await swaps.ask(id, 'retire', newId());
    await swaps.finished(id);
  }
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

/** How long those waited at the fence who wrote while it was closed, and how long their writes took in all. */
function pause(fenced: readonly FencedTime[], { writes }: ChatWriters) {
  const held = writes.filter(({ began, ended }) =>
    fenced.some(({ closed, opened }) => began < opened && ended > closed),
  );
  const waits = held.map(({ began, ended }) =>
    Math.max(...fenced.map(({ closed, opened }) => Math.min(ended, opened) - Math.max(began, closed))),
  );
  const latencies = held.map(({ began, ended }) => ended - began);
  const longest = Math.max(...fenced.map(({ closed, opened }) => opened - closed));
  return {
    fences: fenced.length,
    fenceMs: rounded(longest),
    writesHeld: held.length,
    pauseMsP50: rounded(percentile(waits, 0.5)),
    pauseMsP99: rounded(percentile(waits, 0.99)),
    heldWriteMsP99: rounded(percentile(latencies, 0.99)),
  };
}

/** Records a second from the first page to the fence; to another product, what it was told beside the bare rate. */
function speed({ history, progress }: Swap, bare?: number) {
  const at = (state: string) => history.findLast((entry) => entry.state === state)!.at;
  const { moved } = progress;
  const sum = (types: readonly string[]) => types.reduce((total, type) => total + (moved[type] ?? 0), 0);
  const all = sum(Object.keys(moved));
  const seconds = (at('fenced') - at('copying')) / 1_000;
  const figures = { recordsMoved: all, copySeconds: rounded(seconds), recordsPerSecond: rounded(all / seconds) };
  if (bare === undefined) return figures;
  // What another product is told of: each of these is a request at least. What hangs on a message goes with it.
  const told = sum(['message', 'tombstone', 'reaction', 'member']) / seconds;
  return { ...figures, barePerSecond: rounded(bare), toldPerSecond: rounded(told), ratioToBare: rounded(told / bare) };
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

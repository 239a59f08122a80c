import { newId } from '@valfri/sdk';
import { ChatWriters, Random, readRoom } from '@valfri/sdk/testing';
import type { AppClient, TestPerson } from '@valfri/server/testing';
import { arrive } from '@valfri/server/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatOf, notAnswered, swapState } from './chat-client.ts';
import { KillableHost, type KillOrder } from './killable-host.ts';

const random = new Random();
const MESSAGES = 6_000;
const at = (name: string, count = 1, afterMs = 0): KillOrder => ({ at: name, count, afterMs });
/** Points at which a swap that nothing is wrong with passes. */
const onTheWay = ['preparing', 'copying', 'catchingUp', 'fenced', 'verifying', 'switched', 'observing'];
const randomly = Array.from({ length: 10 }, () => {
  const [name, counts, longest] = random.of([
    ['copying.page', 3, 40],
    ['catchingUp.page', 1, 40],
    ['fenced.page', 1, 12],
  ] as const);
  return at(name, 1 + random.below(counts), random.below(longest));
});

let host: KillableHost;
let people: readonly TestPerson[];
let rooms: readonly string[];
let writers: ChatWriters;
let api: AppClient;
let over = false;

beforeAll(async () => {
  console.log(`seed ${random.seed}`);
  host = await KillableHost.start();
  api = host.operator.api;
  await api.functions.addInstance.mutate({ id: 'chat-second', plugin: 'chat-postgres', title: 'Andra' });
  people = await Promise.all(['Anna', 'Bo', 'Cia'].map((name) => person(name)));
  rooms = await Promise.all(Array.from({ length: 10 }, () => room()));
  const filling = new ChatWriters({ people: people.map(writing), rooms, writers: 24, seed: random.seed });
  filling.start();
  await filling.wrote(MESSAGES);
  await filling.stop();
  writers = new ChatWriters({
    people: people.map(writing),
    rooms,
    perSecond: 60,
    retry: (error) => !over && notAnswered(error),
    seed: random.seed + 1,
  });
  writers.start();
}, 180_000);

afterAll(async () => {
  over = true;
  await writers?.stop();
  await host?.[Symbol.asyncDispose]();
});

async function person(name: string): Promise<TestPerson> {
  const email = `${name.toLowerCase()}@example.org`;
  const { link } = await api.people.add.mutate({ name, email });
  return arrive(host.url, link, { name, email });
}

async function room(): Promise<string> {
  const id = newId();
  const [first, ...others] = people;
  await first!.api.chat.createRoom.mutate({ id, kind: 'group', name: 'Rum', people: others.map((other) => other.id) });
  return id;
}

function writing({ id, api: client }: TestPerson) {
  return { id, chat: chatOf(client) };
}

/** The answer may not come: whoever was to give it is killed. */
async function unlessKilled(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!notAnswered(error)) throw error;
  });
}

/** Nobody who was answered has lost anything; looked at while writing goes on would be another truth each time. */
async function nothingIsLost(): Promise<void> {
  await writers.stop();
  const read = await Promise.all(rooms.map((id) => readRoom(chatOf(people[0]!.api), id)));
  const { lost, duplicated, failed } = writers.report(read.flat());
  expect({ lost, duplicated, failed }).toEqual({ lost: [], duplicated: [], failed: [] });
  for (const messages of read) expect(new Set(messages.map(({ seq }) => seq)).size).toBe(messages.length);
  writers.start();
}

async function begin(): Promise<string> {
  const [chat] = await api.functions.list.query();
  const to = chat!.bindings[0]!.instance === 'chat-builtin' ? 'chat-second' : 'chat-builtin';
  const { id } = await api.swaps.plan.mutate({ capability: 'chat', to });
  return id;
}

async function reaches(id: string, states: readonly string[]): Promise<string> {
  await expect.poll(() => swapState(api, id), { timeout: 60_000, interval: 20 }).toBeOneOf(states);
  return (await swapState(api, id))!;
}

/** Lets the move rest, so that the next can begin. */
async function finish(id: string): Promise<void> {
  if ((await reaches(id, ['observing', 'retired', 'rolledBack'])) === 'observing') {
    await api.swaps.ask.mutate({ id, wish: 'retire' });
    await reaches(id, ['retired']);
  }
}

describe('a host that is killed', () => {
  const points = [...onTheWay.map((name) => at(name)), ...randomly];
  test.for(points)(
    '$count times at $at, and $afterMs ms, completes or rolls back, and nothing is lost',
    async (order) => {
      const id = await begin();
      await host.order(order);
      await unlessKilled(api.swaps.begin.mutate({ id }));
      await host.died();
      await host.restart();
      await finish(id);
      await nothingIsLost();
    },
  );

  test('while a move is only planned, keeps the plan', async () => {
    const id = await begin();
    await host.kill();
    await host.restart();
    expect(await reaches(id, ['planned'])).toBe('planned');
    await api.swaps.begin.mutate({ id });
    await finish(id);
    await nothingIsLost();
  });

  test.for(['rollingBack', 'rolledBack', 'retired'])('at %s, gets there all the same', async (state) => {
    const id = await begin();
    await api.swaps.begin.mutate({ id });
    await reaches(id, ['observing']);
    await host.order(at(state));
    await unlessKilled(api.swaps.ask.mutate({ id, wish: state === 'retired' ? 'retire' : 'rollback' }));
    await host.died();
    await host.restart();
    await reaches(id, [state === 'retired' ? 'retired' : 'rolledBack']);
    await nothingIsLost();
  });

  test('where a move stopped, goes on from there when it is begun again', async () => {
    const id = await begin();
    const { to } = await api.swaps.get.query({ id });
    const digests = sql.id(`plugin_${to.replaceAll('-', '_')}`, 'digests');
    const falsify = (by: number) =>
      sql`UPDATE ${digests} SET sum = sum + ${by}::int WHERE type = 'message'`.execute(host.database.db);
    await falsify(1);
    await host.order(at('stopped'));
    await unlessKilled(api.swaps.begin.mutate({ id }));
    await host.died();
    await host.restart();
    expect(await reaches(id, ['stopped'])).toBe('stopped');
    expect((await api.swaps.get.query({ id })).failure).toMatchObject({ code: 'VERIFY_MISMATCH' });
    await falsify(-1);
    await api.swaps.begin.mutate({ id });
    await finish(id);
    await nothingIsLost();
  });
});

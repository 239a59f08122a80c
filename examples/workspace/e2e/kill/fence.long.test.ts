import { newId } from '@valfri/sdk';
import { ChatWriters, Random, readRoom, type WritingReport } from '@valfri/sdk/testing';
import type { SwapOverrides } from '@valfri/server';
import { createTestWorkspace, type TestWorkspace } from '@valfri/server/testing';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { workspace } from '../../src/workspace.ts';
import { chatOf } from './chat-client.ts';

/** How long the database takes for the switch: long enough that somebody writes meanwhile. In milliseconds. */
const SLOW_SWITCH = 400;
const noFence: SwapOverrides = { fence: () => ({ close: async () => true, open: () => undefined }) };

/** Moves chat while people write, with a database that is slow at the moment of the switch. */
async function moveWhileWriting(swaps: SwapOverrides): Promise<WritingReport> {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  let onVerifying: () => void = () => undefined;
  const checkpoint: SwapOverrides['checkpoint'] = (name) => name === 'verifying' && onVerifying();
  await using host = await createTestWorkspace({ workspace, swaps: { ...swaps, checkpoint } });
  const { api } = host.operator;
  await api.functions.addInstance.mutate({ id: 'chat-second', plugin: 'chat-postgres', title: 'Andra' });
  const anna = await host.person('Anna');
  const room = newId();
  await anna.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
  const people = [{ id: anna.id, chat: chatOf(anna.api) }];
  const writers = new ChatWriters({ people, rooms: [room], perSecond: 25, writers: 4, seed: random.seed });
  writers.start();
  await writers.wrote(20);
  const { id } = await api.swaps.plan.mutate({ capability: 'chat', to: 'chat-second' });
  // Without the fence a write may come between the two digests: that is noticed, and the move begun again.
  for (let state = ''; state !== 'observing';) {
    onVerifying = slowSwitch(host);
    await api.swaps.begin.mutate({ id });
    await expect
      .poll(async () => (state = (await api.swaps.get.query({ id })).state), { timeout: 20_000 })
      .toBeOneOf(['observing', 'stopped']);
  }
  await writers.stop();
  return writers.report(await readRoom(chatOf(anna.api), room));
}

/** Holds the table of the bindings for a while, as a busy database would. */
function slowSwitch({ host }: TestWorkspace): () => void {
  return () =>
    void host.services.database.db
      .transaction()
      .execute(async (trx) => {
        await sql`LOCK TABLE valfri.bindings IN SHARE MODE`.execute(trx);
        await sql`SELECT pg_sleep(${SLOW_SWITCH / 1_000})`.execute(trx);
      })
      .catch(() => undefined);
}

test('what is written at the moment of the switch waits at the fence, and is not lost', async () => {
  const { lost, duplicated, failed } = await moveWhileWriting({});
  expect({ lost, duplicated, failed }).toEqual({ lost: [], duplicated: [], failed: [] });
});

test('control: with the fence off the same is lost', async () => {
  const { lost } = await moveWhileWriting(noFence);
  expect(lost.length).toBeGreaterThan(0);
});

import { chat } from '@valfri/sdk';
import type { TestPerson, TestWorkspace } from '@valfri/server/testing';
import { describe, expect, test } from 'vitest';
import { sharedSynapse } from '../../../scripts/peers/matrix-slot.ts';
import { aStory, keepWriting, matrixWorkspace } from './matrix-workspace.ts';

const PROVIDED = Object.entries(chat.records)
  .filter(([, record]) => !('host' in record))
  .map(([type]) => type);

/** Moves chat to another provider and waits until that serves. */
async function move({ operator: { api } }: TestWorkspace, to: string) {
  const plan = await api.swaps.plan.mutate({ capability: 'chat', to });
  expect([plan.plan.losses, plan.plan.rejections, plan.plan.needsConsent]).toEqual([[], [], false]);
  // Who has read how far is the host's: a provider only wants to be told, or not.
  const others = plan.plan.features.filter(({ name }) => name !== 'readMarkers');
  expect(others.filter(({ change }) => change !== 'same')).toEqual([]);
  expect(plan.plan.records.filter(({ fate }) => fate === 'aside')).toEqual([]);
  await api.swaps.begin.mutate({ id: plan.id });
  for (;;) {
    const swap = await api.swaps.get.query({ id: plan.id });
    if (swap.state === 'observing') return swap;
    if (swap.state === 'stopped') throw new Error(swap.failure?.message);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function digests({ host }: TestWorkspace, instance: string, recompute = false): Promise<unknown> {
  const { portability } = host.services.kernel.instances.get(instance)!.provider;
  const entries = PROVIDED.map(async (type) => [type, await portability!.digest(type, { recompute })] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** All that somebody can see of a room. */
async function seen({ api }: TestPerson, room: string) {
  const { messages } = await api.chat.history.query({ room, limit: 100 });
  const { members } = await api.chat.listMembers.query({ room });
  return { messages, members, room: (await api.chat.getRoom.query({ room })).room };
}

describe.skipIf(!sharedSynapse)('chat moves to Matrix and back', () => {
  test('while people write: nothing is lost, nothing is changed, and the homeserver holds it all', async () => {
    await using at = await matrixWorkspace();
    const { host, matrix } = at;
    const people = [await host.person('Anna'), await host.person('Bo'), await host.person('Cai')] as const;
    const [anna, bo] = people;
    const [quiet, lively] = [await aStory(people), await aStory(people)];
    const [before, markers] = [await seen(anna, quiet), await anna.api.read.list.query()];
    const first = keepWriting(lively, [anna, bo]);
    const there = await move(host, matrix);
    const written = [...(await first.stop())];
    expect(written.length).toBeGreaterThan(3);
    expect(there.verification!.filter(({ equal }) => !equal)).toEqual([]);
    expect(await seen(anna, quiet)).toEqual(before);
    expect(await anna.api.read.list.query()).toEqual(markers);
    expect(await digests(host, matrix)).toEqual(await digests(host, matrix, true));
    await host.operator.api.swaps.ask.mutate({ id: there.id, wish: 'retire' });
    await expect.poll(async () => (await host.operator.api.swaps.get.query({ id: there.id })).state).toBe('retired');
    await host.operator.api.functions.addInstance.mutate({
      id: 'chat-back',
      plugin: 'chat-postgres',
      title: 'Tillbaka',
    });
    const second = keepWriting(lively, [anna, bo]);
    const back = await move(host, 'chat-back');
    written.push(...(await second.stop()));
    expect(back.verification!.filter(({ equal }) => !equal)).toEqual([]);
    expect(await seen(anna, quiet)).toEqual(before);
    expect(await anna.api.read.list.query()).toEqual(markers);
    await expect.poll(() => digests(host, matrix), { timeout: 20_000 }).toEqual(await digests(host, 'chat-back'));
    const { portability } = host.host.services.kernel.instances.get('chat-back')!.provider;
    const ids = [...(await portability!.read('message', written)), ...(await portability!.read('tombstone', written))];
    expect(ids.map(({ key }) => key).sort()).toEqual([...written].sort());
    console.log(`moved ${JSON.stringify(there.progress.moved)}, pause ${there.pauseMs} ms; back ${back.pauseMs} ms`);
  }, 180_000);

  test('and is rolled back: what was written meanwhile elsewhere is on the homeserver too', async () => {
    await using at = await matrixWorkspace();
    const { host, matrix } = at;
    const people = [await host.person('Anna'), await host.person('Bo'), await host.person('Cai')] as const;
    const room = await aStory(people);
    const there = await move(host, matrix);
    const writing = keepWriting(room, people.slice(0, 2));
    await expect.poll(async () => (await seen(people[0], room)).room.lastSeq, { timeout: 20_000 }).toBeGreaterThan(12);
    await host.operator.api.swaps.ask.mutate({ id: there.id, wish: 'rollback' });
    const state = async () => (await host.operator.api.swaps.get.query({ id: there.id })).state;
    await expect.poll(state, { timeout: 60_000 }).toBe('rolledBack');
    const written = await writing.stop();
    const { portability } = host.host.services.kernel.instances.get('chat-builtin')!.provider;
    const kept = [...(await portability!.read('message', written)), ...(await portability!.read('tombstone', written))];
    expect(kept.length).toBe(written.length);
    expect(await digests(host, matrix)).toEqual(await digests(host, matrix, true));
  }, 120_000);
});

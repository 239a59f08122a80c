import { newId } from '@valfri/core';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorkspace, memoryWorkspace, storedChatPlugin, type TestWorkspace } from '../testing/index.ts';
import { Troublemaker } from '../testing/troublemaker.ts';

const trouble = new Troublemaker();
const workspace = { ...memoryWorkspace, plugins: [memoryChatPlugin(), trouble.plugin, storedChatPlugin()] };
let host: TestWorkspace;
beforeAll(async () => void (host = await createTestWorkspace({ workspace, patience: { stop: 300 } })));
afterAll(() => host[Symbol.asyncDispose]());

const functions = () => host.operator.api.functions;
const provider = async (id: string) => (await functions().list.query())[0]!.instances.find((each) => each.id === id);

describe('two operators at once', () => {
  test('who change one provider leave it well, as the last of them wanted it', async () => {
    await functions().addInstance.mutate({ id: 'both', plugin: 'chat-stored', title: 'Ny' });
    const titles = ['Ett', 'Två', 'Tre', 'Fyra'];
    await Promise.all(titles.map((title) => functions().changeInstance.mutate({ id: 'both', title })));
    const left = await provider('both');
    expect([left?.health, titles.includes(left?.title ?? '')]).toEqual([{ ok: true }, true]);
    await functions().removeInstance.mutate({ id: 'both', eraseData: true });
    await functions().addInstance.mutate({ id: 'both', plugin: 'chat-stored', title: 'Igen' });
    expect((await provider('both'))?.health).toEqual({ ok: true });
    await functions().removeInstance.mutate({ id: 'both', eraseData: true });
  });

  test('who add one of the same short name: one of them is told', async () => {
    const added = await Promise.allSettled(
      ['Ett', 'Två'].map((title) => functions().addInstance.mutate({ id: 'same', plugin: 'chat-stored', title })),
    );
    expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await provider('same'))?.health).toEqual({ ok: true });
    await functions().removeInstance.mutate({ id: 'same', eraseData: true });
  });
});

describe('a provider whose health check', () => {
  const answers: readonly (readonly [string, () => Promise<never>, string])[] = [
    ['fails without a reason', () => Promise.reject(), 'Its health check failed.'],
    ['fails with a text', () => Promise.reject('nej'), 'Its health check failed.'],
    ['gives a reason', () => Promise.reject(new Error('no route to host')), 'no route to host'],
    [
      'answers nothing',
      async () => undefined as never,
      'Its health check answered something else than its contract says.',
    ],
    [
      'answers what cannot be written as JSON',
      async () => ({ ok: 1n, message: { deep: 2n } }) as never,
      'Its health check answered something else than its contract says.',
    ],
  ];
  test.each(answers)('%s is not well, and the others are shown', async (_, health, message) => {
    trouble.mischief = { health };
    await functions().addInstance.mutate({ id: 'ill', plugin: 'troublemaker', title: 'Sjuk' });
    expect((await provider('ill'))?.health).toEqual({ ok: false, message });
    expect((await provider('memory'))?.health).toEqual({ ok: true });
    await functions().removeInstance.mutate({ id: 'ill', eraseData: true });
  });
});

test('a provider that is busy in the database is taken out all the same, with what it was doing', async () => {
  await functions().addInstance.mutate({ id: 'busy', plugin: 'troublemaker', title: 'Upptagen' });
  const asleep = sql`SELECT pg_sleep(60)`.execute(trouble.context!.database.kysely<never>());
  const ended = expect(asleep).rejects.toThrow(/terminat/);
  const sleeping = async () =>
    (
      await host.services(({ database }) =>
        sql`SELECT FROM pg_stat_activity
      WHERE usename LIKE '%plugin_busy' AND state = 'active'`.execute(database.db),
      )
    ).rows.length;
  await expect.poll(sleeping, { timeout: 10_000 }).toBe(1);
  await functions().removeInstance.mutate({ id: 'busy', eraseData: true });
  await ended;
  expect(await sleeping()).toBe(0);
});

describe('a choice of provider', () => {
  const bind = (scope: object) => functions().bind.mutate({ capability: 'chat', instance: 'memory', scope } as never);

  test('is made for a group that there is, and for this organisation', async () => {
    for (const kind of ['group', 'organisation'])
      await expect(bind({ kind, id: newId() })).rejects.toMatchObject({
        data: { detail: { code: 'NOT_FOUND', field: 'scope' } },
      });
    const { id } = await host.operator.api.groups.add.mutate({ name: 'Juristerna' });
    await bind({ kind: 'group', id });
    const bindings = async () => (await functions().list.query())[0]!.bindings.map(({ scope }) => scope.kind);
    expect(await bindings()).toEqual(['default', 'group']);
    await functions().unbind.mutate({ capability: 'chat', scope: { kind: 'group', id } });
  });

  test('never outlives its group', async () => {
    const { groups } = host.operator.api;
    for (let i = 0; i < 20; i++) {
      const { id } = await groups.add.mutate({ name: 'Kort' });
      const [, bound] = await Promise.allSettled([groups.remove.mutate({ id }), bind({ kind: 'group', id })]);
      const there = (await groups.list.query()).some((group) => group.id === id);
      expect(there).toBe(bound.status === 'fulfilled');
      if (there) await functions().unbind.mutate({ capability: 'chat', scope: { kind: 'group', id } });
    }
  });
});

test('a provider whose plugin is gone from the composition takes nothing else with it', async () => {
  await functions().addInstance.mutate({ id: 'orphan', plugin: 'chat-stored', title: 'Kvar' });
  const { plugins } = workspace;
  workspace.plugins = plugins.filter(({ manifest }) => manifest.id !== 'chat-stored');
  await host.restart();
  expect((await provider('memory'))?.health).toEqual({ ok: true });
  expect(host.log.some((line) => line.includes('VF_ERR_PLUGIN_UNKNOWN') && line.includes('orphan'))).toBe(true);
  await functions().addInstance.mutate({ id: 'other', plugin: 'chat-memory', title: 'Annan' });
  await functions().removeInstance.mutate({ id: 'orphan' });
  workspace.plugins = plugins;
});

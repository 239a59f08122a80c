import { newId } from '@valfri/core';
import { expect, test } from 'vitest';
import { createTestWorkspace, LiveClient, memoryWorkspace } from './testing/index.ts';

test('two people sign in by link and write to each other', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const [ann, bo] = [await host.person('Anna Ek'), await host.person('Bo Alm')];
  const room = newId();
  await ann.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Två', people: [bo.id] });
  const live = new LiveClient(host.url, bo.cookie);
  await live.connect();
  const { message } = await ann.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Hej' });
  await live.until((events) => events.some(({ type }) => type === 'message.posted'));
  expect(live.of('message.posted').map(({ data }) => data)).toEqual([{ room, message }]);
  const { messages } = await bo.api.chat.history.query({ room });
  expect(messages).toEqual([message]);
  live.cut();
  for (const text of ['ett', 'två', 'tre']) await ann.api.chat.sendMessage.mutate({ id: newId(), room, text });
  await live.connect();
  await live.until((events) => events.filter(({ type }) => type === 'message.posted').length >= 4);
  const seen = live.of('message.posted').map(({ data }) => (data['message'] as unknown as { text: string }).text);
  expect(seen).toEqual(['Hej', 'ett', 'två', 'tre']);
});

test('what a provider announced from a store of its own is handed out after a restart as well', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const room = newId();
  const { operator } = host;
  await operator.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Ensam' });
  await operator.api.chat.sendMessage.mutate({ id: newId(), room, text: 'Hej' });
  await host.restart();
  const types = await host.services(async ({ outbox }) => {
    const all = { topics: [room], person: operator.id, leaving: [], after: '0.0', upTo: outbox.position, limit: 100 };
    return (await outbox.replay(all))!.map(({ type }) => type);
  });
  expect(types).toContain('message.posted');
});

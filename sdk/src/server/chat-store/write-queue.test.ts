import { newId } from '@valfri/core';
import { expect, test } from 'vitest';
import { createOutbox } from '../../postgres/outbox.ts';
import { createTestDatabase } from '../../testing/test-database.ts';
import { ChatStore, type ChatStoreOptions } from './chat-store.ts';
import { createChatRevision, createChatTables } from './tables.ts';

test('two processes that write to one room at once overwrite nothing of each other', async () => {
  await using database = await createTestDatabase();
  await createOutbox(database.db);
  await createChatTables(database.db);
  await createChatRevision(database.db);
  const db = database.db as never as ChatStoreOptions['db'];
  const [one, other] = [new ChatStore({ db }), new ChatStore({ db })];
  const call = { person: newId(), organisation: newId(), groups: [], signal: new AbortController().signal };
  const room = newId();
  await one.writes.createRoom({ id: room, kind: 'group', name: 'Rum', topic: '', people: [] }, call);

  const each = 40;
  const write = async (store: ChatStore) => {
    for (let i = 0; i < each; i++)
      await store.writes.sendMessage({ id: newId(), room, text: `Nummer ${i}`, mentions: [], attachments: [] }, call);
  };
  await Promise.all([write(one), write(other)]);

  const { messages } = await one.reads.history({ room, limit: 100 }, call);
  const places = messages.map(({ seq }) => seq).toSorted((a, b) => a - b);
  expect(places).toEqual(Array.from({ length: 2 * each }, (_, i) => i + 1));
  for (const type of ['room', 'message'])
    expect(await other.portability.digest(type)).toEqual(await other.portability.digest(type, { recompute: true }));
});

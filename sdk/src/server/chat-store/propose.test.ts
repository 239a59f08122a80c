import { newId, type PortableRecord } from '@valfri/core';
import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../testing/test-database.ts';
import { createOutbox } from '../../postgres/outbox.ts';
import { MemoryChat } from '../memory-chat.ts';
import { ChatStore } from './chat-store.ts';
import { FoldedChat } from './folded-chat.ts';
import { createChatRevision, createChatTables } from './tables.ts';

async function aStore() {
  const database = await createTestDatabase();
  await createOutbox(database.db);
  await createChatTables(database.db);
  await createChatRevision(database.db);
  const store = new ChatStore({ db: database.db as never as ConstructorParameters<typeof ChatStore>[0]['db'] });
  const call = { person: newId(), organisation: newId(), groups: [], signal: new AbortController().signal };
  return { store, call, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

const aRoom = (id: string) => ({ id, kind: 'group' as const, name: 'Rum', topic: '', people: [] });

describe('what a write would change', () => {
  test('is told, and nothing is done', async () => {
    await using at = await aStore();
    const { store, call } = at;
    const id = newId();
    const changes = await store.propose('createRoom', aRoom(id), call);
    expect(changes.rooms.map(({ before, after }) => [before, after.id])).toEqual([[undefined, id]]);
    expect(changes.members.map(({ after }) => [after.person, after.role])).toEqual([[call.person, 'owner']]);
    expect((await store.reads.listRooms({}, call)).rooms).toEqual([]);
    await store.writes.createRoom(aRoom(id), call);
    expect(await store.propose('createRoom', aRoom(id), call)).toEqual({
      rooms: [],
      members: [],
      messages: [],
      reactions: [],
    });
    await expect(store.propose('updateRoom', { room: newId(), name: 'x' }, call)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('is told of records too, and comes to the same as taking them in', async () => {
    await using at = await aStore();
    const { store, call } = at;
    const room = newId();
    await store.writes.createRoom(aRoom(room), call);
    const value = {
      id: newId(),
      room,
      seq: 1,
      author: call.person,
      sentAt: 5,
      text: 'Hej',
      mentions: [],
      attachments: [],
    };
    const absent = newId();
    const records: PortableRecord[] = [
      { type: 'message', key: value.id, value },
      { type: 'reply', key: absent, value: { message: absent, replyTo: value.id } },
    ];
    const { report, changes } = await store.proposeRecords(records);
    expect([report.accepted, report.rejected.map(({ reason }) => reason)]).toEqual([1, ['PARENT_MISSING']]);
    expect(changes.messages).toMatchObject([{ before: undefined, after: { seq: 1, text: 'Hej' } }]);
    expect(await store.portability.digest('message')).toMatchObject({ count: 0 });
    expect(await store.portability.ingest(records)).toEqual(report);
  });
});

test('records folded in memory come to the digests of a store', async () => {
  await using at = await aStore();
  const { store, call } = at;
  const room = newId();
  await store.writes.createRoom(aRoom(room), call);
  for (const text of ['ett', 'två'])
    await store.writes.sendMessage({ id: newId(), room, text, mentions: [], attachments: [] }, call);
  const { records } = await store.portability.changes({ limit: 100 });
  const folded = new FoldedChat();
  folded.apply(records);
  const reference = new MemoryChat().provider.portability!;
  await reference.ingest(records);
  for (const type of ['room', 'member', 'message', 'reaction']) {
    expect(folded.digest(type)).toEqual(await store.portability.digest(type));
    expect(folded.digest(type)).toEqual(await reference.digest(type));
  }
  expect(folded.living('message')).toHaveLength(2);
});

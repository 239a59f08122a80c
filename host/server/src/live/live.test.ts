import { newId } from '@valfri/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestWorkspace,
  LiveClient,
  storedChatPlugin,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { Troublemaker } from '../testing/troublemaker.ts';

const second = new Troublemaker();
const room = newId();
let host: TestWorkspace;
let ann: TestPerson;
beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: {
      name: 'Prov',
      plugins: [storedChatPlugin(), second.plugin],
      instances: [
        { id: 'stored', plugin: 'chat-stored' },
        { id: 'second', plugin: 'troublemaker' },
      ],
      bindings: [{ capability: 'chat', instance: 'stored' }],
    },
  });
  ann = await host.person('Anna Ek');
  await ann.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum' });
});
afterAll(() => host[Symbol.asyncDispose]());

const reaction = () => ({ room, message: newId(), person: ann.id, emoji: '👍', on: true });
const connected = async (after?: string): Promise<LiveClient> => {
  const live = new LiveClient(host.url, ann.cookie);
  await live.connect(after);
  return live;
};

test('an event brings what its contract says, and no more', async () => {
  const live = await connected();
  const data = reaction();
  const { events } = second.context!;
  await events.announce([{ type: 'reaction.changed', data: { ...data, secret: 'x' } } as never]);
  events.signal({ type: 'typing', data: { room, person: ann.id, on: true, secret: 'x' } } as never);
  await live.until(() => live.of('reaction.changed').length > 0 && live.of('typing').length > 0);
  expect(live.of('reaction.changed')[0]!.data).toEqual(data);
  expect(live.of('typing')[0]!.data).toEqual({ room, person: ann.id, on: true });
  live.cut();
});

test('as many mentions as may come at once are kept', async () => {
  const [seen, mentioned] = [newId(), Array.from({ length: 50 }, () => newId())];
  const events = Array.from({ length: 500 }, (_, i) => {
    const message = { id: newId(), seq: i + 1, author: ann.id, mentions: mentioned };
    return { capability: 'chat', topic: seen, type: 'message.posted', data: { room: seen, message } };
  });
  await host.services(({ readState }) => readState.sink(events));
  expect(await host.services(({ readState }) => readState.of(mentioned[7]!))).toEqual([
    { resource: seen, seq: 0, mentions: 500 },
  ]);
});

test('a room is marked as read in a function that there is, or not at all', async () => {
  const wrong = ann.api.read.mark.mutate({ resource: room, seq: 1, capability: 'nothing' });
  await expect(wrong).rejects.toMatchObject({ data: { detail: { code: 'VF_ERR_CAPABILITY_UNKNOWN' } } });
  expect(await ann.api.read.list.query()).toEqual([]);
});

test('who comes, goes or is renamed is no business of guests', async () => {
  const guest = await host.person('Greta Gäst', { kind: 'guest', endsAt: Date.now() + 3_600_000 });
  const [theirs, members] = [new LiveClient(host.url, guest.cookie), await connected()];
  await theirs.connect();
  const { id } = await host.operator.api.people.add.mutate({ name: 'Bo Alm', email: 'bo@example.org' });
  await host.operator.api.session.rename.mutate({ name: 'Disa Drift' });
  await host.services(({ outbox }) =>
    outbox.announceOwn([{ topic: guest.id, type: 'read.moved', data: { resource: id, seq: 1 } }]),
  );
  await theirs.until((events) => events.some(({ type }) => type === 'read.moved'));
  await members.until(() => members.of('person.changed').length >= 2);
  expect(theirs.of('person.changed')).toEqual([]);
  theirs.cut();
  members.cut();
});

test('who missed what a provider said that is there no more reads everything anew', async () => {
  const live = await connected();
  const last = live.last!;
  live.cut();
  await second.context!.events.announce([{ type: 'reaction.changed', data: reaction() } as never]);
  await host.operator.api.functions.removeInstance.mutate({ id: 'second', eraseData: true });
  await host.restart();
  const again = await connected(last);
  expect(again.of('live.resync').map(({ data }) => data)).toEqual([{ capability: '*' }]);
  again.cut();
});

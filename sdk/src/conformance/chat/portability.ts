import assert from 'node:assert/strict';
import { newId, type PortableRecord, typesOwnedBy } from '@valfri/core';
import { chat } from '../../capabilities/chat.ts';
import { digestOf } from '../../server/digest-of.ts';
import { copy, digests, everything, handedOut, living } from '../portable.ts';
import { MemoryChat } from '../../server/memory-chat.ts';
import { type ContractCase, rejection } from '../suite.ts';
import { aGroup, aMessage, type ChatSubject, someone, wholeHistory } from './subject.ts';

/** A room in which everything has happened that the provider can. */
export async function aLivelyRoom(subject: ChatSubject): Promise<Awaited<ReturnType<typeof aGroup>>> {
  const { room, ann, bo } = await aGroup(subject);
  const has = (feature: string) => feature in subject.provider.features;
  const gone = someone(subject);
  await ann.chat.addMembers({ room: room.id, people: [gone.id] });
  const sent: string[] = [];
  for (let i = 0; i < 6; i++) sent.push((await aMessage([ann, bo, gone][i % 3]!, room.id, { text: `Nummer ${i}` })).id);
  const [first, second, , fourth] = sent as [string, string, string, string];
  if (has('replies')) await aMessage(bo, room.id, { text: 'Svar', replyTo: first });
  if (has('threads')) for (const text of ['a', 'b']) await aMessage(bo, room.id, { text, thread: first });
  if (has('edit')) await bo.chat.editMessage({ room: room.id, message: second, text: 'Ändrat' });
  if (has('reactions')) {
    for (const { chat: as } of [ann, bo]) await as.react({ room: room.id, message: first, emoji: '👍', on: true });
    await bo.chat.react({ room: room.id, message: first, emoji: '👍', on: false });
  }
  if (has('delete')) await ann.chat.deleteMessage({ room: room.id, message: fourth });
  await ann.chat.removeMember({ room: room.id, person: gone.id });
  await ann.chat.updateRoom({ room: room.id, topic: 'Allt har hänt' });
  return { room, ann, bo };
}

/** A message in a group, and all records that the provider hands out of it. */
async function aMessageHandedOut(subject: ChatSubject): Promise<{ id: string; records: readonly PortableRecord[] }> {
  const { room, ann } = await aGroup(subject);
  const { id } = await aMessage(ann, room.id);
  const records = await handedOut(subject.provider.portability!, 100);
  return { id, records };
}

/** Leaving and coming back with everything. */
export function portabilityCases(
  create: () => Promise<ChatSubject & AsyncDisposable>,
): readonly ContractCase<ChatSubject>[] {
  const movedBy = (subject: ChatSubject) => typesOwnedBy(chat, 'provider', subject.provider.features);
  return [
    {
      name: 'from one instance to another of its kind, nothing is lost and nothing announced',
      async run(subject) {
        const { room, ann, bo } = await aLivelyRoom(subject);
        await using other = await create();
        const [from, to] = [subject.provider.portability!, other.provider.portability!];
        await copy(from, to);
        const types = movedBy(subject);
        assert.deepEqual(await digests(to, types), await digests(from, types));
        assert.deepEqual(living(await everything(to, 1_000)), living(await everything(from, 1_000)));
        assert.deepEqual(await other.announced(), []);
        const there = other.as(ann.id);
        assert.deepEqual(
          await wholeHistory({ id: ann.id, chat: there }, room.id, 50),
          await wholeHistory(ann, room.id, 50),
        );
        const next = await other.as(bo.id).sendMessage({ id: newId(), room: room.id, text: 'Vidare' });
        assert.equal(next.message.seq, (await ann.chat.getRoom({ room: room.id })).room.lastSeq + 1);
      },
    },
    {
      name: 'when a room was last written in comes with its messages',
      async run(subject) {
        const { room, ann } = await aGroup(subject);
        while (Date.now() <= room.createdAt) await new Promise((resolve) => setImmediate(resolve));
        const { sentAt } = await aMessage(ann, room.id);
        await using other = await create();
        await copy(subject.provider.portability!, other.provider.portability!);
        for (const each of [subject, other]) {
          const { rooms } = await each.as(ann.id).listRooms({});
          assert.deepEqual(
            rooms.map(({ lastAt, lastSeq }) => [lastAt, lastSeq]),
            [[sentAt, 1]],
          );
        }
      },
    },
    {
      name: 'what is taken in is announced where that is asked for, once',
      async run(subject) {
        const { id, records } = await aMessageHandedOut(subject);
        await using other = await create();
        const to = other.provider.portability!;
        const posted = async () =>
          (await other.announced()).flatMap(({ type, data }) => (type === 'message.posted' ? [data.message.id] : []));
        await to.ingest(records, { dryRun: true, announce: true });
        assert.deepEqual(await posted(), []);
        for (let i = 0; i < 2; i++) {
          await to.ingest(records, { announce: true });
          assert.deepEqual(await posted(), [id]);
        }
      },
    },
    {
      name: 'by way of the reference provider and back, nothing is lost',
      async run(subject) {
        const { room, ann } = await aLivelyRoom(subject);
        const reference = new MemoryChat().provider.portability!;
        await using back = await create();
        const [from, to] = [subject.provider.portability!, back.provider.portability!];
        await copy(from, reference);
        await copy(reference, to, { limit: 7 });
        const types = movedBy(subject);
        assert.deepEqual(await digests(to, types), await digests(from, types));
        const there = { id: ann.id, chat: back.as(ann.id) };
        assert.deepEqual(await wholeHistory(there, room.id, 3), await wholeHistory(ann, room.id, 50));
      },
    },
    {
      name: 'any page size hands out the same, and a digest is that of what is stored',
      async run(subject) {
        await aLivelyRoom(subject);
        const from = subject.provider.portability!;
        const whole = await everything(from, 1_000);
        for (const limit of [1, 3, 7]) assert.deepEqual(await everything(from, limit), whole);
        for (const type of movedBy(subject)) {
          assert.deepEqual(await from.digest(type), await from.digest(type, { recompute: true }), type);
          assert.equal(
            (await from.digest(type)).count,
            living(whole).filter((record) => record.type === type).length,
            type,
          );
        }
        const some = living(whole).filter(({ type }) => type === 'message');
        const read = await from.read('message', [...some.map(({ key }) => key), newId()]);
        assert.deepEqual(
          [...read].sort((a, b) => (a.key < b.key ? -1 : 1)),
          some,
        );
      },
    },
    {
      name: 'a digest is that of the records in their canonical text',
      async run(subject) {
        await aLivelyRoom(subject);
        const from = subject.provider.portability!;
        const records = living(await everything(from, 1_000));
        for (const type of movedBy(subject)) {
          const due = digestOf(records.filter((record) => record.type === type));
          assert.deepEqual(await from.digest(type), due, `${type}: see canonicalText() and hashOf() of the SDK`);
        }
      },
    },
    {
      name: 'taking in twice is taking in once; a trial stores nothing',
      async run(subject) {
        await aLivelyRoom(subject);
        await using other = await create();
        const [from, to] = [subject.provider.portability!, other.provider.portability!];
        const records = await handedOut(from, 1_000);
        assert.deepEqual((await to.ingest(records, { dryRun: true })).rejected, []);
        assert.deepEqual((await to.changes({ limit: 10 })).records, []);
        await to.ingest(records);
        const once = [await digests(to, movedBy(subject)), await to.head()];
        await to.ingest(records);
        assert.deepEqual(await digests(to, movedBy(subject)), once[0]);
        assert.deepEqual(living((await to.changes({ after: once[1] as string, limit: 10 })).records), []);
      },
    },
    {
      name: 'what comes before what it belongs to is sent back, not lost and not guessed at',
      async run(subject) {
        const { id, records } = await aMessageHandedOut(subject);
        await using other = await create();
        const message = records.filter(({ type, key }) => type === 'message' && key === id);
        const report = await other.provider.portability!.ingest(message);
        assert.deepEqual(
          report.rejected.map(({ key, reason }) => [key, reason]),
          [[id, 'PARENT_MISSING']],
        );
        await other.provider.portability!.ingest(records);
        assert.deepEqual((await other.provider.portability!.read('message', [id])).length, 1);
      },
    },
    {
      name: 'a record under a key that is not that of its value, or whose ids are none, is refused for good',
      async run(subject) {
        const { id, records } = await aMessageHandedOut(subject);
        await using other = await create();
        const to = other.provider.portability!;
        await to.ingest(records.filter(({ type }) => type !== 'message'));
        const message = records.find(({ type, key }) => type === 'message' && key === id)!;
        const wrong = [
          { ...message, key: newId() },
          { ...message, key: 'x', value: { ...message.value, id: 'x' } },
          { ...message, value: { ...message.value, author: 'x' } },
        ];
        for (const record of wrong) {
          const { accepted, rejected } = await to.ingest([record]);
          assert.deepEqual(
            [accepted, rejected.map(({ key, reason }) => [key, reason])],
            [0, [[record.key, 'INVALID']]],
          );
        }
        assert.equal((await to.digest('message')).count, 0);
      },
    },
    {
      name: 'whoever reads on while others write misses nothing',
      async run(subject) {
        const { room, ann, bo } = await aGroup(subject);
        const source = subject.provider.portability!;
        const seen = new Set<string>();
        let after: string | undefined;
        let writing = true;
        const read = async () => {
          const page = await source.changes({ after, limit: 5 });
          for (const { type, key } of page.records) if (type === 'message') seen.add(key);
          after = page.next;
          return page.caughtUp;
        };
        const reader = (async () => {
          // A provider in memory never leaves the microtask queue by itself: the writers want their turn.
          while (writing) await Promise.all([read(), new Promise((resolve) => setImmediate(resolve))]);
          while (!(await read()));
        })();
        const write = async (actor: typeof ann) => {
          const ids: string[] = [];
          for (let i = 0; i < 30; i++) ids.push((await aMessage(actor, room.id, { text: String(i) })).id);
          return ids;
        };
        const writers = Promise.all([write(ann), write(bo), write(ann), write(bo)]).finally(() => (writing = false));
        const [written] = await Promise.all([writers, reader]);
        assert.deepEqual(
          written.flat().filter((id) => !seen.has(id)),
          [],
        );
      },
    },
    {
      name: 'a cursor that is none is refused with its name',
      async run(subject) {
        for (const after of ['', 'x', 'eyJhIjoxfQ', '-1', '{}']) {
          const error = await rejection(subject.provider.portability!.changes({ after, limit: 1 }));
          assert.deepEqual([error.code, error.field], ['INVALID', 'after'], after);
        }
      },
    },
    {
      name: 'once emptied it is empty',
      async run(subject) {
        const { ann } = await aLivelyRoom(subject);
        await subject.provider.portability!.purge();
        assert.deepEqual((await ann.chat.listRooms({})).rooms, []);
        for (const type of movedBy(subject))
          assert.equal((await subject.provider.portability!.digest(type)).count, 0, type);
      },
    },
  ];
}

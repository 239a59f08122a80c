import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import { type ContractCase, rejection, until } from '../suite.ts';
import { aGroup, aMessage, type ChatSubject, someone, texts } from './subject.ts';

/** What a provider promises by declaring a feature. */
export const featureCases: readonly ContractCase<ChatSubject>[] = [
  {
    name: 'an author changes the text, others do not',
    feature: 'edit',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      assert.equal((await rejection(bo.chat.editMessage({ room: room.id, message: id, text: 'Fel' }))).code, 'DENIED');
      const { message } = await ann.chat.editMessage({ room: room.id, message: id, text: 'Rättat' });
      assert.ok(message.editedAt! >= message.sentAt);
      const { messages } = await bo.chat.history({ room: room.id });
      assert.deepEqual(messages, [message]);
      assert.equal(message.text, 'Rättat');
      const empty = await rejection(ann.chat.editMessage({ room: room.id, message: id, text: ' \n' }));
      assert.deepEqual([empty.code, empty.field], ['INVALID', 'text']);
    },
  },
  {
    name: 'a deleted message shows no reactions, and takes none',
    feature: ['delete', 'reactions'],
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      const react = (emoji: string) => bo.chat.react({ room: room.id, message: id, emoji, on: true });
      await react('👍');
      const { message } = await ann.chat.deleteMessage({ room: room.id, message: id });
      const error = await rejection(react('🎉'));
      assert.deepEqual([error.code, error.reason], ['CONFLICT', 'DELETED']);
      const { messages } = await bo.chat.history({ room: room.id });
      const byId = await bo.chat.getMessages({ room: room.id, ids: [id] });
      for (const each of [message, messages[0]!, byId.messages[0]!]) assert.deepEqual(each.reactions, []);
    },
  },
  {
    name: 'how far somebody has read is heard from members, and from the host',
    feature: 'readMarkers',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id, seq } = await aMessage(ann, room.id);
      const before = await subject.announced();
      for (let i = 0; i < 2; i++) assert.deepEqual(await bo.chat.setReadMarker({ room: room.id, message: id }), {});
      const stranger = await rejection(someone(subject).chat.setReadMarker({ room: room.id, message: id }));
      assert.equal(stranger.code, 'NOT_FOUND');
      const value = { room: room.id, person: bo.id, seq, at: Date.now() };
      const marker = { type: 'marker', key: `${room.id}/${bo.id}`, value };
      const { accepted, rejected } = await subject.provider.portability!.ingest([marker]);
      assert.deepEqual([accepted, rejected], [1, []]);
      assert.deepEqual(await subject.announced(), before);
    },
  },
  {
    name: 'in an archived room nobody edits',
    feature: 'edit',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      await ann.chat.updateRoom({ room: room.id, archived: true });
      const error = await rejection(ann.chat.editMessage({ room: room.id, message: id, text: 'x' }));
      assert.deepEqual([error.code, error.reason], ['CONFLICT', 'ARCHIVED']);
    },
  },
  {
    name: 'in an archived room nobody reacts',
    feature: 'reactions',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      await bo.chat.react({ room: room.id, message: id, emoji: '👍', on: true });
      await ann.chat.updateRoom({ room: room.id, archived: true });
      for (const on of [true, false]) {
        const emoji = on ? '🎉' : '👍';
        const error = await rejection(bo.chat.react({ room: room.id, message: id, emoji, on }));
        assert.deepEqual([error.code, error.reason], ['CONFLICT', 'ARCHIVED']);
      }
    },
  },
  {
    name: 'in an archived room an author can still delete what they wrote',
    feature: 'delete',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id } = await aMessage(bo, room.id);
      await ann.chat.updateRoom({ room: room.id, archived: true });
      const { message } = await bo.chat.deleteMessage({ room: room.id, message: id });
      assert.ok(message.deletedAt);
    },
  },
  {
    name: 'a deleted message leaves its place and nothing of its text',
    feature: 'delete',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const cai = someone(subject);
      await ann.chat.addMembers({ room: room.id, people: [cai.id] });
      const [first, second] = [
        await aMessage(bo, room.id, { text: 'Hemligt' }),
        await aMessage(bo, room.id, { text: 'Kvar' }),
      ];
      assert.equal((await rejection(cai.chat.deleteMessage({ room: room.id, message: first.id }))).code, 'DENIED');
      await bo.chat.deleteMessage({ room: room.id, message: first.id });
      await ann.chat.deleteMessage({ room: room.id, message: first.id });
      const { messages } = await cai.chat.history({ room: room.id });
      assert.deepEqual(texts(messages), ['', 'Kvar']);
      assert.ok(messages[0]!.deletedAt! >= first.sentAt);
      assert.deepEqual([messages[0]!.seq, messages[0]!.author, messages[1]!.id], [first.seq, bo.id, second.id]);
      assert.ok(!JSON.stringify(await subject.provider.portability!.changes({ limit: 100 })).includes('Hemligt'));
    },
  },
  {
    name: 'an answer names what it answers',
    feature: 'replies',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const question = await aMessage(ann, room.id);
      const answer = await aMessage(bo, room.id, { text: 'Ja', replyTo: question.id });
      assert.equal(answer.replyTo, question.id);
      const error = await rejection(bo.chat.sendMessage({ id: newId(), room: room.id, text: 'x', replyTo: newId() }));
      assert.deepEqual([error.code, error.field], ['NOT_FOUND', 'replyTo']);
    },
  },
  {
    name: 'a thread stands aside from the room and is counted on what began it',
    feature: 'threads',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const root = await aMessage(ann, room.id, { text: 'Rot' });
      for (const text of ['ett', 'två']) await aMessage(bo, room.id, { text, thread: root.id });
      const inThread = await ann.chat.history({ room: room.id, thread: root.id });
      assert.deepEqual(texts(inThread.messages), ['Rot', 'ett', 'två']);
      const inRoom = await ann.chat.history({ room: room.id });
      assert.deepEqual(texts(inRoom.messages), ['Rot']);
      assert.deepEqual(inRoom.messages[0]!.replies, { count: 2, lastAt: inThread.messages[2]!.sentAt });
      const nested = { id: newId(), room: room.id, text: 'x', thread: inThread.messages[1]!.id };
      assert.deepEqual((await rejection(ann.chat.sendMessage(nested))).field, 'thread');
    },
  },
  {
    name: 'an emoji is put on once by each, and taken off',
    feature: 'reactions',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      for (const person of [ann, bo, bo])
        await person.chat.react({ room: room.id, message: id, emoji: '👍', on: true });
      await bo.chat.react({ room: room.id, message: id, emoji: 'a/b', on: true });
      const seen = async () => (await ann.chat.history({ room: room.id })).messages[0]!.reactions;
      assert.deepEqual(await seen(), [
        { emoji: '👍', people: [ann.id, bo.id] },
        { emoji: 'a/b', people: [bo.id] },
      ]);
      for (let i = 0; i < 2; i++) await ann.chat.react({ room: room.id, message: id, emoji: '👍', on: false });
      assert.deepEqual((await seen())[0], { emoji: '👍', people: [bo.id] });
      const events = (await subject.announced()).filter(({ type }) => type === 'reaction.changed');
      assert.equal(events.length, 4);
      const eve = someone(subject);
      assert.equal(
        (await rejection(eve.chat.react({ room: room.id, message: id, emoji: '👍', on: true }))).code,
        'NOT_FOUND',
      );
    },
  },
  {
    name: 'whoever writes is seen writing, by members only',
    feature: 'typing',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      await ann.chat.setTyping({ room: room.id, on: true });
      assert.equal((await rejection(someone(subject).chat.setTyping({ room: room.id, on: true }))).code, 'NOT_FOUND');
      const typing = (await subject.announced()).filter(({ type }) => type === 'typing');
      assert.deepEqual(
        typing.map(({ data }) => data),
        [{ room: room.id, person: ann.id, on: true }],
      );
    },
  },
  {
    name: 'words are found in one’s own rooms only, newest first, page by page',
    feature: 'search',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      for (let i = 0; i < 5; i++) await aMessage(ann, room.id, { text: `Remissvar nummer ${i}` });
      await aMessage(bo, room.id, { text: 'Något annat' });
      const find = (given: object) => bo.chat.searchMessages({ query: 'remissvar', limit: 2, ...given });
      await until('the messages are found', async () => (await find({ limit: 10 })).messages.length === 5);
      const pages: string[] = [];
      for (let before: { sentAt: number; id: string } | undefined; ;) {
        const { messages } = await find(before ? { before } : {});
        pages.push(...texts(messages));
        const last = messages.at(-1);
        if (!last) break;
        before = { sentAt: last.sentAt, id: last.id };
      }
      assert.equal(new Set(pages).size, 5);
      assert.equal((await find({ author: bo.id })).messages.length, 0);
      assert.deepEqual((await someone(subject).chat.searchMessages({ query: 'remissvar' })).messages, []);
    },
  },
];

const anyId = newId();
const attempts: Readonly<
  Record<string, (person: ReturnType<typeof someone>, room: string, message: string) => Promise<unknown>>
> = {
  edit: ({ chat }, room, message) => chat.editMessage({ room, message, text: 'x' }),
  delete: ({ chat }, room, message) => chat.deleteMessage({ room, message }),
  replies: ({ chat }, room, message) => chat.sendMessage({ id: newId(), room, text: 'x', replyTo: message }),
  threads: ({ chat }, room, message) => chat.sendMessage({ id: newId(), room, text: 'x', thread: message }),
  reactions: ({ chat }, room, message) => chat.react({ room, message, emoji: '👍', on: true }),
  typing: ({ chat }, room) => chat.setTyping({ room, on: true }),
  search: ({ chat }) => chat.searchMessages({ query: 'x' }),
  readMarkers: ({ chat }, room) => chat.setReadMarker({ room, message: anyId }),
};

/** That what a provider does not declare is not there, and leaves no trace. */
export function absentFeatureCases(features: readonly string[]): readonly ContractCase<ChatSubject>[] {
  return Object.keys(attempts)
    .filter((feature) => !features.includes(feature))
    .map((feature) => ({
      name: `not declared, so refused without a trace: ${feature}`,
      async run(subject) {
        const { room, ann } = await aGroup(subject);
        const message = await aMessage(ann, room.id);
        const before = [await ann.chat.history({ room: room.id }), await subject.announced()];
        const error = await rejection(attempts[feature]!(ann, room.id, message.id));
        assert.deepEqual([error.code, error.reason], ['UNSUPPORTED', feature]);
        assert.deepEqual([await ann.chat.history({ room: room.id }), await subject.announced()], before);
      },
    }));
}

import assert from 'node:assert/strict';
import { newId, urnOf } from '@valfri/core';
import { MESSAGE_TEXT_LIMIT } from '../../chat/limits.ts';
import { type ContractCase, rejection } from '../suite.ts';
import { aGroup, aMessage, type ChatSubject, someone, texts, wholeHistory } from './subject.ts';

/** Messages: what every provider can. */
export const messageCases: readonly ContractCase<ChatSubject>[] = [
  {
    name: 'what is written is read by the others as it was written',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const attachments = [{ urn: urnOf('documents', newId()), title: 'Beslut.docx', mediaType: 'application/pdf' }];
      const before = Date.now();
      const sent = await aMessage(ann, room.id, { text: `**Hej** <@${bo.id}>`, mentions: [bo.id], attachments });
      const { messages } = await bo.chat.history({ room: room.id });
      assert.deepEqual(messages, [sent]);
      assert.deepEqual(
        [sent.author, sent.mentions, sent.attachments, sent.reactions],
        [ann.id, [bo.id], attachments, []],
      );
      assert.ok(sent.sentAt >= before - 1_000 && sent.sentAt <= Date.now() + 1_000);
      assert.deepEqual((await bo.chat.getMessages({ room: room.id, ids: [sent.id, newId()] })).messages, [sent]);
    },
  },
  {
    name: 'difficult text arrives unharmed',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const difficult = [
        'å ä ö Å Ä Ö',
        '👩🏽‍💻 e\u0301 \u202Eabc\u202C',
        '<b>&amp;</b> <script>',
        'rad ett\n\n\trad två  ',
        '`kod` | \\ " \' $1 %s',
        'x'.repeat(MESSAGE_TEXT_LIMIT),
      ];
      for (const text of difficult) await aMessage(ann, room.id, { text });
      assert.deepEqual(texts((await bo.chat.history({ room: room.id })).messages), difficult);
    },
  },
  {
    name: 'sending twice with one id writes one message and answers the same',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const id = newId();
      const input = { id, room: room.id, text: 'En gång' };
      const answers = await Promise.all([ann.chat.sendMessage(input), ann.chat.sendMessage(input)]);
      const again = await ann.chat.sendMessage(input);
      for (const { message } of answers) assert.deepEqual(message, again.message);
      assert.deepEqual(texts((await bo.chat.history({ room: room.id })).messages), ['En gång']);
      assert.equal((await rejection(bo.chat.sendMessage(input))).code, 'CONFLICT');
    },
  },
  {
    name: 'messages written at once stand in one order, without a gap',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      await Promise.all(Array.from({ length: 40 }, (_, i) => aMessage(i % 2 ? ann : bo, room.id, { text: String(i) })));
      const all = await wholeHistory(ann, room.id, 7);
      assert.deepEqual(
        all.map(({ seq }) => seq),
        Array.from({ length: 40 }, (_, i) => i + 1),
      );
      assert.deepEqual(all, await wholeHistory(bo, room.id, 100));
      const { room: seen } = await bo.chat.getRoom({ room: room.id });
      assert.equal(seen.lastSeq, 40);
    },
  },
  {
    name: 'history is read before, after and around a message',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      const sent = [];
      for (let i = 0; i < 9; i++) sent.push(await aMessage(ann, room.id, { text: String(i) }));
      const page = async (given: object) => {
        const { messages, hasBefore, hasAfter } = await ann.chat.history({ room: room.id, limit: 3, ...given });
        return [texts(messages).join(''), hasBefore, hasAfter];
      };
      assert.deepEqual(await page({}), ['678', true, false]);
      assert.deepEqual(await page({ before: sent[3]!.id }), ['012', false, true]);
      assert.deepEqual(await page({ after: sent[5]!.id }), ['678', true, false]);
      assert.deepEqual(await page({ around: sent[4]!.id, limit: 4 }), ['3456', true, true]);
      const error = await rejection(ann.chat.history({ room: room.id, before: newId() }));
      assert.deepEqual([error.code, error.field], ['NOT_FOUND', 'before']);
    },
  },
  {
    name: 'a page that is to begin at two messages is refused, and the second named',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      const { id } = await aMessage(ann, room.id);
      for (const [first, second] of [
        ['before', 'after'],
        ['before', 'around'],
        ['after', 'around'],
      ] as const) {
        const error = await rejection(ann.chat.history({ room: room.id, [first]: id, [second]: id }));
        assert.deepEqual([error.code, error.field], ['INVALID', second]);
      }
    },
  },
  {
    name: 'a message with neither text nor attachment is refused',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      const error = await rejection(ann.chat.sendMessage({ id: newId(), room: room.id, text: ' \n' }));
      assert.deepEqual([error.code, error.field], ['INVALID', 'text']);
    },
  },
  {
    name: 'nobody gets at a room that is not theirs, and cannot tell it from one that is not there',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      const message = await aMessage(ann, room.id);
      const eve = someone(subject).chat;
      const attempts = (id: string) => [
        () => eve.getRoom({ room: id }),
        () => eve.history({ room: id }),
        () => eve.getMessages({ room: id, ids: [message.id] }),
        () => eve.listMembers({ room: id }),
        () => eve.sendMessage({ id: newId(), room: id, text: 'Hej' }),
        () => eve.updateRoom({ room: id, name: 'x' }),
        () => eve.joinRoom({ room: id }),
        () => eve.addMembers({ room: id, people: [newId()] }),
        () => eve.removeMember({ room: id, person: ann.id }),
        () => eve.setRole({ room: id, person: ann.id, role: 'member' }),
      ];
      const [foreign, absent] = [attempts(room.id), attempts(newId())];
      for (const [i, attempt] of foreign.entries()) {
        const [a, b] = [await rejection(attempt()), await rejection(absent[i]!())];
        assert.deepEqual([a.code, a.message], [b.code, b.message], attempt.toString());
        assert.equal(a.code, 'NOT_FOUND', attempt.toString());
      }
      assert.deepEqual((await eve.listRooms({})).rooms, []);
      assert.deepEqual((await eve.listTopics({})).topics, []);
      assert.deepEqual((await eve.browseRooms({})).rooms, []);
      assert.equal((await ann.chat.history({ room: room.id })).messages.length, 1);
    },
  },
  {
    name: 'what happens is announced once, in order',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      for (let i = 0; i < 5; i++) await aMessage(i % 2 ? ann : bo, room.id, { text: String(i) });
      await ann.chat.updateRoom({ room: room.id, name: 'Nytt' });
      const announced = await subject.announced();
      const posted = announced.flatMap((event) => (event.type === 'message.posted' ? [event.data.message] : []));
      assert.deepEqual(posted, (await ann.chat.history({ room: room.id })).messages);
      const others = announced.filter(({ type }) => type !== 'message.posted').map(({ type }) => type);
      assert.deepEqual(others, ['member.joined', 'member.joined', 'room.changed']);
    },
  },
];

import assert from 'node:assert/strict';
import { newId } from '@valfri/core';
import { directRoomId } from '../../chat/direct-room.ts';
import { type ContractCase, rejection } from '../suite.ts';
import { aGroup, aMessage, type ChatSubject, someone } from './subject.ts';

/** Rooms and who is in them. */
export const roomCases: readonly ContractCase<ChatSubject>[] = [
  {
    name: 'a room is there for its members, with its maker as owner',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      assert.equal(room.role, 'owner');
      assert.equal(room.memberCount, 2);
      const { rooms } = await bo.chat.listRooms({});
      assert.deepEqual(
        rooms.map(({ id, role, name }) => ({ id, role, name })),
        [{ id: room.id, role: 'member', name: 'Samråd' }],
      );
      assert.deepEqual((await ann.chat.listTopics({})).topics, [room.id]);
      assert.deepEqual([...rooms[0]!.people].sort(), [ann.id, bo.id].sort());
    },
  },
  {
    name: 'making a room twice with one id makes one room',
    async run(subject) {
      const { room, ann } = await aGroup(subject);
      await ann.chat.createRoom({ id: room.id, kind: 'group', name: 'Annat' });
      const { rooms } = await ann.chat.listRooms({});
      assert.deepEqual(
        rooms.map(({ name }) => name),
        ['Samråd'],
      );
    },
  },
  {
    name: 'two people who write to each other at once get one direct room',
    async run(subject) {
      const [ann, bo] = [someone(subject), someone(subject)];
      const id = await directRoomId(ann.id, bo.id);
      assert.equal(id, await directRoomId(bo.id, ann.id));
      await Promise.all([
        ann.chat.createRoom({ id, kind: 'direct', people: [bo.id] }),
        bo.chat.createRoom({ id, kind: 'direct', people: [ann.id] }),
      ]);
      const { rooms } = await ann.chat.listRooms({});
      assert.deepEqual(
        rooms.map((room) => [room.id, room.memberCount]),
        [[id, 2]],
      );
      assert.equal((await rejection(bo.chat.addMembers({ room: id, people: [newId()] }))).code, 'CONFLICT');
      assert.equal((await rejection(bo.chat.removeMember({ room: id, person: bo.id }))).code, 'CONFLICT');
    },
  },
  {
    name: 'a channel is found and joined by whoever is in the organisation, page by page',
    async run(subject) {
      const [ann, bo] = [someone(subject), someone(subject)];
      for (const name of ['Allmänt', 'Arkiv', 'Bygglov', 'Årsbokslut'])
        await ann.chat.createRoom({ id: newId(), kind: 'channel', name });
      const found = await bo.chat.browseRooms({ query: 'AR' });
      assert.deepEqual(
        found.rooms.map(({ name }) => name),
        ['Arkiv'],
      );
      const first = await bo.chat.browseRooms({ limit: 3 });
      const last = first.rooms.at(-1)!;
      const second = await bo.chat.browseRooms({ limit: 3, after: { name: last.name, id: last.id } });
      assert.equal(first.rooms.length, 3);
      assert.equal(new Set([...first.rooms, ...second.rooms].map(({ id }) => id)).size, 4);
      await bo.chat.joinRoom({ room: found.rooms[0]!.id });
      assert.deepEqual(
        (await bo.chat.listRooms({})).rooms.map(({ name }) => name),
        ['Arkiv'],
      );
      assert.ok(!(await bo.chat.browseRooms({})).rooms.some(({ name }) => name === 'Arkiv'));
    },
  },
  {
    name: 'a channel without a name is refused, and the field named',
    async run(subject) {
      const error = await rejection(someone(subject).chat.createRoom({ id: newId(), kind: 'channel', name: '  ' }));
      assert.deepEqual([error.code, error.field], ['INVALID', 'name']);
    },
  },
  {
    name: 'a channel keeps a name when it is renamed',
    async run(subject) {
      const ann = someone(subject);
      const room = newId();
      await ann.chat.createRoom({ id: room, kind: 'channel', name: 'Bygglov' });
      for (const name of ['', '  ']) {
        const error = await rejection(ann.chat.updateRoom({ room, name }));
        assert.deepEqual([error.code, error.field], ['INVALID', 'name']);
      }
      assert.equal((await ann.chat.getRoom({ room })).room.name, 'Bygglov');
    },
  },
  {
    name: 'a direct room under another id than the one that follows from the two is refused',
    async run(subject) {
      const [ann, bo, cai] = [someone(subject), someone(subject), someone(subject)];
      for (const id of [newId(), await directRoomId(ann.id, cai.id)]) {
        const error = await rejection(ann.chat.createRoom({ id, kind: 'direct', people: [bo.id] }));
        assert.deepEqual([error.code, error.field], ['INVALID', 'id']);
      }
      assert.deepEqual((await bo.chat.listRooms({})).rooms, []);
    },
  },
  {
    name: 'nobody joins an archived channel',
    async run(subject) {
      const [ann, bo] = [someone(subject), someone(subject)];
      const room = newId();
      await ann.chat.createRoom({ id: room, kind: 'channel', name: 'Arkiverad' });
      await ann.chat.updateRoom({ room, archived: true });
      const error = await rejection(bo.chat.joinRoom({ room }));
      assert.deepEqual([error.code, error.reason], ['CONFLICT', 'ARCHIVED']);
      assert.deepEqual((await bo.chat.listRooms({})).rooms, []);
      await ann.chat.updateRoom({ room, archived: false });
      assert.equal((await bo.chat.joinRoom({ room })).room.role, 'member');
    },
  },
  {
    name: 'members come and go, and who has gone sees nothing more',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      const cai = someone(subject);
      await bo.chat.addMembers({ room: room.id, people: [cai.id] });
      const { members } = await cai.chat.listMembers({ room: room.id, limit: 2 });
      const rest = await cai.chat.listMembers({ room: room.id, limit: 2, after: members.at(-1)!.person });
      assert.deepEqual(
        [...members, ...rest.members].map(({ person }) => person).sort(),
        [ann.id, bo.id, cai.id].sort(),
      );
      assert.equal((await rejection(bo.chat.removeMember({ room: room.id, person: cai.id }))).code, 'DENIED');
      await ann.chat.removeMember({ room: room.id, person: cai.id });
      assert.equal((await rejection(cai.chat.history({ room: room.id }))).code, 'NOT_FOUND');
      await bo.chat.removeMember({ room: room.id, person: bo.id });
      assert.deepEqual((await bo.chat.listRooms({})).rooms, []);
      await ann.chat.addMembers({ room: room.id, people: [bo.id] });
      assert.equal((await bo.chat.listRooms({})).rooms.length, 1);
    },
  },
  {
    name: 'owners rename, archive and appoint; members do not',
    async run(subject) {
      const { room, ann, bo } = await aGroup(subject);
      assert.equal((await rejection(bo.chat.updateRoom({ room: room.id, name: 'Mitt' }))).code, 'DENIED');
      await ann.chat.setRole({ room: room.id, person: bo.id, role: 'owner' });
      const { room: renamed } = await bo.chat.updateRoom({ room: room.id, name: 'Samråd 2', topic: 'Om remissen' });
      assert.deepEqual([renamed.name, renamed.topic], ['Samråd 2', 'Om remissen']);
      await bo.chat.updateRoom({ room: room.id, archived: true });
      const error = await rejection(ann.chat.sendMessage({ id: newId(), room: room.id, text: 'Hej' }));
      assert.deepEqual([error.code, error.reason], ['CONFLICT', 'ARCHIVED']);
      await bo.chat.updateRoom({ room: room.id, archived: false });
      await aMessage(ann, room.id);
    },
  },
];

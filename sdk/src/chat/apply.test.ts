import { newId, type PortableRecord } from '@valfri/core';
import { expect, test } from 'vitest';
import { applyAll, wantedByRecords } from './apply.ts';
import { WorkingSet } from './working-set.ts';

const [room, person, message, other] = [newId(), newId(), newId(), newId()];
const values: Record<string, Record<string, unknown>> = {
  room: { id: room, kind: 'group', name: '', topic: '', organisation: newId(), createdAt: 1 },
  member: { room, person, role: 'owner', joinedAt: 1 },
  message: { id: message, room, seq: 1, author: person, sentAt: 1, text: 'Hej', mentions: [], attachments: [] },
  tombstone: { id: other, room, seq: 2, author: person, sentAt: 1, deletedAt: 2 },
  reply: { message, replyTo: other },
  thread: { message, root: other },
  edit: { message, editedAt: 2 },
  reaction: { message, person, emoji: 'a/b', at: 3 },
};
const keys: Record<string, string> = {
  room,
  member: `${room}/${person}`,
  tombstone: other,
  reaction: `${message}/${person}/a/b`,
};
const recordOf = (type: string, changes: object = {}): PortableRecord => ({
  ...{ type, key: keys[type] ?? message, value: values[type]! },
  ...changes,
});
const all = Object.keys(values).map((type) => recordOf(type));

test('records whose keys are those of their values are taken in', () => {
  const set = new WorkingSet();
  expect(applyAll(set, all)).toEqual({ accepted: all.length, rejected: [], lossy: [] });
  expect(applyAll(set, all.map((record) => ({ ...record, value: null })).toReversed()).rejected).toEqual([]);
});

test.each<[string, PortableRecord, RegExp]>([
  ...all.map((record): [string, PortableRecord, RegExp] => [
    `${record.type} under another key`,
    { ...record, key: record.type === 'reaction' ? `${message}/${other}/a/b` : newId() },
    /key/,
  ]),
  ['a room whose id is none', recordOf('room', { key: 'r', value: { ...values['room'], id: 'r' } }), /id "r"/],
  ['a message in a room that is none', recordOf('message', { value: { ...values['message'], room: 5 } }), /room "5"/],
  [
    'a message without an author',
    recordOf('message', { value: { ...values['message'], author: undefined } }),
    /author/,
  ],
  ['a message at no place', recordOf('message', { value: { ...values['message'], seq: '1' } }), /seq/],
  ['an answer to nothing', recordOf('reply', { value: { message, replyTo: 'x' } }), /replyTo "x"/],
  ['a key that is none, of what is gone', recordOf('member', { key: `${room}/x`, value: null }), /person "x"/],
  ['a key that is too short, of what is gone', recordOf('reaction', { key: `${message}`, value: null }), /person/],
  ['a kind that there is not', recordOf('poll', { key: 'x', value: {} }), /"poll"/],
])('refused for good: %s', (_, record, words) => {
  const set = new WorkingSet();
  const { accepted, rejected } = applyAll(set, [...all, record]);
  expect(accepted).toBe(all.length);
  expect(rejected).toEqual([
    { type: record.type, key: record.key, reason: 'INVALID', message: expect.stringMatching(words) },
  ]);
  const wanted = Object.values(wantedByRecords([record])).flat();
  expect(wanted, 'what is refused is not looked for').toEqual([]);
});

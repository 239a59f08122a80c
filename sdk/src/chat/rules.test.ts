import { newId } from '@valfri/core';
import { describe, expect, test } from 'vitest';
import { directRoomId } from './direct-room.ts';
import { chatRules, type RuledOperation } from './rules.ts';
import { WorkingSet } from './working-set.ts';

const [ann, bo, organisation] = [newId(), newId(), newId()];
const made = { topic: '', people: [bo] };

/** A room with a message of Ann's in it, and a way to do things there. */
function aRoom(given: object) {
  const set = new WorkingSet();
  const [room, message] = [newId(), newId()];
  const act = (operation: RuledOperation, input: object, person = ann) =>
    set.attempt(() => chatRules[operation].run(set, { room, ...input } as never, { person, organisation }, 1));
  act('createRoom', { id: room, kind: 'group', name: 'Rum', ...made, ...given });
  act('sendMessage', { id: message, text: 'Hej', mentions: [], attachments: [] });
  return { set, room, message, act };
}
const refused = (code: string, detail: object = {}) => expect.objectContaining({ code, ...detail });

describe('in an archived room', () => {
  const archived = () => {
    const room = aRoom({});
    room.act('updateRoom', { archived: true });
    return room;
  };

  test.each([
    ['sending', 'sendMessage', { id: newId(), text: 'x', mentions: [], attachments: [] }],
    ['editing', 'editMessage', { text: 'x', mentions: [] }],
    ['reacting', 'react', { emoji: '👍', on: true }],
    ['adding people', 'addMembers', { people: [newId()] }],
  ] as const)('%s is refused', (_, operation, input) => {
    const { act, message } = archived();
    expect(() => act(operation, { message, ...input })).toThrow(refused('CONFLICT', { reason: 'ARCHIVED' }));
  });

  test('deleting and leaving are not', () => {
    const { set, act, room, message } = archived();
    act('deleteMessage', { message });
    act('removeMember', { person: bo }, bo);
    expect(set.get('messages', message)!.deletedAt).toBe(1);
    expect(set.get('members', `${room}/${bo}`)!.gone).toBe(true);
  });
});

test('the name of a channel is never empty, and neither is a message after an edit', () => {
  const { act, message } = aRoom({ kind: 'channel' });
  expect(() => act('updateRoom', { name: '' })).toThrow(refused('INVALID', { field: 'name' }));
  expect(() => act('editMessage', { message, text: ' \n', mentions: [] })).toThrow(
    refused('INVALID', { field: 'text' }),
  );
  act('updateRoom', { topic: 'Utan namn går det bra' });
});

test('a direct room has the id that follows from the two', async () => {
  const direct = { kind: 'direct', name: '' };
  expect(() => aRoom({ ...direct, id: newId() })).toThrow(refused('INVALID', { field: 'id' }));
  const id = await directRoomId(bo, ann);
  const { set, act } = aRoom({});
  act('createRoom', { id, ...direct, ...made });
  expect(set.get('rooms', id)!.kind).toBe('direct');
});

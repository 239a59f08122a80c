import type { Message } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { type RowsInput, rowsOf } from './rows.ts';

function aMessage(seq: number, author = 'bo'): Message {
  return { id: `m${seq}`, room: 'r', seq, author, sentAt: seq, text: '', mentions: [], attachments: [], reactions: [] };
}

/** The id of the message before which the line stands. */
function lineIn(messages: readonly Message[], readUpTo: number, more: Partial<RowsInput> = {}): string | undefined {
  const usual = { outgoing: [], hasBefore: false, hasAfter: false, me: 'anna', showBeginning: true };
  return rowsOf({ ...usual, messages, readUpTo, ...more }).find((row) => row.kind === 'message' && row.firstNew)?.key;
}

test('what is new begins with the first message of somebody else that is unread', () => {
  expect(lineIn([aMessage(1), aMessage(2), aMessage(3)], 1)).toBe('m2');
  expect(lineIn([aMessage(1), aMessage(2, 'anna'), aMessage(3)], 1)).toBe('m3');
  expect(lineIn([aMessage(1), aMessage(2, 'anna')], 1)).toBeUndefined();
});

test('in a room that was never read all is new, though it be one message', () => {
  expect(lineIn([aMessage(1)], 0)).toBe('m1');
  expect(lineIn([aMessage(1), aMessage(2)], 0)).toBe('m1');
});

test('where the first that is new has not been read in yet, there is no line', () => {
  expect(lineIn([aMessage(11), aMessage(12)], 5, { hasBefore: true })).toBeUndefined();
  expect(lineIn([aMessage(11), aMessage(12)], 11, { hasBefore: true })).toBe('m12');
});

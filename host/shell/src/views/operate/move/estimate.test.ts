import { expect, test } from 'vitest';
import type { Swap, SwapState } from '@valfri/core';
import { daysOfObserving, extentOf, gathered, handedOverOf, missing, stepOf } from './estimate.ts';

const plan: Swap['plan'] = {
  features: [],
  records: [
    { type: 'message', count: 100, fate: 'moves' },
    { type: 'reaction', count: 50, fate: 'aside' },
    { type: 'marker', count: 1_000, fate: 'stays' },
  ],
  ...{ losses: [], rejections: [], consumers: [], sampled: 100, expectedPauseMs: 40, needsConsent: false },
};

function progress(given: Partial<Swap['progress']> = {}): Swap['progress'] {
  return { moved: {}, aside: {}, recordsPerSecond: 0, rounds: 0, ...given };
}

function history(...states: SwapState[]): Swap['history'] {
  return states.map((state, at) => ({ state, at }));
}

test('what is kept aside counts, what stays does not, and what went twice counts once', () => {
  const halfway = progress({ moved: { message: 130 }, aside: { reaction: 5 }, recordsPerSecond: 9 });
  expect(extentOf({ plan, progress: halfway, state: 'copying' })).toEqual({
    ...{ done: 105, total: 150, fraction: 0.7, left: 5_000 },
  });
});

test('once the other serves, everything is over there', () => {
  expect(extentOf({ plan, progress: progress(), state: 'observing' })).toMatchObject({ done: 150, fraction: 1 });
});

test('nothing to move is no division by zero', () => {
  const empty = { ...plan, records: [] };
  expect(extentOf({ plan: empty, progress: progress(), state: 'planned' }).fraction).toBe(0);
  expect(extentOf({ plan: empty, progress: progress(), state: 'copying' }).fraction).toBe(1);
});

test('a move that stopped is shown at the step in which it did', () => {
  const failure = { during: 'verifying', code: 'VERIFY_MISMATCH', message: '' } as const;
  expect(stepOf({ state: 'stopped', failure, history: history('planned', 'stopped') })).toBe('verifying');
  expect(stepOf({ state: 'switched', history: history('planned', 'switched') })).toBe('observing');
  expect(stepOf({ state: 'rolledBack', history: history('planned', 'preparing', 'copying', 'rolledBack') })).toBe(
    'copying',
  );
});

test('what differs counts at least once, also where the numbers agree', () => {
  const digest = (count: number, sum: string) => ({ count, sum });
  const verification = [
    { type: 'room', source: digest(3, 'a'), target: digest(3, 'a'), equal: true },
    { type: 'message', source: digest(9, 'a'), target: digest(6, 'b'), equal: false },
    { type: 'member', source: digest(4, 'a'), target: digest(4, 'b'), equal: false },
  ];
  expect(missing({ verification })).toBe(4);
});

test('losses that say the same are told once, with their number', () => {
  const loss = (key: string, message = 'too long') => ({ type: 'message', key, message });
  expect(gathered([loss('a'), loss('b'), loss('c', 'no colour')])).toEqual([
    { type: 'message', message: 'too long', count: 2, example: 'a' },
    { type: 'message', message: 'no colour', count: 1, example: 'c' },
  ]);
});

test('the way back is told in whole days', () => {
  const day = 24 * 3_600_000;
  expect(daysOfObserving({ observeUntil: 14 * day + 2, history: history('planned', 'preparing', 'switched') })).toBe(
    14,
  );
  expect(daysOfObserving({ observeUntil: undefined, history: [] })).toBeUndefined();
});

test('what went over again is told apart from what went over', () => {
  const digest = { count: 110, sum: 'a' };
  const verification = [{ type: 'message', source: digest, target: digest, equal: true }];
  const given = { plan, progress: progress({ moved: { message: 113 } }) };
  expect(handedOverOf({ ...given, state: 'copying' }, 'message')).toEqual({ once: 100, again: 13 });
  expect(handedOverOf({ ...given, verification, state: 'observing' }, 'message')).toEqual({ once: 110, again: 3 });
  const back = [{ type: 'message', source: { count: 400, sum: 'b' }, target: { count: 400, sum: 'b' }, equal: true }];
  expect(handedOverOf({ ...given, verification: back, state: 'rolledBack' }, 'message')).toEqual({
    ...{ once: 100, again: 13 },
  });
  expect(handedOverOf({ ...given, state: 'copying' }, 'reaction')).toEqual({ once: 0, again: 0 });
});

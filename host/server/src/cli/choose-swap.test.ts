import { newId, plannedSwap, type Swap, type SwapState } from '@valfri/core';
import { expect, test } from 'vitest';
import { swapToApply, swapToRollBack } from './choose-swap.ts';

const plan: Swap['plan'] = {
  ...{ features: [], records: [], losses: [], rejections: [], consumers: [] },
  ...{ sampled: 0, expectedPauseMs: 0, needsConsent: false },
};
const swap = (state: SwapState): Swap => ({
  ...plannedSwap({ id: newId(), capability: 'chat', from: 'a', to: 'b', plan, by: newId() }, 1),
  state,
});

test('what is begun without a name is the newest plan, never what stopped before it', () => {
  const [newest, older, stopped] = [swap('planned'), swap('planned'), swap('stopped')];
  expect(swapToApply([stopped, newest, older])).toBe(newest);
  expect(() => swapToApply([swap('retired'), stopped])).toThrow(
    `There is no plan to begin. Plan one with "swap plan <capability> --to <instance>". This one stopped, and goes on with "swap apply ${stopped.id}": a → b.`,
  );
  expect(() => swapToApply([])).toThrow(/^There is no plan to begin\. Plan one with [^.]*\.$/);
});

test('what is rolled back without a name is what is under way or observed, never a plan', () => {
  for (const state of ['preparing', 'copying', 'fenced', 'switched', 'observing'] as const) {
    const under = swap(state);
    expect(swapToRollBack([swap('planned'), swap('stopped'), swap('rolledBack'), under])).toBe(under);
  }
  const stopped = swap('stopped');
  expect(() => swapToRollBack([swap('planned'), stopped, swap('retired')])).toThrow(
    `There is no move to roll back. This one stopped, and is given up with "swap rollback ${stopped.id}": a → b.`,
  );
});

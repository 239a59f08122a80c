import { RESTING_STATES, type Swap } from '@valfri/core';
import { CliError } from './client.ts';

const PLAN_ONE = 'Plan one with "swap plan <capability> --to <instance>".';

/** The newest plan. What stopped goes on only where it is named. @throws CliError where there is no plan. */
export function swapToApply(swaps: readonly Swap[]): Swap {
  const found = swaps.find(({ state }) => state === 'planned');
  if (found) return found;
  throw new CliError(`There is no plan to begin. ${PLAN_ONE}${stoppedOnes(swaps, 'goes on with "swap apply')}`);
}

/** The newest move that is under way or observed. @throws CliError where there is none. */
export function swapToRollBack(swaps: readonly Swap[]): Swap {
  const found = swaps.find(underWay);
  if (found) return found;
  throw new CliError(`There is no move to roll back.${stoppedOnes(swaps, 'is given up with "swap rollback')}`);
}

/** Whether a move has begun and does not rest. */
export function underWay({ state }: Swap): boolean {
  return !RESTING_STATES.includes(state);
}

function stoppedOnes(swaps: readonly Swap[], does: string): string {
  return swaps
    .filter(({ state }) => state === 'stopped')
    .map(({ id, from, to }) => ` This one stopped, and ${does} ${id}": ${from} → ${to}.`)
    .join('');
}

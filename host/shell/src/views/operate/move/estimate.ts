import type { Swap, SwapState } from '@valfri/core';

/** The steps of a move, in their order, as they are shown. */
export const STEPS = ['planned', 'preparing', 'copying', 'catchingUp', 'fenced', 'verifying', 'observing'] as const;

/** One of {@link STEPS}. */
export type Step = (typeof STEPS)[number];

const RUNNING: ReadonlySet<SwapState> = new Set([
  'preparing',
  'copying',
  'catchingUp',
  'fenced',
  'verifying',
  'rollingBack',
]);
const SWITCHED: ReadonlySet<SwapState> = new Set(['switched', 'observing', 'retired']);

/** Whether something is being done right now. */
export function isRunning({ state }: Pick<Swap, 'state'>): boolean {
  return RUNNING.has(state);
}

/** Whether the new provider serves. */
export function hasSwitched({ state }: Pick<Swap, 'state'>): boolean {
  return SWITCHED.has(state);
}

/** Whether it holds because an operator asked it to. */
export function isPaused(swap: Pick<Swap, 'state' | 'wish'>): boolean {
  return swap.wish === 'pause' && isRunning(swap);
}

/** Whether it takes part in what happens: neither a mere plan nor over. */
export function isUnderWay(swap: Pick<Swap, 'state'>): boolean {
  return isRunning(swap) || swap.state === 'switched' || swap.state === 'observing';
}

/** The step it is at, or got to before it stopped or was rolled back. */
export function stepOf({ state, history, failure }: Pick<Swap, 'state' | 'history' | 'failure'>): Step {
  const shown = (each: SwapState): Step | undefined =>
    SWITCHED.has(each) ? 'observing' : STEPS.find((step) => step === each);
  if (state === 'stopped' && failure) return shown(failure.during) ?? 'planned';
  return (
    shown(state) ?? [...history].map((each) => shown(each.state)).findLast((step) => step !== undefined) ?? 'planned'
  );
}

/** How far the copying has come. */
export interface Extent {
  readonly done: number;
  readonly total: number;
  /** From 0 to 1. */
  readonly fraction: number;
  /** What is left at the present pace, in milliseconds; absent where there is nothing to tell it by. */
  readonly left?: number;
}

/** Counted over what goes over or is kept aside. What was changed meanwhile goes again, and is counted once. */
export function extentOf({ plan, progress, state }: Pick<Swap, 'plan' | 'progress' | 'state'>): Extent {
  const going = plan.records.filter(({ fate }) => fate !== 'stays');
  const total = going.reduce((sum, { count }) => sum + count, 0);
  const sent = (type: string) => (progress.moved[type] ?? 0) + (progress.aside[type] ?? 0);
  const counted = going.reduce((sum, { type, count }) => sum + Math.min(count, sent(type)), 0);
  const done = hasSwitched({ state }) ? total : counted;
  const fraction = total === 0 ? (done === 0 && state === 'planned' ? 0 : 1) : done / total;
  const { recordsPerSecond: pace } = progress;
  if (state !== 'copying' || pace <= 0) return { done, total, fraction };
  return { done, total, fraction, left: ((total - done) / pace) * 1_000 };
}

/** What was handed over of one kind: once, and once more for each time that it was changed. */
export function handedOverOf(
  { progress, plan, verification, state }: Pick<Swap, 'progress' | 'plan' | 'verification' | 'state'>,
  type: string,
): { readonly once: number; readonly again: number } {
  const sent = (progress.moved[type] ?? 0) + (progress.aside[type] ?? 0);
  const planned = plan.records.find((each) => each.type === type)?.count ?? 0;
  // After the way back the comparison is of what was there then, much of which never went this way.
  const atSwitch = state === 'rolledBack' ? undefined : verification?.find((each) => each.type === type)?.source.count;
  const once = Math.min(sent, atSwitch ?? planned);
  return { once, again: sent - once };
}

/** Everything handed over so far; what was changed meanwhile went again and counts again. */
export function handedOver({ progress }: Pick<Swap, 'progress'>): number {
  return [...Object.values(progress.moved), ...Object.values(progress.aside)].reduce((sum, count) => sum + count, 0);
}

/** How many records the comparison at the switch took in; as planned where there has been none yet. */
export function comparedIn(swap: Pick<Swap, 'plan' | 'progress' | 'state' | 'verification'>): number {
  return swap.verification?.reduce((sum, { source }) => sum + source.count, 0) ?? extentOf(swap).total;
}

/** Records that one side has and the other has not, after a comparison. */
export function missing({ verification = [] }: Pick<Swap, 'verification'>): number {
  return verification
    .filter(({ equal }) => !equal)
    .reduce((sum, { source, target }) => sum + Math.max(1, Math.abs(source.count - target.count)), 0);
}

/** Losses or refusals of the trial import, put together where they are of one kind and say the same. */
export function gathered(
  each: readonly { readonly type: string; readonly key: string; readonly message: string }[],
): readonly { readonly type: string; readonly message: string; readonly count: number; readonly example: string }[] {
  const found = new Map<string, { type: string; message: string; count: number; example: string }>();
  for (const { type, key, message } of each) {
    const name = `${type} ${message}`;
    const known = found.get(name);
    if (known) known.count += 1;
    else found.set(name, { type, message, count: 1, example: key });
  }
  return [...found.values()];
}

/** How long the way back is open, in whole days; absent where that is not yet known. */
export function daysOfObserving({ observeUntil, history }: Pick<Swap, 'observeUntil' | 'history'>): number | undefined {
  const from = history.findLast(({ state }) => state === 'switched')?.at;
  if (observeUntil === undefined || from === undefined) return undefined;
  return Math.round((observeUntil - from) / (24 * 3_600_000));
}

import type { Digest, Loss, PortableRecord, Rejection } from '../portability.ts';

/**
 * Where a swap of providers stands. Until `switched` the old provider serves and nothing has happened to it;
 * from then on the new one does. `stopped` is safe: the old provider serves, and the swap can go on or be given up.
 */
export type SwapState =
  | 'planned'
  | 'preparing'
  | 'copying'
  | 'catchingUp'
  | 'fenced'
  | 'verifying'
  | 'switched'
  | 'observing'
  | 'retired'
  | 'rollingBack'
  | 'rolledBack'
  | 'stopped';

/** States in which nothing more happens by itself. */
export const RESTING_STATES: readonly SwapState[] = ['planned', 'stopped', 'retired', 'rolledBack'];

/** States in which the new provider serves. */
export const SWITCHED_STATES: readonly SwapState[] = ['switched', 'observing', 'retired'];

/** What becomes of one feature. */
export interface FeatureChange {
  readonly name: string;
  readonly change: 'same' | 'gained' | 'lost' | 'changed';
}

/** What becomes of one kind of record: it moves, the host keeps it aside, or it is the host's own and stays. */
export interface RecordFate {
  readonly type: string;
  readonly count: number;
  readonly fate: 'moves' | 'aside' | 'stays';
}

/** A plugin that needs a feature which the new provider has not. */
export interface BrokenConsumer {
  readonly plugin: string;
  readonly feature: string;
}

/** What a swap would do, found out without doing it. */
export interface SwapPlan {
  readonly features: readonly FeatureChange[];
  readonly records: readonly RecordFate[];
  /** What a trial import of a sample said would be lost. */
  readonly losses: readonly Loss[];
  readonly rejections: readonly Rejection[];
  readonly consumers: readonly BrokenConsumer[];
  /** Of a function whose providers keep nothing: what is in people's hands now, e.g. open files. */
  readonly inHand?: number | undefined;
  /** Records tried. */
  readonly sampled: number;
  /** How long writes are expected to wait, in milliseconds. */
  readonly expectedPauseMs: number;
  /** Whether the operator must agree to a loss before it begins. */
  readonly needsConsent: boolean;
}

/** How one kind of record compared at the end. */
export interface Comparison {
  readonly type: string;
  readonly source: Digest;
  readonly target: Digest;
  readonly equal: boolean;
}

/** How far a swap has come. */
export interface SwapProgress {
  /** Records handed over so far by kind; one that changed meanwhile counts again. */
  readonly moved: Readonly<Record<string, number>>;
  /** Records that the host keeps aside, by kind. */
  readonly aside: Readonly<Record<string, number>>;
  /** Over the last page. */
  readonly recordsPerSecond: number;
  /** Rounds of catching up. */
  readonly rounds: number;
}

/** Why a swap stopped. */
export interface SwapFailure {
  readonly during: SwapState;
  readonly code:
    | 'CANNOT_CATCH_UP'
    | 'VERIFY_MISMATCH'
    | 'REJECTED'
    | 'FENCE_TIMEOUT'
    | 'PROVIDER'
    | 'CONSENT'
    | 'UNFINISHED';
  readonly message: string;
}

/** What the operator asked for and the engine has not yet done. */
export type SwapWish = 'pause' | 'rollback' | 'retire';

/** A swap of the provider of one capability: all that must outlive the process. */
export interface Swap {
  readonly id: string;
  readonly capability: string;
  /** Id of the instance that is replaced. */
  readonly from: string;
  /** Id of the instance that takes over. */
  readonly to: string;
  readonly state: SwapState;
  readonly plan: SwapPlan;
  readonly createdAt: number;
  /** Since when it is in its state, in milliseconds since the epoch. */
  readonly since: number;
  /** Person who planned it. */
  readonly by: string;
  readonly wish?: SwapWish | undefined;
  readonly cursor?: string | undefined;
  /** Where the new provider's changes are read to, for the way back. */
  readonly reverseCursor?: string | undefined;
  /** Handed over, but what they belong to was not there yet. */
  readonly pending: readonly PortableRecord[];
  readonly progress: SwapProgress;
  /** How long writes waited, in milliseconds, from the closing of the fence to its opening. */
  readonly pauseMs?: number | undefined;
  readonly verification?: readonly Comparison[] | undefined;
  readonly failure?: SwapFailure | undefined;
  /** Until when there is a way back, in milliseconds since the epoch. */
  readonly observeUntil?: number | undefined;
  readonly history: readonly { readonly state: SwapState; readonly at: number }[];
}

/** A swap in its first state. */
export function plannedSwap(given: Pick<Swap, 'id' | 'capability' | 'from' | 'to' | 'plan' | 'by'>, now: number): Swap {
  return {
    ...given,
    state: 'planned',
    createdAt: now,
    since: now,
    pending: [],
    progress: { moved: {}, aside: {}, recordsPerSecond: 0, rounds: 0 },
    history: [{ state: 'planned', at: now }],
  };
}

/** The swap in its next state. */
export function entered(swap: Swap, state: SwapState, now: number): Swap {
  return { ...swap, state, since: now, history: [...swap.history, { state, at: now }] };
}

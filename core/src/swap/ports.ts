import type { Instance } from '../instances.ts';
import type { Portability } from '../portability.ts';
import type { Swap, SwapState } from './swap.ts';

/** What holds writes to a provider; a {@link Fence} but in tests that show what is lost without one. */
export interface FenceControl {
  close(timeout: number): Promise<boolean>;
  open(): void;
}

/** How patient a swap is. All in milliseconds. */
export interface SwapTiming {
  /** Catching up goes on until a round takes no longer. Default: 60. */
  readonly roundBudget: number;
  /** Where rounds no longer get shorter, the longest round that may still be fenced. Default: 1,500. */
  readonly longestRound: number;
  /** How long writes may be held at most before they are let go and it is tried again. Default: 8,000. */
  readonly fenceTimeout: number;
  /** How long the old provider is kept as a way back. Default: 14 days. */
  readonly observe: number;
  /** How often the old provider is brought up to date meanwhile. Default: 1,000. */
  readonly followInterval: number;
}

export const DEFAULT_TIMING: SwapTiming = {
  roundBudget: 60,
  longestRound: 1_500,
  fenceTimeout: 8_000,
  observe: 14 * 24 * 3_600_000,
  followInterval: 1_000,
};

/** What the host keeps in place of providers that could not. */
export interface AsideStore extends Portability {
  /** Forgets everything of some kinds. */
  drop(types: readonly string[]): Promise<void>;
}

/** What the engine needs of the host. */
export interface SwapPorts {
  readonly from: Instance;
  readonly to: Instance;
  /** What the host keeps for this capability because a provider could not. */
  readonly aside: AsideStore;
  /** Kinds of record that are the host's own, for providers that want to be told. */
  readonly own: Portability;
  readonly timing: SwapTiming;
  fence(instance: Instance): FenceControl;
  /** Keeps the swap; the promise settles when it would survive a crash. */
  save(swap: Swap): Promise<void>;
  /** In one transaction: keeps the swap, and moves every binding of one instance to another. Then puts them in force. */
  switchBindings(swap: Swap, from: string, to: string): Promise<void>;
  now(): number;
  /** Called on entering each state and within the long ones, so that a test can end the process there. */
  checkpoint?(name: SwapState | `${SwapState}.page`): void;
}

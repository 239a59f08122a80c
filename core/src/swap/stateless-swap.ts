import { BugError } from '../errors.ts';
import type { Instance } from '../instances.ts';
import { failureOf, FenceTimeout } from './failures.ts';
import type { SwapPorts } from './ports.ts';
import { Rest } from './rest.ts';
import { entered, RESTING_STATES, type Swap, type SwapState, type SwapWish } from './swap.ts';

/** The longest it rests before it looks again whether it is over, in milliseconds. */
const LOOK_AGAIN = 30_000;

/** Something that a provider has in hand could not be finished; it has it still. */
export class Unfinished extends Error {
  readonly failureCode = 'UNFINISHED';
}

/** What a move of a function needs whose providers keep nothing themselves. */
export interface StatelessPorts extends Pick<
  SwapPorts,
  'from' | 'to' | 'timing' | 'fence' | 'save' | 'switchBindings' | 'now' | 'checkpoint'
> {
  /**
   * Has an instance finish what it has in hand: `soon` while people go on with it, so that little is left; else while nothing
   * new can begin, and for good.
   * @throws Unfinished where it could not.
   */
  finish(instance: Instance, soon: boolean): Promise<void>;
}

/**
 * Takes the move of a stateless function to where it rests: what is in hand is finished, then the other one serves.
 * Going back is the same the other way.
 */
export class StatelessSwap {
  readonly #ports: StatelessPorts;
  readonly #rest = new Rest();
  #swap: Swap;
  #stopped = false;

  constructor(swap: Swap, ports: StatelessPorts) {
    this.#swap = swap;
    this.#ports = ports;
  }

  get swap(): Swap {
    return this.#swap;
  }

  /** Asks for something; `undefined` takes back what was asked for. Heeded at the next step. */
  ask(wish: SwapWish | undefined): void {
    this.#swap = { ...this.#swap, wish };
    this.#rest.wake();
  }

  /** Ends the run at the next step, as it stands; it goes on where the swap is run again. */
  stop(): void {
    this.#stopped = true;
    this.#rest.wake();
  }

  /** Runs until the swap rests. */
  async run(): Promise<Swap> {
    const { state } = this.#swap;
    // A fence does not outlive its process: what was fenced is begun anew.
    if (state === 'planned' || state === 'stopped' || state === 'fenced')
      await this.#enter('preparing', { failure: undefined });
    while (!this.#stopped && !RESTING_STATES.includes(this.#swap.state)) {
      try {
        await this.#step();
      } catch (error) {
        await this.#fail(error);
      }
    }
    return this.#swap;
  }

  async #step(): Promise<void> {
    const { state, wish } = this.#swap;
    const { from, to } = this.#ports;
    if (wish === 'pause' && state === 'preparing') return this.#rest.for(LOOK_AGAIN);
    switch (state) {
      case 'preparing':
        if (wish === 'rollback') return this.#enter('rolledBack', { wish: undefined });
        await this.#ports.finish(from, true);
        return this.#swap.wish === undefined ? this.#cutOver('switched', from, to) : undefined;
      case 'switched':
        return this.#enter('observing');
      case 'observing':
        return this.#observe(wish);
      case 'rollingBack':
        await this.#ports.finish(to, true);
        return this.#cutOver('rolledBack', to, from);
      default:
        throw new BugError(`no step for the state ${state}`);
    }
  }

  async #observe(wish: SwapWish | undefined): Promise<void> {
    const left = (this.#swap.observeUntil ?? Infinity) - this.#ports.now();
    if (wish === 'rollback') return this.#enter('rollingBack', { wish: undefined });
    if (wish === 'retire' || left <= 0) return this.#enter('retired', { wish: undefined });
    await this.#rest.for(Math.min(left, LOOK_AGAIN));
  }

  /** The only moment in which anybody waits: whatever happens, the fence opens again. */
  async #cutOver(state: 'switched' | 'rolledBack', from: Instance, to: Instance): Promise<void> {
    const { timing, now } = this.#ports;
    const fence = this.#ports.fence(from);
    const began = performance.now();
    if (state === 'switched') await this.#enter('fenced');
    try {
      if (!(await fence.close(timing.fenceTimeout / 2))) throw new FenceTimeout();
      await this.#ports.finish(from, false);
      const pauseMs = Math.round(performance.now() - began);
      const observeUntil = state === 'switched' ? now() + timing.observe : undefined;
      const next = entered({ ...this.#swap, pauseMs, observeUntil, failure: undefined }, state, now());
      await this.#ports.switchBindings(next, from.id, to.id);
      this.#swap = { ...next, wish: this.#swap.wish };
      this.#ports.checkpoint?.(state);
    } finally {
      fence.open();
    }
  }

  /** What could not be finished is where it was, and so is who serves. */
  async #fail(error: unknown): Promise<void> {
    const { state } = this.#swap;
    const failure = failureOf(error, state);
    if (state === 'rollingBack') return this.#enter('observing', { failure });
    return this.#enter('stopped', { failure });
  }

  async #enter(state: SwapState, details: Partial<Swap> = {}): Promise<void> {
    this.#swap = entered({ ...this.#swap, ...details }, state, this.#ports.now());
    await this.#ports.save(this.#swap);
    this.#ports.checkpoint?.(state);
  }
}

import type { CapabilityDefinition } from '../capability.ts';
import { BugError } from '../errors.ts';
import type { Instance } from '../instances.ts';
import {
  addCounts,
  carryPage,
  type Carried,
  contentFrom,
  deliver,
  isPassing,
  portabilityOf,
  type Route,
} from './carry.ts';
import { cutOver, type CutOver } from './cut-over.ts';
import { CannotCatchUp, describe, failureOf, FenceTimeout, Mismatch } from './failures.ts';
import { ownerOf, typesOwnedBy } from './ownership.ts';
import type { SwapPorts } from './ports.ts';
import { Rest } from './rest.ts';
import { Sample } from './sample.ts';
import { entered, RESTING_STATES, SWITCHED_STATES, type Swap, type SwapState, type SwapWish } from './swap.ts';
import { differing, type Pair } from './verify.ts';

const MOST_FENCES = 3;
const MOST_BACK_OFF = 30_000;
const STUCK_ROUNDS = 6;
const HOPELESS_ROUNDS = 3;

/**
 * Takes a swap from where it stands to where it rests. Each step can be repeated: after a crash at any point the
 * swap is loaded as it was last kept and run again.
 */
export class SwapEngine {
  readonly #capability: CapabilityDefinition;
  readonly #ports: SwapPorts;
  readonly #sample = new Sample();
  readonly #rest = new Rest();
  #swap: Swap;
  #stopped = false;

  constructor(capability: CapabilityDefinition, swap: Swap, ports: SwapPorts) {
    this.#capability = capability;
    this.#ports = ports;
    this.#swap = swap;
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

  /** Runs until the swap rests; a passing fault of a provider is waited out. */
  async run(): Promise<Swap> {
    let backOff = 250;
    await this.#recover();
    while (!this.#stopped && !RESTING_STATES.includes(this.#swap.state)) {
      try {
        await this.#step();
        backOff = 250;
      } catch (error) {
        if (!isPassing(error)) await this.#fail(error);
        else await this.#rest.for((backOff = Math.min(backOff * 2, MOST_BACK_OFF)));
      }
    }
    return this.#swap;
  }

  /**
   * A fence does not outlive its process: what was fenced goes back to catching up, and is fenced anew. What is to
   * begin, or to go on after it stopped, is prepared (again).
   */
  async #recover(): Promise<void> {
    const { state, failure } = this.#swap;
    if (state === 'planned') await this.#enter('preparing');
    if (state === 'stopped') {
      const afresh = failure?.code === 'VERIFY_MISMATCH' ? { cursor: undefined, pending: [] } : {};
      await this.#enter('preparing', { failure: undefined, ...afresh });
    }
    if (state === 'fenced' || state === 'verifying') await this.#enter('catchingUp');
  }

  async #step(): Promise<void> {
    if (await this.#heed()) return;
    const steps: Partial<Record<SwapState, () => Promise<void>>> = {
      preparing: () => this.#prepare(),
      copying: () => this.#copy(),
      catchingUp: () => this.#catchUp(),
      switched: () => this.#settle(),
      observing: () => this.#observe(),
      rollingBack: () => this.#rollBack(),
    };
    const step = steps[this.#swap.state];
    if (!step) throw new BugError(`no step for the state ${this.#swap.state}`);
    await step();
  }

  /** Does what the operator asked for meanwhile. */
  async #heed(): Promise<boolean> {
    const { state, wish } = this.#swap;
    if (wish === 'rollback' && state !== 'rollingBack') {
      const next = SWITCHED_STATES.includes(state) ? 'rollingBack' : 'rolledBack';
      await this.#enter(next, { wish: undefined });
      return true;
    }
    if (wish === 'pause' && state !== 'rollingBack') {
      await this.#rest.for(MOST_BACK_OFF);
      return true;
    }
    if (wish === 'retire' && state === 'observing') {
      await this.#enter('retired', { wish: undefined });
      return true;
    }
    return false;
  }

  async #prepare(): Promise<void> {
    const { from, to, aside } = this.#ports;
    await portabilityOf(to).freeze?.(false);
    const newlyAside = typesOwnedBy(this.#capability, 'aside', to.provider.features).filter(
      (type) => ownerOf(this.#capability, type, from.provider.features) === 'provider',
    );
    await aside.drop(newlyAside);
    await this.#enter('copying');
  }

  async #copy(): Promise<void> {
    const carried = await this.#carry();
    this.#ports.checkpoint?.('copying.page');
    if (!carried.caughtUp) return;
    await this.#handBackAside();
    await this.#enter('catchingUp');
  }

  /** What the host kept because the old provider could not, and the new one can. What it belonged to may be gone. */
  async #handBackAside(): Promise<void> {
    const { aside, from, to } = this.#ports;
    const types = new Set(
      typesOwnedBy(this.#capability, 'provider', to.provider.features).filter(
        (type) => ownerOf(this.#capability, type, from.provider.features) === 'aside',
      ),
    );
    if (types.size === 0) return;
    for (let after: string | undefined, done = false; !done;) {
      const page = await aside.changes({ after, limit: 1_000 });
      await deliver(
        this.#forward,
        page.records.filter(({ type }) => types.has(type)),
        contentFrom(aside),
      );
      after = page.next;
      done = page.caughtUp;
    }
  }

  async #catchUp(): Promise<void> {
    for (let round = 0, shortest = Infinity, stuck = 0, fences = 0; ; round++) {
      if (this.#interrupted) return;
      const took = await this.#round();
      this.#ports.checkpoint?.('catchingUp.page');
      stuck = took < shortest * 0.95 ? 0 : stuck + 1;
      shortest = Math.min(shortest, took);
      const { roundBudget, longestRound } = this.#ports.timing;
      const short = took <= roundBudget || (stuck >= STUCK_ROUNDS && took <= longestRound);
      if (took > longestRound && stuck >= HOPELESS_ROUNDS) throw new CannotCatchUp(took);
      if (!short || round === 0) continue;
      if (await this.#sampleDiffers()) continue;
      if (await this.#fenceAndSwitch()) return;
      if (++fences >= MOST_FENCES) throw new FenceTimeout();
    }
  }

  /** One round: everything that is committed by now. Returns its length in milliseconds. */
  async #round(): Promise<number> {
    const began = performance.now();
    for (;;) {
      const { caughtUp } = await this.#carry();
      if (caughtUp || this.#interrupted) break;
    }
    const { progress } = this.#swap;
    await this.#keep({ progress: { ...progress, rounds: progress.rounds + 1 } });
    return performance.now() - began;
  }

  async #carry(): Promise<Carried> {
    const began = performance.now();
    const carried = await carryPage(this.#forward, this.#swap.cursor, this.#swap.pending);
    this.#sample.take(carried.delivered);
    const { progress } = this.#swap;
    await this.#keep({
      cursor: carried.next,
      pending: carried.pending,
      progress: {
        ...progress,
        moved: addCounts(progress.moved, carried.moved),
        aside: addCounts(progress.aside, carried.aside),
        recordsPerSecond: carried.count === 0 ? progress.recordsPerSecond : rate(carried.count, began),
      },
    });
    return carried;
  }

  /** Compares a sample in full. What differs because it was just changed is equal one round later. */
  async #sampleDiffers(): Promise<boolean> {
    const differences = await Promise.all(
      this.#sample.types.map((type) => differing(this.#pair, type, this.#sample.keysOf(type))),
    );
    const suspects = differences.flat().length;
    if (suspects === 0) {
      this.#sample.suspicions = 0;
      return false;
    }
    if (this.#sample.suspicions++ < STUCK_ROUNDS) return true;
    throw new Mismatch(`${suspects} of the sampled records differ, among them ${differences.flat()[0]}.`);
  }

  async #fenceAndSwitch(): Promise<boolean> {
    const { from, to } = this.#ports;
    const reverseCursor = await portabilityOf(to).head();
    await this.#enter('fenced', { reverseCursor });
    const outcome = await cutOver({
      pair: this.#pair,
      ports: this.#ports,
      fenced: from,
      finishPage: () => this.#carryInFence(),
      onVerifying: () => this.#showVerifying(),
      commit: (details) => this.#switch('switched', details, from, to),
    });
    return this.#after(outcome);
  }

  /** As {@link #carry}, but kept only with the switch: if that does not come, the same page comes again. */
  async #carryInFence(): Promise<boolean> {
    const carried = await carryPage(this.#forward, this.#swap.cursor, this.#swap.pending);
    const { progress } = this.#swap;
    this.#swap = {
      ...this.#swap,
      cursor: carried.next,
      pending: carried.pending,
      progress: {
        ...progress,
        moved: addCounts(progress.moved, carried.moved),
        aside: addCounts(progress.aside, carried.aside),
      },
    };
    return carried.caughtUp;
  }

  /** Not kept by itself: that would take time while writes wait. It is kept with what follows. */
  #showVerifying(): void {
    this.#swap = entered(this.#swap, 'verifying', this.#ports.now());
    this.#ports.checkpoint?.('verifying');
  }

  async #switch(state: SwapState, details: Partial<Swap>, from: Instance, to: Instance): Promise<void> {
    const now = this.#ports.now();
    const observeUntil = state === 'switched' ? now + this.#ports.timing.observe : undefined;
    const next = entered({ ...this.#swap, ...details, observeUntil, failure: undefined }, state, now);
    await this.#ports.switchBindings(next, from.id, to.id);
    this.#swap = { ...next, wish: this.#swap.wish };
    this.#ports.checkpoint?.(state);
  }

  async #after(outcome: CutOver): Promise<boolean> {
    if (outcome.result === 'done') return true;
    if (outcome.result === 'mismatch') throw new Mismatch(describe(outcome), outcome);
    await this.#enter('catchingUp');
    return false;
  }

  /** What reached the old provider by another way than ours goes over too; then it changes only as our way back. */
  async #settle(): Promise<void> {
    const { from, own, to } = this.#ports;
    const old = portabilityOf(from);
    if (old.freeze) {
      await old.freeze(true);
      while (!(await carryPage(this.#forward, this.#swap.cursor, [], { announce: true })).caughtUp);
    }
    await this.#tellOwn(own, to);
    await this.#enter('observing');
  }

  /** Tells a provider of what the host owns and it has a feature for, e.g. who has read how far. */
  async #tellOwn(own: SwapPorts['own'], to: Instance): Promise<void> {
    const wanted = Object.entries(this.#capability.records)
      .filter(([, { host, feature }]) => host && feature !== undefined && feature in to.provider.features)
      .map(([type]) => type);
    if (wanted.length === 0) return;
    for (let after: string | undefined, done = false; !done;) {
      const page = await own.changes({ after, limit: 1_000 });
      await portabilityOf(to).ingest(page.records.filter(({ type }) => wanted.includes(type)));
      after = page.next;
      done = page.caughtUp;
    }
  }

  async #observe(): Promise<void> {
    if (this.#ports.now() >= (this.#swap.observeUntil ?? Infinity)) return this.#enter('retired');
    const caughtUp = await this.#follow();
    if (caughtUp) await this.#rest.for(this.#ports.timing.followInterval);
  }

  /** Brings the old provider up to date by one page. */
  async #follow(): Promise<boolean> {
    const carried = await carryPage(this.#backward, this.#swap.reverseCursor, this.#swap.pending);
    const changes = { reverseCursor: carried.next, pending: carried.pending, failure: undefined };
    if (carried.count > 0 || this.#swap.failure) await this.#keep(changes);
    else this.#swap = { ...this.#swap, ...changes };
    return carried.caughtUp;
  }

  async #rollBack(): Promise<void> {
    const { from, to } = this.#ports;
    for (let round = performance.now(); ; round = performance.now()) {
      while (!(await this.#follow()));
      if (performance.now() - round <= this.#ports.timing.longestRound) break;
    }
    await portabilityOf(from).freeze?.(false);
    const outcome = await cutOver({
      pair: { ...this.#pair, from: to, to: from },
      ports: this.#ports,
      fenced: to,
      finishPage: () => this.#follow(),
      onVerifying: () => undefined,
      commit: (details) => this.#switch('rolledBack', details, to, from),
    });
    if (outcome.result === 'mismatch') throw new Mismatch(describe(outcome), outcome);
  }

  async #fail(error: unknown): Promise<void> {
    const { state } = this.#swap;
    const failure = failureOf(error, state);
    const verification = error instanceof Mismatch ? error.outcome?.verification : undefined;
    const details = { failure, ...(verification ? { verification } : {}) };
    // Once the new provider serves there is nothing to stop: it goes on being observed, and says what is wrong.
    if (state === 'rollingBack') await this.#enter('observing', details);
    else if (SWITCHED_STATES.includes(state)) await this.#keep(details);
    else return this.#enter('stopped', details);
    await this.#rest.for(MOST_BACK_OFF);
  }

  get #interrupted(): boolean {
    return this.#stopped || this.#swap.wish !== undefined;
  }

  async #enter(state: SwapState, details: Partial<Swap> = {}): Promise<void> {
    await this.#keep(entered({ ...this.#swap, ...details }, state, this.#ports.now()));
    this.#ports.checkpoint?.(state);
  }

  async #keep(changes: Partial<Swap>): Promise<void> {
    this.#swap = { ...this.#swap, ...changes };
    await this.#ports.save(this.#swap);
  }

  get #pair(): Pair {
    const { from, to, aside } = this.#ports;
    return { capability: this.#capability, from, to, aside };
  }

  get #forward(): Route {
    const { from, to, aside } = this.#ports;
    return { capability: this.#capability, source: portabilityOf(from), to, aside };
  }

  get #backward(): Route {
    const { from, to, aside } = this.#ports;
    return { capability: this.#capability, source: portabilityOf(to), to: from, aside };
  }
}

function rate(count: number, began: number): number {
  return Math.round((count * 1_000) / Math.max(1, performance.now() - began));
}

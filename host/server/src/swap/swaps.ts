import {
  type AsideStore,
  type CapabilityDefinition,
  CapabilityError,
  type Consumer,
  DEFAULT_TIMING,
  type FenceControl,
  type Instance,
  type Kernel,
  newId,
  planStateless,
  planSwap,
  plannedSwap,
  RESTING_STATES,
  type Swap,
  StatelessSwap,
  SwapEngine,
  type SwapPorts,
  type SwapTiming,
  type SwapWish,
} from '@valfri/core';
import { FileContentStore } from '@valfri/sdk/server';
import type { Kysely, Transaction } from 'kysely';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { HostTables } from '../database/tables.ts';
import type { Outbox } from '../live/outbox.ts';
import { OPERATORS_TOPIC } from '../live/topics.ts';
import type { Log } from '../log.ts';
import { inTime, LATE } from '../runtime/in-time.ts';
import type { Turns } from '../turns.ts';
import { PostgresAsideStore } from './aside-store.ts';
import type { BindingStore } from './binding-store.ts';
import type { InHand } from './in-hand.ts';
import { MarkerRecords } from './marker-records.ts';

/** What the swaps work with. */
export interface SwapsOptions {
  readonly db: Kysely<HostTables>;
  readonly kernel: Kernel;
  readonly bindings: BindingStore;
  readonly outbox: Outbox;
  readonly audit: AuditTrail;
  readonly organisation: string;
  readonly log: Log;
  /** Plugins that use capabilities, and what they need. */
  readonly consumers: (capability: string) => readonly Consumer[];
  /** Where the content lies that is kept aside. */
  readonly asideDirectory: string;
  /** What people have in hand of a function whose providers keep nothing themselves. */
  readonly inHand?: (capability: string) => InHand | undefined;
  readonly timing?: Partial<SwapTiming>;
  /** Replaces the fence in a test that shows what is lost without one. */
  readonly fence?: (instance: Instance) => FenceControl;
  readonly checkpoint?: SwapPorts['checkpoint'];
  /** Shared with whatever else changes which providers there are, and whom they serve. */
  readonly turns: Turns;
  /** For how long a move may take to stop, in milliseconds. */
  readonly patience: number;
}

/** After how many milliseconds a move that could not go on is tried again. */
const AGAIN = 2_000;
/** As long between two questions whether a move has switched, while writes wait for the answer. */
const ASK_AGAIN = 100;
/** How long people are expected to wait where something is in their hands, in milliseconds. */
const PAUSE_IN_HAND = 1_500;

interface Running {
  readonly engine: Pick<SwapEngine, 'swap' | 'ask' | 'stop' | 'run'>;
  readonly done: Promise<Swap>;
}

/** Plans and runs the swaps of providers, one at a time for each capability; goes on with them after a restart. */
export class Swaps {
  readonly #options: SwapsOptions;
  readonly #running = new Map<string, Running>();
  /** Moves that cannot go on now, of which the log has been told. */
  readonly #halted = new Set<string>();
  #again: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #lastTold = 0;

  constructor(options: SwapsOptions) {
    this.#options = options;
  }

  /** Finds out what a swap would do. */
  async plan(request: { capability: string; to: string; from?: string | undefined; by: string }): Promise<Swap> {
    const { kernel } = this.#options;
    const capability = kernel.capability(request.capability);
    const from = this.#instance(request.from ?? this.#bound(capability.id));
    const to = this.#instance(request.to);
    if (to.capability.id !== capability.id || from.capability.id !== capability.id)
      throw new CapabilityError('INVALID', `"${to.id}" does not provide ${capability.id}.`, { field: 'to' });
    if (from.id === to.id)
      throw new CapabilityError('INVALID', `"${to.id}" serves ${capability.id} already.`, { field: 'to' });
    const plan = await this.#planOf({ capability, from, to });
    const swap = plannedSwap(
      { id: newId(), capability: capability.id, from: from.id, to: to.id, plan, by: request.by },
      Date.now(),
    );
    await this.#keep(swap);
    return swap;
  }

  async #planOf(pair: Pick<Parameters<typeof planSwap>[0], 'capability' | 'from' | 'to'>) {
    const { db, consumers, inHand } = this.#options;
    const { capability, from } = pair;
    if (capability.swap === 'stateful')
      return planSwap({ ...pair, aside: this.#aside(capability) }, new MarkerRecords(db), consumers(capability.id));
    const held = inHand?.(capability.id);
    const count = (await held?.count(from.id)) ?? 0;
    const given = { inHand: count, expectedPauseMs: count === 0 ? 50 : PAUSE_IN_HAND };
    return planStateless(pair, consumers(capability.id), given);
  }

  /**
   * Begins a planned swap, or goes on with one that stopped. Returns at once; it runs in the background.
   * @throws CONFLICT where another one runs or the plan was overtaken, INVALID where a loss was not agreed to.
   */
  apply(id: string, given: { acceptLoss: boolean; by: string }): Promise<Swap> {
    return this.#options.turns.take(() => this.#apply(id, given));
  }

  async #apply(id: string, { acceptLoss, by }: { acceptLoss: boolean; by: string }): Promise<Swap> {
    const swap = await this.get(id);
    const other = (await this.active()).find(
      ({ id: running, capability }) => running !== id && capability === swap.capability,
    );
    if (other)
      throw new CapabilityError(
        'CONFLICT',
        `${swap.capability} is being moved already. Finish or roll back that move first.`,
        { reason: 'MOVE_RUNNING' },
      );
    if (swap.state !== 'planned' && swap.state !== 'stopped')
      throw new CapabilityError('CONFLICT', `This move is ${swap.state}; only a planned or stopped one can begin.`);
    const { kernel } = this.#options;
    if (!kernel.bindings.instancesOf(swap.capability).includes(swap.from))
      throw new CapabilityError(
        'CONFLICT',
        `"${swap.from}" does not serve ${swap.capability} any more. Make a new plan, from the provider that does.`,
        { reason: 'NOT_SERVING' },
      );
    if (swap.plan.needsConsent && !acceptLoss)
      throw new CapabilityError('INVALID', 'Something would be lost or would no longer work. Agree to it to begin.', {
        field: 'acceptLoss',
      });
    await this.#options.audit.add({
      actor: by,
      action: 'swap.applied',
      target: id,
      details: { from: swap.from, to: swap.to },
    });
    this.#run(swap);
    return swap;
  }

  /** Asks a running swap for something; `undefined` takes that back. */
  async ask(id: string, wish: SwapWish | undefined, by: string): Promise<void> {
    const swap = await this.get(id);
    if (
      RESTING_STATES.includes(swap.state) &&
      !(wish === 'rollback' && (swap.state === 'planned' || swap.state === 'stopped'))
    )
      throw new CapabilityError('CONFLICT', `This move is ${swap.state}; there is nothing left to do.`);
    await this.#options.audit.add({ actor: by, action: `swap.${wish ?? 'resumed'}`, target: id });
    const { engine } = this.#running.get(id) ?? this.#run(swap);
    engine.ask(wish);
  }

  async get(id: string): Promise<Swap> {
    const running = this.#running.get(id);
    if (running) return running.engine.swap;
    const row = await this.#options.db
      .selectFrom('valfri.swaps')
      .select('body')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw new CapabilityError('NOT_FOUND', 'There is no such move.', { field: 'id' });
    return row.body as Swap;
  }

  /** The newest first. */
  async list(limit: number): Promise<readonly Swap[]> {
    const rows = await this.#options.db
      .selectFrom('valfri.swaps')
      .select(['id', 'body'])
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ id, body }) => this.#running.get(id)?.engine.swap ?? (body as Swap));
  }

  /** Swaps that are under way. */
  async active(): Promise<readonly Swap[]> {
    const rows = await this.#options.db
      .selectFrom('valfri.swaps')
      .select(['id', 'body'])
      .where('state', 'not in', [...RESTING_STATES])
      .orderBy('id', 'desc')
      .execute();
    const found = rows.map(({ id, body }) => this.#running.get(id)?.engine.swap ?? (body as Swap));
    // What runs was kept as planned a moment ago, and may rest by now.
    for (const [id, { engine }] of this.#running) if (!rows.some((row) => row.id === id)) found.push(engine.swap);
    return found.filter(({ state }) => !RESTING_STATES.includes(state));
  }

  /** Settles when a swap rests. */
  async finished(id: string): Promise<Swap> {
    return this.#running.get(id)?.done ?? this.get(id);
  }

  /**
   * Goes on with what was under way when the host ended, or was halted by a fault of ours. What cannot go on, because
   * a provider of it does not run, is tried again and again: nothing else waits for it.
   */
  async resume(): Promise<void> {
    const { log } = this.#options;
    for (const swap of await this.active()) {
      if (this.#running.has(swap.id)) continue;
      try {
        this.#run(swap);
        this.#halted.delete(swap.id);
        log.info('Going on with a move.', { swap: swap.id, state: swap.state });
      } catch (error) {
        if (!this.#halted.has(swap.id)) log.warn('A move cannot go on now; trying again.', { swap: swap.id, error });
        this.#halted.add(swap.id);
        this.#resumeLater();
      }
    }
  }

  #resumeLater(): void {
    if (this.#stopped) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.resume().catch(() => this.#resumeLater()), AGAIN);
    this.#again.unref();
  }

  /** Ends every run at its next step; each goes on at the next start. */
  async stop(): Promise<void> {
    const { log, patience } = this.#options;
    this.#stopped = true;
    clearTimeout(this.#again);
    const runs = [...this.#running].map(async ([swap, { engine, done }]) => {
      engine.stop();
      if ((await inTime(done, patience)) === LATE)
        log.warn('A move did not stop in time; it was left behind.', { swap });
    });
    await Promise.allSettled(runs);
  }

  /** Whether an instance takes part in a swap that is not over. */
  async involves(instance: string): Promise<boolean> {
    return (await this.active()).some(({ from, to }) => from === instance || to === instance);
  }

  #run(swap: Swap): Running {
    const capability = this.#options.kernel.capability(swap.capability);
    const engine = this.#engineOf(capability, swap);
    const done = engine.run().finally(() => this.#running.delete(swap.id));
    done.catch((error: unknown) => {
      this.#options.log.error('A move was halted by a fault of ours; trying again.', { swap: swap.id, error });
      this.#resumeLater();
    });
    const running = { engine, done };
    this.#running.set(swap.id, running);
    return running;
  }

  #engineOf(capability: CapabilityDefinition, swap: Swap): Running['engine'] {
    if (capability.swap === 'stateful') return new SwapEngine(capability, swap, this.#ports(capability, swap));
    const held = this.#options.inHand?.(capability.id);
    const finish = async ({ id }: Instance, soon: boolean) => held?.finish(id, soon);
    return new StatelessSwap(swap, { ...this.#ports(capability, swap), finish });
  }

  #ports(capability: CapabilityDefinition, { from, to }: Swap): SwapPorts {
    const { db, timing, fence = (instance: Instance) => instance.fence, checkpoint } = this.#options;
    return {
      from: this.#instance(from),
      to: this.#instance(to),
      aside: this.#aside(capability),
      own: new MarkerRecords(db),
      timing: { ...DEFAULT_TIMING, ...timing },
      fence,
      save: (swap) => this.#keep(swap),
      switchBindings: (swap, before, after) => this.#switch(swap, before, after),
      now: Date.now,
      ...(checkpoint ? { checkpoint } : {}),
    };
  }

  async #keep(swap: Swap): Promise<void> {
    await writeSwap(this.#options.db, swap);
    const at = Date.now();
    // Progress is told often enough to look alive, a new state at once.
    if (at - this.#lastTold < 250 && swap.since < this.#lastTold) return;
    this.#lastTold = at;
    await this.#options.outbox.announceOwn([progressEvent(swap)]);
  }

  /** The one transaction by which another provider serves; whoever looks in is told by the same. */
  async #switch(swap: Swap, before: string, after: string): Promise<void> {
    const { db, bindings, kernel, outbox, audit, organisation } = this.#options;
    const work = async (trx: Transaction<HostTables>) => {
      await bindings.move(before, after, trx);
      await this.#options.inHand?.(swap.capability)?.move(before, after, trx);
      await writeSwap(trx, swap);
      const switched = { topic: organisation, type: 'binding.changed', data: { capability: swap.capability } };
      await outbox.announceOwn([switched, progressEvent(swap)], trx);
      const details = { from: before, to: after, pauseMs: swap.pauseMs };
      await audit.add({ actor: swap.by, action: `swap.${swap.state}`, target: swap.id, details }, trx);
    };
    try {
      await db.transaction().execute(work);
    } catch (error) {
      // The answer to the commit may be all that was lost: what stands in the database counts.
      if (!(await this.#stands(swap))) throw error;
    }
    kernel.bind(await this.#answered(() => bindings.all()));
    outbox.wake();
    await audit.noteHead();
  }

  /** Whether the database has a swap as it is here, once nothing else has it in hand. */
  async #stands(swap: Swap): Promise<boolean> {
    const kept = await this.#answered(() =>
      this.#options.db
        .selectFrom('valfri.swaps')
        .select('body')
        .where('id', '=', swap.id)
        .forUpdate()
        .executeTakeFirst(),
    );
    const { state, since } = kept!.body as Swap;
    return state === swap.state && since === swap.since;
  }

  /** Asks the database until it answers. Meanwhile the fence stays closed: who serves is not known. */
  async #answered<R>(ask: () => Promise<R>): Promise<R> {
    for (let told = false; ; told = true) {
      try {
        return await ask();
      } catch (error) {
        if (this.#stopped) throw error;
        if (!told) this.#options.log.warn('Whether a move has switched cannot be read; asking again.', { error });
        await delay(ASK_AGAIN);
      }
    }
  }

  #aside(capability: CapabilityDefinition): AsideStore {
    const { db, asideDirectory } = this.#options;
    return new PostgresAsideStore(db, capability, new FileContentStore(join(asideDirectory, capability.id)));
  }

  #bound(capability: string): string {
    const binding = this.#options.kernel.bindings.resolve(capability, {});
    if (!binding) throw new CapabilityError('NOT_FOUND', `Nothing serves ${capability}.`, { field: 'capability' });
    return binding.instance;
  }

  #instance(id: string): Instance {
    const found = this.#options.kernel.instances.get(id);
    if (!found) throw new CapabilityError('NOT_FOUND', `"${id}" does not run. Look at the providers.`, { field: 'to' });
    return found;
  }
}

function progressEvent({ id, state, capability }: Swap): { topic: string; type: string; data: object } {
  return { topic: OPERATORS_TOPIC, type: 'swap.progressed', data: { swap: id, state, capability } };
}

async function writeSwap(db: Kysely<HostTables>, swap: Swap): Promise<void> {
  const body = JSON.stringify(swap);
  const { id, capability, state } = swap;
  await db
    .insertInto('valfri.swaps')
    .values({ id, capability, state, body, updated_at: Date.now() })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, body, updated_at: Date.now() }))
    .execute();
}

import assert from 'node:assert/strict';
import {
  type Binding,
  CapabilityError,
  DEFAULT_TIMING,
  type FenceControl,
  type Instance,
  Kernel,
  newId,
  planSwap,
  plannedSwap,
  type Swap,
  SwapEngine,
  SWITCHED_STATES,
  type SwapPorts,
  typesOwnedBy,
} from '@valfri/core';
import { describe, expect, test } from 'vitest';
import { chat } from '../capabilities/chat.ts';
import { until } from '../conformance/suite.ts';
import { MemoryChat } from '../server/memory-chat.ts';
import { MemoryRecords } from './memory-records.ts';

type Feature = keyof typeof chat.features;

/** Two providers in memory, a kernel, and what a host keeps: enough to swap one for the other. */
class Bench {
  readonly kernel = new Kernel([chat]);
  readonly aside = new MemoryRecords();
  readonly own = new MemoryRecords();
  readonly organisation = newId();
  readonly saved: Swap[] = [];
  fence: (instance: Instance) => FenceControl = ({ fence }) => fence;
  checkpoint: SwapPorts['checkpoint'] = () => undefined;
  fault: () => void = () => undefined;

  constructor(without: { readonly a?: readonly Feature[]; readonly b?: readonly Feature[] } = {}) {
    for (const id of ['a', 'b'] as const) {
      const { provider } = new MemoryChat({ without: without[id] ?? [] });
      this.kernel.instances.add({ id, plugin: 'memory', capability: chat, provider });
    }
    this.#bind('a', 1);
  }

  #bind(instance: string, generation: number): void {
    const binding: Binding = { capability: 'chat', scope: { kind: 'default' }, instance, generation };
    this.kernel.bind([binding]);
  }

  instance(id: string): Instance {
    return this.kernel.instances.get(id)!;
  }

  as(person: string) {
    return this.kernel.handle(chat, { person, organisation: this.organisation });
  }

  ports(from = 'a', to = 'b', timing: Partial<SwapPorts['timing']> = {}): SwapPorts {
    return {
      from: this.instance(from),
      to: this.instance(to),
      aside: this.aside,
      own: this.own,
      timing: { ...DEFAULT_TIMING, observe: 0, followInterval: 5, ...timing },
      fence: (instance) => this.fence(instance),
      save: async (swap) => void this.saved.push(swap),
      switchBindings: async (swap, _, target) => {
        this.saved.push(swap);
        this.#bind(target, this.kernel.bindings.all[0]!.generation + 1);
      },
      now: Date.now,
      checkpoint: (name) => this.checkpoint?.(name),
    };
  }

  async plan(from = 'a', to = 'b'): Promise<Swap> {
    const pair = { capability: chat, from: this.instance(from), to: this.instance(to), aside: this.aside };
    const plan = await planSwap(pair, this.own, [{ plugin: 'polls', features: ['reactions'] }]);
    return plannedSwap({ id: newId(), capability: 'chat', from, to, plan, by: newId() }, Date.now());
  }

  serving(): string {
    return this.kernel.bindings.resolve('chat', {})!.instance;
  }

  async digests(id: string): Promise<Record<string, unknown>> {
    const { portability, features } = this.instance(id).provider;
    const types = typesOwnedBy(chat, 'provider', features);
    return Object.fromEntries(await Promise.all(types.map(async (type) => [type, await portability!.digest(type)])));
  }

  async fill(messages: number) {
    const [ann, bo] = [newId(), newId()];
    const room = newId();
    await this.as(ann).createRoom({ id: room, kind: 'group', name: 'Rum', people: [bo] });
    const ids: string[] = [];
    for (let i = 0; i < messages; i++) {
      const id = newId();
      await this.as(i % 2 ? ann : bo).sendMessage({ id, room, text: `Nummer ${i}` });
      if (i % 3 === 0 && 'reactions' in this.instance(this.serving()).provider.features)
        await this.as(ann).react({ room, message: id, emoji: '👍', on: true });
      ids.push(id);
    }
    return { room, ann, bo, ids };
  }
}

describe('the swap engine', () => {
  test('moves everything and switches, while people write', async () => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(300);
    let writing = true;
    const written: string[] = [];
    const writer = (async () => {
      while (writing) {
        const id = newId();
        await bench.as(ann).sendMessage({ id, room, text: 'Under flytten' });
        written.push(id);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const swap = await new SwapEngine(chat, await bench.plan(), bench.ports('a', 'b', { observe: 100 })).run();
    writing = false;
    await writer;
    expect(swap.state).toBe('retired');
    expect(bench.serving()).toBe('b');
    const kept = await bench.instance('b').provider.portability!.read('message', written);
    expect(kept.length).toBe(written.length);
    expect(swap.history.map(({ state }) => state)).toEqual([
      'planned',
      'preparing',
      'copying',
      'catchingUp',
      'fenced',
      'verifying',
      'switched',
      'observing',
      'retired',
    ]);
    expect(swap.verification!.every(({ equal }) => equal)).toBe(true);
  });

  test('without the fence it loses what is written in between', async () => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(20);
    bench.fence = () => ({ close: async () => true, open: () => undefined });
    const late = newId();
    const ports = bench.ports();
    const engine = new SwapEngine(chat, await bench.plan(), {
      ...ports,
      switchBindings: async (...given) => {
        await bench.as(ann).sendMessage({ id: late, room, text: 'Zu spät' });
        await ports.switchBindings(...given);
      },
    });
    await engine.run();
    expect(bench.serving()).toBe('b');
    expect(await bench.instance('b').provider.portability!.read('message', [late])).toEqual([]);
  });

  test.each([
    'preparing',
    'copying',
    'copying.page',
    'catchingUp',
    'catchingUp.page',
    'fenced',
    'fenced.page',
    'verifying',
    'switched',
    'observing',
  ])('goes on after a crash at %s', async (where) => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(50);
    let dead = false;
    const crashed = new Promise<Swap>((resolve) => {
      bench.checkpoint = (name) => {
        if (name !== where || dead) return;
        dead = true;
        resolve(bench.saved.at(-1)!);
      };
    });
    // A process that died does nothing more: whatever it was about to keep is never kept.
    const unlessDead =
      <A extends unknown[]>(work: (...given: A) => Promise<void>) =>
      (...given: A) =>
        dead ? new Promise<void>(() => undefined) : work(...given);
    const ports = bench.ports('a', 'b', { observe: 60_000 });
    const { save, switchBindings } = ports;
    void new SwapEngine(chat, await bench.plan(), {
      ...ports,
      save: unlessDead(save),
      switchBindings: unlessDead(switchBindings),
    }).run();
    const last = await crashed;
    bench.instance('a').fence.open();
    await bench.as(ann).sendMessage({ id: newId(), room, text: 'Efter kraschen' });
    const again = new SwapEngine(chat, last, bench.ports());
    again.ask(SWITCHED_STATES.includes(last.state) ? 'retire' : undefined);
    const swap = await again.run();
    expect(swap.state).toBe('retired');
    expect(bench.serving()).toBe('b');
    expect((await bench.as(ann).getRoom({ room })).room.lastSeq).toBe(51);
  });

  test('rolls back before the switch at once, and after it with what was written since', async () => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(30);
    const early = new SwapEngine(chat, await bench.plan(), bench.ports());
    early.ask('rollback');
    expect((await early.run()).state).toBe('rolledBack');
    expect(bench.serving()).toBe('a');
    const engine = new SwapEngine(chat, await bench.plan(), bench.ports('a', 'b', { observe: 60_000 }));
    const run = engine.run();
    await until('the new one serves', async () => engine.swap.state === 'observing');
    const late = newId();
    await bench.as(ann).sendMessage({ id: late, room, text: 'På den nya' });
    engine.ask('rollback');
    expect((await run).state).toBe('rolledBack');
    expect(bench.serving()).toBe('a');
    expect((await bench.instance('a').provider.portability!.read('message', [late])).length).toBe(1);
    expect(await bench.digests('a')).toEqual(await bench.digests('b'));
  });

  test('keeps aside what the new provider cannot hold, and hands it back to the next that can', async () => {
    const bench = new Bench({ b: ['reactions', 'edit'] });
    const { room, ann, ids } = await bench.fill(30);
    await bench.as(ann).editMessage({ room, message: ids[1]!, text: 'Ändrat' });
    const before = await bench.digests('a');
    const there = await bench.plan();
    assert.deepEqual(
      there.plan.features.filter(({ change }) => change === 'lost').map(({ name }) => name),
      ['edit', 'reactions'],
    );
    assert.deepEqual(
      there.plan.records.filter(({ fate }) => fate === 'aside').map(({ type, count }) => [type, count]),
      [
        ['edit', 1],
        ['reaction', 10],
      ],
    );
    assert.deepEqual(
      [there.plan.consumers, there.plan.needsConsent],
      [[{ plugin: 'polls', feature: 'reactions' }], true],
    );
    await new SwapEngine(chat, there, bench.ports()).run();
    expect(bench.serving()).toBe('b');
    await bench.instance('a').provider.portability!.purge();
    const back = await new SwapEngine(chat, await bench.plan('b', 'a'), bench.ports('b', 'a')).run();
    expect(back.state).toBe('retired');
    expect(await bench.digests('a')).toEqual(before);
  });

  test('stops before the fence where writes come faster than they can be carried', async () => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(5);
    const target = bench.instance('b').provider.portability!;
    const { ingest } = target;
    let n = 0;
    target.ingest = async (records, options) => {
      for (let i = 0; i < records.length + 1; i++)
        await bench.as(ann).sendMessage({ id: newId(), room, text: String(n++) });
      await new Promise((resolve) => setTimeout(resolve, 4));
      return ingest(records, options);
    };
    const ports = bench.ports('a', 'b', { roundBudget: 0.1, longestRound: 0.1 });
    const swap = await new SwapEngine(chat, await bench.plan(), ports).run();
    expect([swap.state, swap.failure?.code]).toEqual(['stopped', 'CANNOT_CATCH_UP']);
    expect(swap.history.some(({ state }) => state === 'fenced')).toBe(false);
    expect(bench.serving()).toBe('a');
  });

  test('does not switch to a provider that lost something, and says what', async () => {
    const bench = new Bench();
    await bench.fill(400);
    const target = bench.instance('b').provider.portability!;
    const { ingest } = target;
    target.ingest = (records, options) =>
      ingest(
        records.filter(({ type }, i) => type !== 'reaction' || i % 50 > 0),
        options,
      );
    const swap = await new SwapEngine(chat, await bench.plan(), bench.ports()).run();
    expect([swap.state, swap.failure?.code]).toEqual(['stopped', 'VERIFY_MISMATCH']);
    expect(bench.serving()).toBe('a');
    expect(bench.instance('a').fence.closed).toBe(false);
    target.ingest = ingest;
    const again = await new SwapEngine(chat, swap, bench.ports()).run();
    expect(again.state).toBe('retired');
  });

  test('where both count the same, it says that the digests differ, both of them, and what that means', async () => {
    const bench = new Bench();
    await bench.fill(5);
    const target = bench.instance('b').provider.portability!;
    const { digest } = target;
    target.digest = async (type) =>
      type === 'message' ? { ...(await digest(type)), sum: '00000000000000ff' } : digest(type);
    const { failure } = await new SwapEngine(chat, await bench.plan(), bench.ports()).run();
    expect(failure).toMatchObject({
      code: 'VERIFY_MISMATCH',
      message: expect.stringMatching(
        /: message: 5 before and after, but their digests differ: [0-9a-f]{16} before, 00000000000000ff after\. Either .* canonicalText\(\).*valfri swap status/,
      ),
    });
  });

  test('waits for a provider that does not answer, and goes on by itself', async () => {
    const bench = new Bench();
    await bench.fill(10);
    const target = bench.instance('b').provider.portability!;
    const { ingest } = target;
    let failures = 2;
    target.ingest = (records, options) => {
      if (options?.dryRun || failures-- <= 0) return ingest(records, options);
      throw new CapabilityError('UNAVAILABLE', 'down');
    };
    const swap = await new SwapEngine(chat, await bench.plan(), bench.ports()).run();
    expect(swap.state).toBe('retired');
  });

  test('lets writes go where one under way does not end, and tries again', async () => {
    const bench = new Bench();
    const { room, ann } = await bench.fill(5);
    const { operations } = bench.instance('a').provider as unknown as {
      operations: { sendMessage: (...given: never[]) => Promise<unknown> };
    };
    const real = operations.sendMessage;
    let release = () => undefined as void;
    operations.sendMessage = async (...given) => {
      await new Promise<void>((resolve) => (release = resolve));
      operations.sendMessage = real;
      return real(...given);
    };
    const hanging = bench.as(ann).sendMessage({ id: newId(), room, text: 'Hänger' });
    const engine = new SwapEngine(chat, await bench.plan(), bench.ports('a', 'b', { fenceTimeout: 40 }));
    const run = engine.run();
    await until(
      'the fence was tried',
      async () => engine.swap.history.filter(({ state }) => state === 'fenced').length > 1,
    );
    release();
    await hanging;
    expect((await run).state).toBe('retired');
    expect((await bench.as(ann).getRoom({ room })).room.lastSeq).toBe(6);
  });
});

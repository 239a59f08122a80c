import { type Call, Kernel, newId } from '@valfri/core';
import { chat } from '@valfri/sdk';
import { MemoryChat } from '@valfri/sdk/server';
import { percentile, print, rounded } from './lib/report.ts';

const WARM_UP = 50_000;
const CALLS = 200_000;
const BATCH = 100;

// What a handle adds to a call: looking up who serves, the fence, the checks, the deadline.
const { provider } = new MemoryChat();
const kernel = new Kernel([chat]);
kernel.instances.add({ id: 'memory', plugin: 'memory', capability: chat, provider });
kernel.bind([{ capability: 'chat', scope: { kind: 'default' }, instance: 'memory', generation: 1 }]);
const [person, organisation, room, message] = [newId(), newId(), newId(), newId()];
const caller: Call = { person, organisation, groups: [], signal: new AbortController().signal };
const handle = kernel.handle(chat, { person, organisation });
await handle.createRoom({ id: room, kind: 'group', name: 'Rum' });
await handle.sendMessage({ id: message, room, text: 'Hej' });

const read = { room };
const write = { room, message, emoji: '👍', on: true };
const direct = provider.operations;
const pairs = {
  read: [() => direct.getRoom(read, caller), () => handle.getRoom(read)],
  write: [() => direct.react!(write, caller), () => handle.react(write)],
} as const;

const figures: Record<string, number> = {};
for (const [name, [bare, through]] of Object.entries(pairs)) {
  await times(bare, WARM_UP);
  await times(through, WARM_UP);
  // In turns, so that whatever else the machine does hits both.
  const [a, b]: [number[], number[]] = [[], []];
  for (let done = 0; done < CALLS; done += BATCH) {
    a.push(...(await times(bare, BATCH)));
    b.push(...(await times(through, BATCH)));
  }
  figures[`${name}DirectUsP50`] = rounded(percentile(a, 0.5));
  figures[`${name}HandleUsP50`] = rounded(percentile(b, 0.5));
  figures[`${name}OverUsP50`] = rounded(percentile(b, 0.5) - percentile(a, 0.5));
  figures[`${name}OverUsP99`] = rounded(percentile(b, 0.99) - percentile(a, 0.99));
}
print('handle', {
  calls: CALLS,
  ...figures,
  overUsP50: Math.max(figures['readOverUsP50']!, figures['writeOverUsP50']!),
});

/** Microseconds of each call. */
async function times(call: () => Promise<unknown>, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = process.hrtime.bigint();
    await call();
    taken.push(Number(process.hrtime.bigint() - began) / 1_000);
  }
  return taken;
}

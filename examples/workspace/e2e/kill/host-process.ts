import { readConfig, startHost } from '@valfri/server';
import { workspace } from '../../src/workspace.ts';
import type { KillOrder } from './killable-host.ts';

// A host in a process of its own, which ends as in a power cut where it is told to.
let order: KillOrder | undefined;
let passed = 0;
process.on('message', (message) => {
  order = message as KillOrder;
  passed = 0;
  process.send!('understood');
});

function checkpoint(name: string): void {
  if (order?.at !== name || ++passed !== order.count) return;
  if (order.afterMs === 0) process.kill(process.pid, 'SIGKILL');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), order.afterMs);
}

const [data, databaseUrl, port, timing = '{}'] = process.argv.slice(2);
const config = readConfig({ data, databaseUrl, port, log: 'stdout' }, {});
const { firstLink } = await startHost({ workspace, config, swaps: { checkpoint, timing: JSON.parse(timing) } });
process.send!({ firstLink });
process.once('disconnect', () => process.exit(1));

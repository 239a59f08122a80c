import type { office, PluginContext, Provider, RunningPlugin } from '@valfri/sdk';
import { EventEmitter, once } from 'node:events';
import { Discovery } from './discovery/discovery.ts';
import { KeyedLock } from './keyed-lock.ts';
import { createOperations } from './operations.ts';
import { Pages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { WopiTables } from './tables.ts';
import { Tokens } from './tokens.ts';
import { createInbound } from './wopi/inbound.ts';

/** Puts an instance to work. It starts without the WOPI client too, with the formats that it had last. */
export async function start(context: PluginContext<Settings>): Promise<RunningPlugin> {
  const { settings, people, log, fetch } = context;
  const files = context.openFiles!;
  const db = context.database.kysely<WopiTables>();
  const discovery = new Discovery({ clientUrl: settings.clientUrl, fetch, db });
  const tokens = new Tokens(db, files);
  const pages = new Pages({ db, files });
  const unlocks = new EventEmitter();
  const wopiSrc = addressing(context);
  const common = { db, files, tokens, discovery, wopiSrc };
  const provider: Provider<typeof office> = {
    features: settings.commenting ? { comment: {} } : {},
    operations: createOperations({ ...common, settings, pages, untilUnlocked: waiting(unlocks) }),
    health: () => discovery.health(),
  };
  const inbound = createInbound({
    ...{ ...common, people, log, proof: settings.proof, turns: new KeyedLock() },
    unlocked: (file) => void unlocks.emit(file),
  });
  void discovery.current().catch(() => undefined);
  return { providers: { office: provider }, inbound, connect: (channel) => pages.connect(channel) };
}

/** By which addresses the WOPI client knows files. */
function addressing({ inboundUrl, settings: { hostUrl } }: PluginContext<Settings>): (file: string) => string {
  const base = hostUrl ? new URL(new URL(inboundUrl).pathname, hostUrl).href : inboundUrl;
  return (file) => `${base.replace(/\/$/, '')}/wopi/files/${file}`;
}

function waiting(unlocks: EventEmitter): (file: string, patience: number) => Promise<void> {
  return async (file, patience) => {
    await once(unlocks, file, { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
  };
}

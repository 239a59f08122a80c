import { type chat, type Health, type PluginContext, type Provider, type RunningPlugin } from '@valfri/sdk';
import { ChatStore } from '@valfri/sdk/server';
import { Accounts } from './matrix/accounts.ts';
import { Attention } from './attention.ts';
import { Carrier } from './carry/carrier.ts';
import { CatchUp } from './mirror/catch-up.ts';
import { Delivery } from './carry/delivery.ts';
import { Echoes } from './mirror/echoes.ts';
import { OWN, STAMP, type Stamp } from './matrix/event.ts';
import { freeze } from './freeze.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { createInbound } from './mirror/inbound.ts';
import { Mirror } from './mirror/mirror.ts';
import { createWrites } from './operations.ts';
import { createAsk } from './page.ts';
import { createPortability } from './portability.ts';
import { abandonRooms } from './purge.ts';
import { ReadBack } from './mirror/read-back.ts';
import type { Settings } from './settings.ts';
import type { MatrixTables } from './tables.ts';

const DEFAULTS = { registration: 'valfri', prefix: 'valfri_' };

/** Puts an instance to work. It starts without the homeserver too, and reads then; what it missed comes later. */
export function start(context: PluginContext<Settings>): RunningPlugin {
  const settings = { ...DEFAULTS, ...context.settings };
  const parts = assemble(context, settings);
  const { store, delivery, attention, homeserver, mirror, catchUp, hsToken } = parts;
  const stopped = new AbortController();
  void homeserver.ping(stopped.signal).catch(() => undefined);
  const provider: Provider<typeof chat> = {
    features: FEATURES,
    operations: {
      ...store.reads,
      ...createWrites(store, delivery),
      setTyping: (input, call) => attention.setTyping(input, call),
      setReadMarker: (input, call) => attention.setReadMarker(input, call),
    },
    portability: createPortability({
      ...parts,
      freeze: (frozen) => freeze(parts, frozen),
      abandonRooms: () => abandonRooms(parts),
    }),
    health: () => healthOf(store, homeserver),
  };
  const stop = () => {
    stopped.abort();
    return mirror.idle();
  };
  const inbound = createInbound({ hsToken, homeserver, mirror, catchUp, attention, log: context.log });
  const ask = createAsk({ settings, inboundUrl: context.inboundUrl, homeserver });
  return { providers: { chat: provider }, inbound, ask, stop };
}

const FEATURES = {
  ...{ edit: {}, delete: {}, replies: {}, threads: {}, reactions: {}, typing: {}, search: {}, readMarkers: {} },
};

function assemble(context: PluginContext<Settings>, settings: Settings) {
  const { database, events, people, instance, log } = context;
  const db = database.kysely<MatrixTables>();
  const store = new ChatStore({ db: database.kysely(), onCommitted: () => events.committed() });
  const homeserver = new Homeserver(settings, context.fetch, () => void catchUpAll());
  const accounts = new Accounts(people, settings, db);
  const trust = { instance, bot: homeserver.bot, isOurs: homeserver.isOurs };
  const echoes = new Echoes();
  const writeDown = (room: string, stamp: Stamp) =>
    homeserver.send({ room, type: OWN.trace, transaction: `trace-${stamp.of}`, content: { [STAMP]: stamp } });
  const mirror = new Mirror({ db, store, accounts, trust, echoes, log, writeDown });
  const carrier = new Carrier({ db, homeserver, accounts, instance });
  const catchUp = new CatchUp({ homeserver, mirror });
  const catchUpAll = () =>
    catchUp
      .everything()
      .catch((error: Error) => log.warn('What the homeserver still owes could not be read.', { error: error.message }));
  const delivery = new Delivery({ carrier, homeserver, mirror, echoes, catchUp });
  const attention = new Attention({ db, store, homeserver, accounts, events });
  const readBack = new ReadBack({ homeserver, accounts, trust, mirror });
  return { db, store, homeserver, accounts, mirror, catchUp, delivery, attention, readBack, hsToken: settings.hsToken };
}

/** Well where the database answers and the homeserver reaches us; asking also brings what it still holds for us. */
async function healthOf(store: ChatStore, homeserver: Homeserver): Promise<Health> {
  const own = await store.health();
  if (!own.ok) return own;
  try {
    await homeserver.ping();
    return { ok: true };
  } catch (error) {
    const { message, cause } = error as Error;
    return { ok: false, message: `${message} ${cause instanceof Error ? cause.message : ''}`.trim() };
  }
}

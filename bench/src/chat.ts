import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { startEjabberd } from '../../scripts/peers/ejabberd.ts';
import { type ConnectOrder, type Deliveries, MARK, now } from './lib/fan-out/protocol.ts';
import { joinRoom, sayIn } from './lib/fan-out/xmpp.ts';
import { type Figures, print, rounded, say } from './lib/report.ts';

const SIZES = (process.env['SIZES'] ?? '100,1000,5000').split(',').map(Number);
/** Deliveries of each run: enough that a tick of the clock is nothing, however many listen. */
const DELIVERIES = 300_000;
/** Messages before the clock starts: a server that has been up for a while is what is measured, each of them. */
const WARM_UP = 100;
/** Deliveries a second: far from what any of them could do, so that it is their cost and not their limit. */
const PER_SECOND = 10_000;

/** A server under measurement. */
interface Subject extends AsyncDisposable {
  readonly connect: ConnectOrder;
  /** Sends one message to the room. */
  send(): unknown;
  /** Processor time so far, in microseconds. */
  cpu(): Promise<number>;
}

const subjects: Record<string, (people: number) => Promise<Subject>> = {
  bareSockets: (people) => ownServer('bare-server', people),
  valfri: (people) => ownServer('valfri-server', people),
  ejabberd,
};

const runs: Figures[] = [];
for (const people of SIZES) runs.push(await compare(people));
print('chat', { runs });

async function compare(people: number): Promise<Figures> {
  const measured: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const [name, start] of Object.entries(subjects)) {
    say(`${name}: one room, ${people} people …`);
    await using subject = await start(people);
    const figures = await measure(subject, people);
    say(`  ${figures.cpuPerDeliveryUs} µs of processor time a delivery`);
    measured[name] = figures;
  }
  const { bareSockets, valfri, ejabberd: peer } = measured;
  return {
    people,
    ...measured,
    cpuPerDeliveryUs: valfri!.cpuPerDeliveryUs,
    ratioToBareSockets: rounded(valfri!.cpuPerDeliveryUs / bareSockets!.cpuPerDeliveryUs),
    ratioToEjabberd: rounded(valfri!.cpuPerDeliveryUs / peer!.cpuPerDeliveryUs),
  };
}

async function measure(subject: Subject, people: number) {
  const listeners = fork(new URL('lib/fan-out/listeners.ts', import.meta.url).pathname);
  const connected = once(listeners, 'message');
  listeners.send(subject.connect);
  const [answer] = (await connected) as [string | { failed: string }];
  if (answer !== 'connected') throw new Error(`the listeners did not connect: ${JSON.stringify(answer)}`);
  const messages = Math.max(10, Math.round(DELIVERIES / people));
  await send(subject, listeners, { people, messages: WARM_UP });
  const before = await subject.cpu();
  const { p50, p99 } = await send(subject, listeners, { people, messages });
  const cpu = (await subject.cpu()) - before;
  listeners.disconnect();
  return {
    messages,
    cpuPerDeliveryUs: rounded(cpu / (messages * people)),
    deliveryMsP50: rounded(p50),
    deliveryMsP99: rounded(p99),
  };
}

/** Sends at a steady rate, and settles when everybody has everything. */
async function send(
  subject: Subject,
  listeners: ChildProcess,
  { people, messages }: { people: number; messages: number },
): Promise<Deliveries> {
  const expecting = once(listeners, 'message');
  listeners.send({ deliveries: messages * people });
  await expecting;
  const all = once(listeners, 'message');
  for (let i = 0; i < messages; i++) {
    subject.send();
    await new Promise((resolve) => setTimeout(resolve, (1_000 * people) / PER_SECOND));
  }
  return ((await all) as [Deliveries])[0];
}

/** A server of ours in a process of its own: it says where it is, sends when told to, and what it has used. */
async function ownServer(name: string, people: number): Promise<Subject> {
  const child = fork(new URL(`lib/fan-out/${name}.ts`, import.meta.url).pathname, [String(people)]);
  const [{ url, cookies }] = (await Promise.race([once(child, 'message'), ended(child, name)])) as [ConnectOrder];
  return {
    connect: { kind: 'websocket', url, cookies },
    send: () => child.send('send'),
    async cpu() {
      const answered = once(child, 'message');
      child.send('cpu');
      const [{ user, system }] = (await answered) as [NodeJS.CpuUsage];
      return user + system;
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function ended(child: ChildProcess, name: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number];
  throw new Error(`${name} ended with ${code}`);
}

async function ejabberd(people: number): Promise<Subject> {
  const server = await startEjabberd();
  const room = `alla@${server.rooms}`;
  const sender = await joinRoom(server.url, room, 'sender');
  sender.resume();
  const cookies = Array.from({ length: people }, () => room);
  return {
    connect: { kind: 'xmpp', url: server.url, cookies },
    send: () => sayIn(sender, room, `Ett meddelande som alla i rummet får läsa ${MARK}${now().toFixed(3)}|`),
    cpu: async () => server.cpu(),
    async [Symbol.asyncDispose]() {
      sender.destroy();
      await server.stop();
    },
  };
}

import { WebSocket } from 'ws';
import { percentile } from '../report.ts';
import { type ConnectOrder, type ExpectOrder, MARK, now } from './protocol.ts';
import { joinRoom } from './xmpp.ts';

// Many people who are connected and only listen, in one process; whom they listen to is told by the parent.
const AT_ONCE = 50;
let latencies: number[] = [];
let wanted = Infinity;

process.on('message', (message: ConnectOrder | ExpectOrder) => {
  if ('deliveries' in message) {
    latencies = [];
    wanted = message.deliveries;
    return process.send!('expecting');
  }
  return connectAll(message).then(
    () => process.send!('connected'),
    (error: unknown) => process.send!({ failed: String(error) }),
  );
});
process.once('disconnect', () => process.exit());

async function connectAll({ kind, url, cookies }: ConnectOrder): Promise<void> {
  const open = kind === 'xmpp' ? enter : subscribe;
  for (let i = 0; i < cookies.length; i += AT_ONCE)
    await Promise.all(cookies.slice(i, i + AT_ONCE).map((cookie, j) => open(url, cookie, i + j)));
}

/** Notes each mark once: it is followed by the time and one more letter. */
function received(data: Buffer): void {
  const arrived = now();
  for (let at = data.indexOf(MARK); at >= 0; at = data.indexOf(MARK, at + 1)) {
    latencies.push(arrived - Number(data.toString('latin1', at + MARK.length, at + MARK.length + 17)));
    if (latencies.length === wanted) {
      wanted = Infinity;
      process.send!({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) });
    }
  }
}

function subscribe(url: string, cookie: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { origin } = new URL(url.replace('ws', 'http'));
    const socket = new WebSocket(url, {
      headers: { cookie, origin },
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    socket.once('open', () =>
      socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.events', input: {} } })),
    );
    socket.on('message', (data: Buffer) => {
      if (data.includes('live.ready')) resolve();
      received(data);
    });
  });
}

async function enter(url: string, room: string, number: number): Promise<void> {
  (await joinRoom(url, room, `n${number}`)).on('data', received);
}

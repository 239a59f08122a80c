import { WebSocketServer } from 'ws';
import type { Socket } from 'node:net';
import { MARK, now } from './protocol.ts';

// The raw limit: one frame made once and written to every socket, with nothing behind it.
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
const sockets: Socket[] = [];
server.on('connection', (webSocket) => {
  webSocket.send('{"type":"live.ready"}');
  sockets.push((webSocket as unknown as { _socket: Socket })._socket);
});
process.on('message', (message) => {
  if (message === 'cpu') return process.send!(process.cpuUsage());
  const frame = textFrame(body());
  for (const socket of sockets) socket.write(frame);
  return true;
});
process.once('disconnect', () => process.exit());
server.once('listening', () => {
  const { port } = server.address() as { port: number };
  process.send!({
    url: `ws://127.0.0.1:${port}/`,
    cookies: Array.from({ length: Number(process.argv[2]) }, () => 'none'),
  });
});

/** As long as what the host sends for a message. */
function body(): Buffer {
  const text = `Ett meddelande som alla i rummet får läsa ${MARK}${now().toFixed(3)}|`;
  return Buffer.from(JSON.stringify({ id: 1, result: { type: 'data', data: { text, filler: '·'.repeat(320) } } }));
}

/** A whole text frame of a server (RFC 6455, section 5.2) between 126 bytes and 64 kB. */
function textFrame(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x81, 126, data.length >> 8, data.length & 0xff]), data]);
}

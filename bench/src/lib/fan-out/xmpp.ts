import { connect, type Socket } from 'node:net';

const STREAM =
  "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

/** As little of XMPP as gets an anonymous client into a room (RFC 6120, RFC 4505, XEP-0045). */
export function joinRoom(url: string, room: string, nickname: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const presence = `<presence to='${room}/${nickname}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`;
  /** What is waited for, and what is answered. */
  const steps: [string, string][] = [
    ['</stream:features>', "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"],
    ['<success', STREAM],
    ['</stream:features>', "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"],
    ["type='result'", presence],
    ['<subject', ''],
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(STREAM));
    socket.setNoDelay(true);
    socket.once('error', reject);
    let text = '';
    socket.on('data', function next(data: Buffer) {
      text += String(data);
      for (let at = text.indexOf(steps[0]![0]); at >= 0; at = text.indexOf(steps[0]![0])) {
        const [waited, answer] = steps.shift()!;
        text = text.slice(at + waited.length);
        if (steps.length === 0) {
          socket.off('data', next);
          return resolve(socket);
        }
        socket.write(answer);
      }
    });
  });
}

/** Writes one message to a room. */
export function sayIn(socket: Socket, room: string, text: string): void {
  socket.write(`<message to='${room}' type='groupchat'><body>${text}</body></message>`);
}

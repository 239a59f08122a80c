import { rejection } from '@valfri/sdk/conformance';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Homeserver } from './homeserver.ts';

/** A homeserver that answers each send with what it is told to. */
async function aServer(answer: { status: number; body: string } | 'hang up') {
  const server = createServer((request, response) => {
    const isSend = request.url!.includes('/send/');
    if (isSend && answer === 'hang up') return void request.socket.destroy();
    const { status, body } = isSend && answer !== 'hang up' ? answer : { status: 200, body: '{}' };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = {
    ...{ homeserverUrl: `http://127.0.0.1:${port}`, serverName: 'a.test', asToken: 'a', hsToken: 'h' },
    ...{ registration: 'valfri', prefix: 'valfri_' },
  };
  const homeserver = new Homeserver(settings, (url, init) => fetch(url, init));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { homeserver, close, [Symbol.asyncDispose]: close };
}

const send = (homeserver: Homeserver) =>
  homeserver.send({ room: '!r', type: 'm.room.message', transaction: 't', content: {} });

const matrixError = (status: number, errcode: string) => ({ status, body: JSON.stringify({ errcode, error: 'x' }) });

describe('answers of a homeserver', () => {
  test.each([
    ['a gateway’s page', { status: 502, body: '<html>Bad gateway</html>' }, 'UNAVAILABLE'],
    ['a fault of its own', matrixError(500, 'M_UNKNOWN'), 'UNAVAILABLE'],
    ['success without an event', { status: 200, body: '{}' }, 'UNAVAILABLE'],
    ['success that is no object', { status: 200, body: '"ok"' }, 'UNAVAILABLE'],
    ['success cut short', { status: 200, body: '{"event_id":' }, 'UNAVAILABLE'],
    ['a redirect', { status: 302, body: '' }, 'UNAVAILABLE'],
    ['a token it does not know', matrixError(401, 'M_UNKNOWN_TOKEN'), 'UNAVAILABLE'],
    ['no permission', matrixError(403, 'M_FORBIDDEN'), 'DENIED'],
    ['nothing there', matrixError(404, 'M_NOT_FOUND'), 'NOT_FOUND'],
    ['too much at once', matrixError(413, 'M_TOO_LARGE'), 'INVALID'],
    ['too much in a while', matrixError(429, 'M_LIMIT_EXCEEDED'), 'QUOTA'],
    ['too much, by a proxy', { status: 429, body: 'slow down' }, 'QUOTA'],
    ['a connection that breaks off', 'hang up', 'UNAVAILABLE'],
  ] as const)('%s is %s of the error table', async (_, answer, code) => {
    await using server = await aServer(answer);
    const error = await rejection(send(server.homeserver));
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/M_|html|127/);
  });

  test('nobody there is UNAVAILABLE, at once', async () => {
    const server = await aServer({ status: 200, body: '{}' });
    await server.close();
    expect((await rejection(send(server.homeserver))).code).toBe('UNAVAILABLE');
  });

  test('a caller who no longer waits is TIMEOUT', async () => {
    await using server = await aServer({ status: 200, body: '{"event_id":"$e"}' });
    const signal = AbortSignal.abort();
    const given = { room: '!r', type: 'm.room.message', transaction: 't', content: {}, signal };
    expect((await rejection(server.homeserver.send(given))).code).toBe('TIMEOUT');
    expect(await send(server.homeserver)).toBe('$e');
  });
});

import type { Registration } from '../../plugins/chat-matrix/src/server/matrix/registration.ts';

/** What to measure. */
export interface BareRateOptions {
  /** Client-server API of the homeserver. */
  readonly url: string;
  readonly serverName: string;
  readonly registration: Registration;
  /** Rooms that are written to at once, one message after another in each. */
  readonly rooms: number;
  /** Messages in all. */
  readonly messages: number;
}

/**
 * Messages a second that a homeserver takes from bare requests of an application service, which do nothing else: what
 * an import has to be measured by. Rooms and accounts are made beforehand and are not counted.
 */
export async function measureBareRate(options: BareRateOptions): Promise<number> {
  const { rooms: count, messages, registration, serverName } = options;
  const account = `@${registration.prefix}bare:${serverName}`;
  const call = callerOf(options);
  await call(
    'POST',
    '/register',
    { type: 'm.login.application_service', username: `${registration.prefix}bare`, inhibit_login: true },
    '',
  );
  const rooms: string[] = [];
  for (let i = 0; i < count; i++) {
    const { room_id } = await call('POST', '/createRoom', { preset: 'private_chat', room_version: '11' }, account);
    rooms.push(room_id!);
  }
  const began = performance.now();
  await Promise.all(
    rooms.map(async (room, worker) => {
      for (let i = worker; i < messages; i += count) {
        const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${crypto.randomUUID()}`;
        await call('PUT', path, { msgtype: 'm.text', body: `Meddelande nummer ${i}` }, account);
      }
    }),
  );
  return messages / ((performance.now() - began) / 1_000);
}

type Caller = (method: string, path: string, body: object, as: string) => Promise<{ room_id?: string }>;

function callerOf({ url, registration }: BareRateOptions): Caller {
  return async (method, path, body, as) => {
    const query = as === '' ? '' : `?user_id=${encodeURIComponent(as)}`;
    const response = await fetch(`${url}/_matrix/client/v3${path}${query}`, {
      method,
      headers: { authorization: `Bearer ${registration.asToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { room_id?: string; errcode?: string };
    if (!response.ok && answer.errcode !== 'M_USER_IN_USE') throw new Error(JSON.stringify(answer));
    return answer;
  };
}

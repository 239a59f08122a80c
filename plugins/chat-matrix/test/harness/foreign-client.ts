import { sql } from 'kysely';
import { createHmac, randomBytes } from 'node:crypto';
import type { SharedSynapse } from '../../../../scripts/peers/matrix-slot.ts';
import type { MatrixHost } from './matrix-host.ts';

type Answer = Record<string, unknown> & { readonly status: number };

/** Somebody with an account of their own and another client: they know the client-server API, and nothing of us. */
export class ForeignClient {
  readonly account: string;
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, account: string, token: string) {
    this.#url = url;
    this.account = account;
    this.#token = token;
  }

  /** Makes an account through the homeserver's admin API. */
  static async register({ url, sharedSecret }: Pick<SharedSynapse, 'url' | 'sharedSecret'>): Promise<ForeignClient> {
    const path = `${url}/_synapse/admin/v1/register`;
    const { nonce } = (await (await fetch(path)).json()) as { nonce: string };
    const [username, password] = [`erika${randomBytes(5).toString('hex')}`, 'Lösenord för prov 1'];
    const mac = createHmac('sha1', sharedSecret)
      .update([nonce, username, password, 'notadmin'].join('\0'))
      .digest('hex');
    const response = await fetch(path, {
      method: 'POST',
      body: JSON.stringify({ nonce, username, password, mac, admin: false }),
    });
    const { user_id, access_token } = (await response.json()) as { user_id: string; access_token: string };
    return new ForeignClient(url, user_id, access_token);
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...((await response.json()) as object), status: response.status };
  }

  send(room: string, content: object, type = 'm.room.message'): Promise<Answer> {
    const transaction = randomBytes(8).toString('hex');
    return this.call('PUT', `/rooms/${encodeURIComponent(room)}/send/${type}/${transaction}`, content);
  }

  async say(room: string, body: string, more: object = {}): Promise<string> {
    const { event_id: id, status, ...rest } = await this.send(room, { msgtype: 'm.text', body, ...more });
    if (typeof id !== 'string') throw new Error(`refused with ${status}: ${JSON.stringify(rest)}`);
    return id;
  }
}

/** The homeserver's id of a room. */
export async function nativeRoom({ database, instance }: MatrixHost, room: string): Promise<string> {
  const { rows } = await sql<{ native: string }>`
    SELECT native FROM ${sql.table(`plugin_${instance.replaceAll('-', '_')}.rooms`)} WHERE id = ${room}`.execute(
    database.db,
  );
  return rows[0]!.native;
}

/** Has the bot let somebody in, as a Matrix administrator would. */
export async function letIn(
  { slot }: MatrixHost,
  { url, serverName }: Pick<SharedSynapse, 'url' | 'serverName'>,
  given: { room: string; who: ForeignClient },
): Promise<void> {
  const { asToken, prefix } = slot.registration;
  const bot = encodeURIComponent(`@${prefix}bot:${serverName}`);
  const room = encodeURIComponent(given.room);
  await fetch(`${url}/_matrix/client/v3/rooms/${room}/invite?user_id=${bot}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${asToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: given.who.account }),
  });
  const { status } = await given.who.call('POST', `/rooms/${room}/join`, {});
  if (status !== 200) throw new Error(`the join was refused with ${status}`);
}

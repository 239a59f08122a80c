import type { PluginContext } from '@valfri/sdk';
import { randomUUID } from 'node:crypto';
import { refusal, unreachable } from './refusals.ts';
import { botLocalpart } from './registration.ts';
import type { Settings } from '../settings.ts';

const TIMEOUT = 8_000;
/** The one device of each account: by it the homeserver knows a message that is sent again, even after a crash. */
const DEVICE = 'VALFRI';

/** One request of the client-server API. */
export interface MatrixRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `/_matrix/client`, with a slash, each part encoded. */
  readonly path: string;
  /** Account as which it is made. Default: the bot. */
  readonly as?: string | undefined;
  /** When what it does happened, in milliseconds since the epoch. Default: now. */
  readonly at?: number | undefined;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** The client-server API of a homeserver, with the rights of an application service. */
export class Homeserver {
  readonly bot: string;
  /** How the local parts of our accounts and aliases begin. */
  readonly prefix: string;
  readonly serverName: string;
  readonly #settings: Settings;
  readonly #fetch: PluginContext['fetch'];
  readonly #known = new Map<string, Promise<void>>();
  readonly #back: () => void;
  #away = true;

  /** @param back is called when it is heard of, at first and after each time in which it did not. */
  constructor(settings: Settings, fetch: PluginContext['fetch'], back: () => void = () => undefined) {
    this.#back = back;
    this.#settings = settings;
    this.#fetch = fetch;
    this.prefix = settings.prefix;
    this.serverName = settings.serverName;
    this.bot = `@${botLocalpart(settings.prefix)}:${settings.serverName}`;
  }

  /** Whether an account is one that only we can act as. */
  readonly isOurs = (account: string): boolean =>
    account.startsWith(`@${this.prefix}`) && account.endsWith(`:${this.serverName}`);

  /**
   * Makes a request as an account of ours, which is registered first where it was not yet.
   * @throws UNAVAILABLE, TIMEOUT or what the answer means in the error table.
   */
  async call<R = Record<string, unknown>>(request: MatrixRequest): Promise<R> {
    const { as = this.bot } = request;
    await this.ensure(as);
    return (await this.#ask({ ...request, as })) as R;
  }

  /** Sends an event; one with a transaction id that was used before is the event that was sent then. */
  async send(request: {
    readonly room: string;
    readonly type: string;
    readonly transaction: string;
    readonly content: object;
    readonly as?: string | undefined;
    readonly at?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<string> {
    const { room, type, transaction, content, ...rest } = request;
    const path = `/v3/rooms/${encodeURIComponent(room)}/send/${type}/${encodeURIComponent(transaction)}`;
    return eventId(await this.call({ ...rest, method: 'PUT', path, body: content }));
  }

  /** Puts a state event; one that says what is there already may be the event that is there. */
  async setState(request: {
    readonly room: string;
    readonly type: string;
    readonly key?: string;
    readonly content: object;
    readonly as?: string | undefined;
    readonly at?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<string> {
    const { room, type, key = '', content, ...rest } = request;
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`;
    return eventId(await this.call({ ...rest, method: 'PUT', path, body: content }));
  }

  /**
   * Has the homeserver call back, so that both ways are known to work; what it holds for us comes at once then.
   * @see https://spec.matrix.org/latest/application-service-api/#pinging
   */
  async ping(signal?: AbortSignal): Promise<void> {
    const path = `/v1/appservice/${encodeURIComponent(this.#settings.registration)}/ping`;
    await this.#ask({ method: 'POST', path, body: { transaction_id: randomUUID() }, signal });
  }

  /** Says that it is there: it answered, or called. */
  heardOf(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#back();
  }

  /** Registers an account of ours where it is not there yet. */
  async ensure(account: string): Promise<void> {
    const known = this.#known.get(account) ?? this.#register(account);
    this.#known.set(account, known);
    try {
      await known;
    } catch (error) {
      this.#known.delete(account);
      throw error;
    }
  }

  /** An account that is there already is as good. */
  async #register(account: string): Promise<void> {
    const username = account.slice(1, account.indexOf(':'));
    const body = { type: 'm.login.application_service', username, inhibit_login: true };
    await this.#ask({ method: 'POST', path: '/v3/register', body }).catch((error: { reason?: string }) => {
      if (error.reason !== 'M_USER_IN_USE') throw error;
    });
    await this.#ask({ method: 'PUT', path: `/v3/devices/${DEVICE}`, query: { user_id: account }, body: {} });
  }

  async #ask({ method, path, as, at, query = {}, body, signal }: MatrixRequest): Promise<unknown> {
    const url = new URL(`/_matrix/client${path}`, this.#settings.homeserverUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (as !== undefined) {
      url.searchParams.set('user_id', as);
      url.searchParams.set('device_id', DEVICE);
    }
    if (at !== undefined) url.searchParams.set('ts', String(at));
    const timeout = AbortSignal.timeout(TIMEOUT);
    const init = {
      method,
      headers: { authorization: `Bearer ${this.#settings.asToken}`, 'content-type': 'application/json' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return this.#noted(this.#fetch(url.href, init).catch(unreachable).then(answerOf));
  }

  async #noted(answer: Promise<unknown>): Promise<unknown> {
    const value = await answer.catch((error: { code?: string }) => {
      this.#away ||= error.code === 'UNAVAILABLE';
      throw error;
    });
    this.heardOf();
    return value;
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(unreachable);
  const answer = parsed(text);
  if (response.ok && answer !== undefined) return answer;
  throw refusal(response.status, answer);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function eventId(answer: Record<string, unknown>): string {
  const { event_id: id } = answer;
  if (typeof id !== 'string') throw refusal(200, undefined);
  return id;
}

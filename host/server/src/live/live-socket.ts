import type { CapabilityDefinition, Kernel } from '@valfri/core';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Holder, Sessions } from '../accounts/sessions.ts';
import type { Log } from '../log.ts';
import type { Standing } from '../people/people.ts';
import { CLOSE, Connection, cutOffIfSlow } from './connection.ts';
import { type Hub, topicKey } from './hub.ts';
import { compare, isPlace, type LiveEvent, type Outbox } from './outbox.ts';
import { MEMBERS_TOPIC, OPERATORS_TOPIC } from './topics.ts';

const MOST_REPLAYED = 5_000;
const RETRY = 3_000;
/** How often everybody's right to be here is looked up, in milliseconds. */
const CHECK_EVERY = 2_000;
/** For how long a connection may ask for nothing, in milliseconds. */
const IDLE = 10_000;
/** How long clients have to say goodbye, in milliseconds. */
const GOODBYE = 1_000;
const ROUTE = 'live.events';
const HOST = 'host';

const incoming = z.union([
  z.looseObject({
    id: z.int(),
    method: z.enum(['query', 'mutation', 'subscription']),
    params: z.looseObject({ path: z.string(), lastEventId: z.string().optional(), input: z.unknown() }),
  }),
  z.looseObject({ id: z.int(), method: z.literal('subscription.stop') }),
]);

/** What the live path works with. */
export interface LiveSocketOptions {
  readonly hub: Hub;
  readonly outbox: Outbox;
  readonly kernel: Kernel;
  readonly sessions: Sessions;
  readonly log: Log;
}

interface Served extends Holder {
  readonly since: number;
  connection: Connection | undefined;
}

/**
 * Speaks tRPC's WebSocket protocol for one procedure, the subscription `live.events`: every event that concerns the
 * person. A client that names the last one it saw gets what it missed, once, in order. Whoever's session ends, or
 * whose rights change, is disconnected within seconds, whichever way it came about.
 */
export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 << 10, perMessageDeflate: false });
  readonly #served = new Map<WebSocket, Served>();
  readonly #checking: ReturnType<typeof setInterval>;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    const failed = (error: unknown) => options.log.warn('Who may stay connected could not be looked up.', { error });
    this.#checking = setInterval(() => void this.#check().catch(failed), CHECK_EVERY);
    this.#checking.unref();
  }

  /** Takes a connection over; who it is has been found out before. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, holder: Holder): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, holder));
  }

  /** Asks every client to come back, and closes; who does not say goodbye is cut off. */
  async close(): Promise<void> {
    clearInterval(this.#checking);
    for (const socket of this.#served.keys()) socket.close(CLOSE.restart, 'The server restarts.');
    const late = setTimeout(() => {
      for (const socket of this.#served.keys()) socket.terminate();
    }, GOODBYE);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    clearTimeout(late);
  }

  /** Disconnects whoever may not be here any more, or not as what they were. */
  async #check(): Promise<void> {
    if (this.#served.size === 0) return;
    const changed = await this.#options.sessions.changed([...this.#served.values()]);
    const now = Date.now();
    for (const [socket, { token, since, connection }] of this.#served) {
      const how = changed.get(token);
      if (how === 'ended') socket.close(CLOSE.signedOut, 'Your session has ended.');
      else if (how) socket.close(CLOSE.restart, 'Your rights have changed.');
      else if (!connection && since < now - IDLE) socket.close(CLOSE.malformed, 'Nothing was asked for.');
    }
  }

  #serve(socket: WebSocket, holder: Holder): void {
    const served: Served = { ...holder, since: Date.now(), connection: undefined };
    this.#served.set(socket, served);
    const stop = () => {
      if (served.connection) this.#options.hub.remove(served.connection);
      served.connection = undefined;
    };
    const end = () => {
      stop();
      this.#served.delete(socket);
    };
    socket.on('error', () => socket.terminate());
    socket.on('close', end);
    socket.on('ping', () => void cutOffIfSlow(socket));
    socket.on('message', (data, binary) => {
      if (cutOffIfSlow(socket)) return;
      const text = binary ? '' : String(data);
      if (text === 'PING') return socket.send('PONG');
      if (text === 'PONG') return;
      const message = parse(text);
      if (!message) return socket.close(CLOSE.malformed, 'Not a message of the protocol.');
      if (message.method === 'subscription.stop') return stop();
      const { path } = message.params;
      if (message.method !== 'subscription' || path !== ROUTE || served.connection)
        return socket.send(refusal(message.id, path));
      this.#subscribe(socket, served, { subscription: message.id, after: lastSeen(message.params) });
    });
  }

  #subscribe(
    socket: WebSocket,
    served: Served,
    { subscription, after }: { subscription: number; after: string | undefined },
  ): void {
    const { id: person, organisation } = served.standing;
    const connection = new Connection(socket, { person, organisation, subscription });
    served.connection = connection;
    socket.send(JSON.stringify({ id: subscription, result: { type: 'started' } }));
    void this.#begin(connection, served.standing, after);
  }

  async #begin(connection: Connection, standing: Standing, after: string | undefined): Promise<void> {
    const { hub, outbox } = this.#options;
    hub.add(connection);
    const own = [standing.id, standing.organisation];
    if (standing.kind === 'member') own.push(MEMBERS_TOPIC);
    if (standing.operator) own.push(OPERATORS_TOPIC);
    hub.listen(connection, HOST, own);
    const missing = await this.#listenToAll(connection, standing);
    const upTo = outbox.position;
    try {
      await this.#catchUp(connection, after, upTo);
      await connection.release(upTo);
    } catch (error) {
      this.#options.log.error('What a client missed could not be read.', { error });
      connection.close(CLOSE.restart, 'Try again.');
      return;
    }
    if (missing.length > 0) this.#retry(connection, standing, missing);
  }

  /** Returns the capabilities whose provider did not say which topics there are. */
  async #listenToAll(connection: Connection, standing: Standing): Promise<readonly CapabilityDefinition[]> {
    const { kernel } = this.#options;
    const withAudience = [...kernel.capabilities.values()].filter(({ audience }) => audience);
    const done = await Promise.all(withAudience.map((capability) => this.#listenTo(connection, standing, capability)));
    return withAudience.filter((_, i) => !done[i]);
  }

  async #listenTo(connection: Connection, standing: Standing, capability: CapabilityDefinition): Promise<boolean> {
    const { hub, kernel, log } = this.#options;
    const { operation } = capability.audience!;
    try {
      const caller = { person: standing.id, organisation: standing.organisation, groups: standing.groups };
      const answer = await kernel.handle(capability, caller)[operation]!({});
      const { topics } = capability.operations[operation]!.output.parse(answer) as { topics: string[] };
      if (this.#isHere(connection)) hub.listen(connection, capability.id, topics);
      return true;
    } catch (error) {
      log.warn('A provider did not say which topics somebody has.', { capability: capability.id, error });
      return false;
    }
  }

  #isHere(connection: Connection): boolean {
    return this.#options.hub.of(connection.person).includes(connection);
  }

  /** A provider that was down when somebody connected is asked again; the client then reads anew. */
  #retry(connection: Connection, standing: Standing, missing: readonly CapabilityDefinition[]): void {
    setTimeout(async () => {
      if (!this.#isHere(connection)) return;
      const done = await Promise.all(missing.map((capability) => this.#listenTo(connection, standing, capability)));
      for (const [i, { id }] of missing.entries()) if (done[i]) this.#tellResync(connection, id);
      const still = missing.filter((_, i) => !done[i]);
      if (still.length > 0) this.#retry(connection, standing, still);
    }, RETRY).unref();
  }

  async #catchUp(connection: Connection, after: string | undefined, upTo: string): Promise<void> {
    const ready = { at: upTo, capability: HOST, topic: connection.person, type: 'live.ready', data: {} };
    const missed = after === undefined ? [] : await this.#missed(connection, after, upTo);
    if (missed) for (const event of missed) await connection.sendInTime(event);
    else this.#tellResync(connection, '*');
    connection.send(ready);
  }

  /** What a client missed, or `undefined` where that cannot be told any more, or is too much to tell. */
  async #missed(connection: Connection, after: string, upTo: string): Promise<readonly LiveEvent[] | undefined> {
    const { outbox, hub, kernel } = this.#options;
    if (!isPlace(after) || compare(after, upTo) > 0 || !(await outbox.covers(after))) return undefined;
    const { person } = connection;
    const topics = [...connection.topics].map((key) => key.slice(key.indexOf('/') + 1));
    const leaving = [...kernel.capabilities.values()].flatMap(({ audience }) => audience?.leave ?? []);
    const events = await outbox.replay({ topics, person, leaving, after, upTo, limit: MOST_REPLAYED + 1 });
    if (!events || events.length > MOST_REPLAYED) return undefined;
    return events.filter(
      (event) => connection.topics.has(topicKey(event.capability, event.topic)) || hub.isLeaving(event, person),
    );
  }

  #tellResync(connection: Connection, capability: string): void {
    const at = this.#options.outbox.position;
    connection.send({ at, capability: HOST, topic: connection.person, type: 'live.resync', data: { capability } });
  }
}

function parse(text: string): z.output<typeof incoming> | undefined {
  try {
    return incoming.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function lastSeen({ lastEventId, input }: { lastEventId?: string | undefined; input?: unknown }): string | undefined {
  const after = (input as { after?: unknown } | null | undefined)?.after;
  return lastEventId ?? (typeof after === 'string' ? after : undefined);
}

function refusal(id: number, path: string): string {
  const message = `Only the subscription ${ROUTE} is served here, once a connection.`;
  return JSON.stringify({ id, error: { message, code: -32_004, data: { code: 'NOT_FOUND', httpStatus: 404, path } } });
}

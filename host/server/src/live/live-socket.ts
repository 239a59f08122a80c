import type { CapabilityDefinition, Kernel } from '@valfri/core';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Standing } from '../people/people.ts';
import { CLOSE, Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { compare, isPlace, type Outbox } from './outbox.ts';

const MOST_REPLAYED = 5_000;
const RETRY = 3_000;
const ROUTE = 'live.events';

/** The topic of events that concern the running of the host. */
export const OPERATORS_TOPIC = '00000000-0000-8000-8000-000000000001';

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
  readonly log: Log;
}

/**
 * Speaks tRPC's WebSocket protocol for one procedure, the subscription `live.events`: every event that concerns the
 * person. A client that names the last one it saw gets what it missed, once, in order.
 */
export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 << 10, perMessageDeflate: false });

  constructor(options: LiveSocketOptions) {
    this.#options = options;
  }

  /** Takes a connection over; who it is has been found out before. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, standing: Standing): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, standing));
  }

  /** Asks every client to come back, and closes. */
  async close(): Promise<void> {
    for (const connection of this.#options.hub.all()) connection.close(CLOSE.restart, 'The server restarts.');
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: WebSocket, standing: Standing): void {
    let connection: Connection | undefined;
    const end = () => {
      if (connection) this.#options.hub.remove(connection);
      connection = undefined;
    };
    socket.on('error', end);
    socket.on('close', end);
    socket.on('message', (data, binary) => {
      const text = binary ? '' : String(data);
      if (text === 'PING') return socket.send('PONG');
      if (text === 'PONG') return;
      const message = parse(text);
      if (!message) return socket.close(1008, 'Not a message of the protocol.');
      if (message.method === 'subscription.stop') return end();
      if (message.method !== 'subscription' || message.params.path !== ROUTE || connection)
        return socket.send(refusal(message.id, message.params.path));
      connection = new Connection(socket, {
        person: standing.id,
        organisation: standing.organisation,
        subscription: message.id,
      });
      socket.send(JSON.stringify({ id: message.id, result: { type: 'started' } }));
      void this.#begin(connection, standing, lastSeen(message.params));
    });
  }

  async #begin(connection: Connection, standing: Standing, after: string | undefined): Promise<void> {
    const { hub, outbox } = this.#options;
    hub.add(connection);
    const own = [standing.id, standing.organisation, ...(standing.operator ? [OPERATORS_TOPIC] : [])];
    hub.listen(connection, own);
    const missing = await this.#listenToAll(connection, standing);
    const upTo = outbox.position;
    try {
      await this.#catchUp(connection, after, upTo);
    } catch (error) {
      this.#options.log.error('What a client missed could not be read.', { error });
      connection.close(CLOSE.restart, 'Try again.');
      return;
    }
    connection.release(upTo);
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
    const { hub, kernel } = this.#options;
    try {
      const caller = { person: standing.id, organisation: standing.organisation, groups: standing.groups };
      const { topics } = (await kernel.handle(capability, caller)[capability.audience!.operation]!({})) as {
        topics: string[];
      };
      hub.listen(connection, topics);
      return true;
    } catch {
      return false;
    }
  }

  /** A provider that was down when somebody connected is asked again; the client then reads anew. */
  #retry(connection: Connection, standing: Standing, missing: readonly CapabilityDefinition[]): void {
    const { hub } = this.#options;
    setTimeout(async () => {
      if (!hub.of(connection.person).includes(connection)) return;
      const done = await Promise.all(missing.map((capability) => this.#listenTo(connection, standing, capability)));
      for (const [i, { id }] of missing.entries()) if (done[i]) this.#tellResync(connection, id);
      const still = missing.filter((_, i) => !done[i]);
      if (still.length > 0) this.#retry(connection, standing, still);
    }, RETRY).unref();
  }

  async #catchUp(connection: Connection, after: string | undefined, upTo: string): Promise<void> {
    const { outbox } = this.#options;
    const ready = { at: upTo, capability: 'host', topic: connection.person, type: 'live.ready', data: {} };
    if (after === undefined) return connection.send(ready);
    const known = isPlace(after) && compare(after, upTo) <= 0 && (await outbox.covers(after));
    const events = known ? await outbox.replay([...connection.topics], after, upTo, MOST_REPLAYED + 1) : undefined;
    if (!events || events.length > MOST_REPLAYED) this.#tellResync(connection, '*');
    else for (const event of events) connection.send(event);
    connection.send(ready);
  }

  #tellResync(connection: Connection, capability: string): void {
    const at = this.#options.outbox.position;
    connection.send({ at, capability: 'host', topic: connection.person, type: 'live.resync', data: { capability } });
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
